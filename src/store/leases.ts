import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../files/directories.ts';
import { systemTimer, type Timer } from '../files/timer.ts';
import { removeFile, renameFile } from '../files/until-free.ts';
import { storeError } from './journal.ts';
import { isAlive, type LeaseFile, leaseFolder, leasesIn, thisHost, timeOf } from './lease-file.ts';
import { lockStore, unlockStore } from './lock.ts';

/** Milliseconds between two signs of life. */
const heartbeat = 5_000;

/** The trials that this process has claimed in a store that it may share with others. */
export interface Lease {
  /**
   * Calls `choose` while nobody else chooses, with the trials that other living processes hold and how many those
   * processes are; holds what it returns. Calls it again where another was let in meanwhile (see `lockStore`).
   */
  claim(choose: (held: ReadonlySet<string>, others: number) => Promise<readonly string[]>): Promise<void>;
  /** Gives everything back. */
  end(): Promise<void>;
}

/**
 * Opens this process's lease on trials of a store: one small file, whose time of change is its sign of life.
 *
 * A lease whose process is gone (on this machine), or that has shown no sign of life for `limit`, counts no more. The
 * time is the file system's own, so clocks of several machines need not agree. Two processes never choose at once: a
 * lock on the store, held for milliseconds. A process that was asleep for longer than `limit` may compute what another
 * has taken over: then there are two equal records.
 */
export async function openLease(directory: string, timer: Timer = systemTimer): Promise<Lease> {
  const folder = leaseFolder(directory);
  const name = `${randomUUID()}.json`;
  const path = join(folder, name);
  const here = { pid: process.pid, host: thisHost() };
  let mine: readonly string[] = [];
  let last: Promise<void> = Promise.resolve();
  /** A sign of life is a new file in place of the old, so that its time is the file system's. */
  const write = (): Promise<void> => {
    const written = last.then(async () => {
      const aside = `${path}.tmp`;
      await writeFile(aside, JSON.stringify({ name, ...here, ids: mine } satisfies LeaseFile));
      await renameFile(aside, path);
    });
    last = written.catch(() => {});
    return written;
  };
  const choosing = async (choose: Parameters<Lease['claim']>[0]): Promise<void> => {
    for (let alone = false; !alone; ) {
      await write();
      await lockStore(directory, name, write, timer);
      try {
        const now = await timeOf(path);
        const others = (await leasesIn(folder)).filter((other) => other.name !== name);
        const living = others.filter((other) => isAlive(other, now));
        for (const dead of others.filter((other) => !living.includes(other))) {
          // What cannot be removed counts no more either way.
          await removeFile(join(folder, dead.name)).catch(() => {});
        }
        mine = await choose(new Set(living.flatMap(({ ids }) => ids)), living.length);
        await write();
      } finally {
        alone = await unlockStore(directory, name);
      }
    }
  };
  const naming = (error: unknown): never => {
    throw storeError(directory, error);
  };
  await makeDirectory(folder).then(write).catch(naming);
  // One that fails is noticed by the next claim.
  const stop = timer.every(heartbeat, () => write().catch(() => {}));
  return {
    claim: (choose) => choosing(choose).catch(naming),
    end: async () => {
      stop();
      await last;
      await removeFile(path).catch(() => {});
    },
  };
}
