import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../files/directories.ts';
import { isGone } from '../files/errno.ts';
import { removeFile, renameFile } from '../files/retry-while-busy.ts';
import { systemTimer, type Timer } from '../files/timer.ts';
import { storeError } from './journal.ts';
import { type LeaseFile, leaseFolder, leasesIn, readLease, thisHost } from './lease-file.ts';
import { createLeaseWatch, leaseTimeout } from './lease-watch.ts';
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
  /** The names of the leases of other living processes. */
  living(): Promise<ReadonlySet<string>>;
  /** Claims these trials, whoever else holds them, without a lock: its cost does not grow with the number of processes. */
  hold(ids: readonly string[]): Promise<void>;
  /** Releases all trials. */
  end(): Promise<void>;
}

/** A lease of a process that needs to know which other processes live, before it changes what they may use. */
export interface WatchingLease extends Lease {
  /** Waits until each other process has given a sign of life, or none for `leaseTimeout`. */
  watchOthers(): Promise<void>;
}

/**
 * Opens this process's lease on trials of a store: a small file that is replaced again and again, as a sign of life.
 *
 * A lease is dead if its process no longer exists (on this machine), or if this process has watched it for `leaseTimeout`
 * without a sign of life. So the clocks of several machines need not agree. A lock on the store, held for milliseconds, keeps
 * two processes from claiming at once. A process that was suspended for longer than `leaseTimeout`, or whose signs of life
 * arrive late, may compute trials that another process has taken over; then there are two equal records.
 */
export async function openLease(directory: string, timer: Timer = systemTimer): Promise<WatchingLease> {
  const folder = leaseFolder(directory);
  const name = `${randomUUID()}.json`;
  const path = join(folder, name);
  const here = { pid: process.pid, host: thisHost() };
  const watch = createLeaseWatch(timer.now);
  let held: readonly string[] = [];
  let beat = 0;
  let last: Promise<void> = Promise.resolve();
  const replace = async (): Promise<void> => {
    const temporary = `${path}.tmp`;
    const content: LeaseFile = { name, ...here, beat: beat++, ids: held };
    await writeFile(temporary, JSON.stringify(content));
    await renameFile(temporary, path);
  };
  /** Gives a sign of life. */
  const write = (): Promise<void> => {
    const written = last.then(() =>
      // A file server that did not hear that its answer arrived may carry out a request again, and find nothing to rename.
      replace().catch((error) => {
        if (isGone(error)) return replace();
        throw error;
      }),
    );
    last = written.catch(() => {});
    return written;
  };
  const others = async () => (await leasesIn(folder)).filter((other) => other.name !== name);
  const claim = async (choose: Parameters<Lease['claim']>[0]): Promise<void> => {
    for (let alone = false; !alone; ) {
      await write();
      await lockStore(directory, name, write, timer, watch);
      try {
        const found = await others();
        const living = found.filter(watch.isAlive);
        for (const dead of found.filter((other) => !living.includes(other))) {
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
  const watchOthers = async (): Promise<void> => {
    for (;;) {
      await write();
      const own = await readLease(path);
      // A change that is recent by the file system's clock is a sign of life too. Clocks that differ only make it wait.
      const isRecent = (time: number) => Math.abs(time - (own?.time ?? 0)) <= leaseTimeout;
      const unknown = (await others()).filter(
        (other) => watch.isAlive(other) && !watch.hasMoved(other) && !isRecent(other.time),
      );
      if (unknown.length === 0) return;
      await timer.pause(1000);
    }
  };
  const rethrow = (error: unknown): never => {
    throw storeError(directory, error);
  };
  await makeDirectory(folder).then(write).catch(rethrow);
  // The next claim notices a failure.
  const stop = timer.every(heartbeat, () => write().catch(() => {}));
  let claims: Promise<void> = Promise.resolve();
  return {
    name,
    claim: (choose) => {
      const claimed = claims.then(() => claim(choose)).catch(rethrow);
      claims = claimed.catch(() => {});
      return claimed;
    },
    living: async () =>
      new Set((await others().catch(rethrow)).filter(watch.isAlive).map((other) => other.name)),
    watchOthers: () => watchOthers().catch(rethrow),
    hold: (ids) => {
      held = ids;
      return write().catch(rethrow);
    },
    end: async () => {
      stop();
      await last;
      await removeFile(path).catch(() => {});
    },
  };
}
