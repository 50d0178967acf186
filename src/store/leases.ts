import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../files/directories.ts';
import { removeFile, renameFile } from '../files/retry-while-busy.ts';
import { systemTimer, type Timer } from '../files/timer.ts';
import { storeError } from './journal.ts';
import { isAlive, type LeaseFile, leaseFolder, leasesIn, thisHost, timeOf } from './lease-file.ts';
import { lockStore, unlockStore } from './lock.ts';

/** Milliseconds between two signs of life. */
const heartbeat = 5_000;

/** This process's claim on trials, in a store that it may share with other processes. */
export interface Lease {
  readonly name: string;
  /**
   * Claims the trials that `choose` returns. `choose` gets the trials that other living processes hold, and the number of
   * those processes. No other process chooses at the same time; if one did, `choose` is called again (see `lockStore`).
   */
  claim(choose: (held: ReadonlySet<string>, others: number) => Promise<readonly string[]>): Promise<void>;
  /** Releases all trials. */
  end(): Promise<void>;
}

/**
 * Opens this process's lease on trials of a store: a small file whose time of change is its sign of life.
 *
 * A lease is dead if its process no longer exists (on this machine), or if it has shown no sign of life for `leaseTimeout`.
 * The time is the file system's, so the clocks of several machines need not agree. A lock on the store, held for
 * milliseconds, keeps two processes from claim at once. A process that was suspended for longer than `leaseTimeout` may
 * compute trials that another process has taken over; then there are two equal records.
 */
export async function openLease(directory: string, timer: Timer = systemTimer): Promise<Lease> {
  const folder = leaseFolder(directory);
  const name = `${randomUUID()}.json`;
  const path = join(folder, name);
  const here = { pid: process.pid, host: thisHost() };
  let held: readonly string[] = [];
  let last: Promise<void> = Promise.resolve();
  /** Gives a sign of life: replaces the lease file, so that its time comes from the file system. */
  const write = (): Promise<void> => {
    const written = last.then(async () => {
      const temporary = `${path}.tmp`;
      await writeFile(temporary, JSON.stringify({ name, ...here, ids: held } satisfies LeaseFile));
      await renameFile(temporary, path);
    });
    last = written.catch(() => {});
    return written;
  };
  const claim = async (choose: Parameters<Lease['claim']>[0]): Promise<void> => {
    for (let alone = false; !alone; ) {
      await write();
      await lockStore(directory, name, write, timer);
      try {
        const now = await timeOf(path);
        const others = (await leasesIn(folder)).filter((other) => other.name !== name);
        const living = others.filter((other) => isAlive(other, now));
        for (const dead of others.filter((other) => !living.includes(other))) {
          // A dead lease does not count, even if it cannot be removed.
          await removeFile(join(folder, dead.name)).catch(() => {});
        }
        held = await choose(new Set(living.flatMap(({ ids }) => ids)), living.length);
        await write();
      } finally {
        alone = await unlockStore(directory, name);
      }
    }
  };
  const rethrow = (error: unknown): never => {
    throw storeError(directory, error);
  };
  await makeDirectory(folder).then(write).catch(rethrow);
  // The next claim notices a failure.
  const stop = timer.every(heartbeat, () => write().catch(() => {}));
  return {
    name,
    claim: (choose) => claim(choose).catch(rethrow),
    end: async () => {
      stop();
      await last;
      await removeFile(path).catch(() => {});
    },
  };
}
