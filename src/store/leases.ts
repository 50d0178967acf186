import { randomUUID } from 'node:crypto';
import { constants, readlinkSync } from 'node:fs';
import { copyFile, link, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { exitCodes, quote, UserError } from '../errors.ts';
import { filesIn, makeDirectory, sizeAndTime } from '../files/directories.ts';
import { codeOf } from '../files/errno.ts';
import { readRegularAtOnce } from '../files/regular-file.ts';
import { systemTimer, type Timer } from '../files/timer.ts';
import { removeFile, renameFile, untilFree } from '../files/until-free.ts';
import { storeError } from './journal.ts';
import { beginsLike, kinds } from './own-files.ts';

/** What a process says in its lease file: which file that is, who it is, and which trials it is about to compute. */
interface LeaseFile {
  readonly name: string;
  readonly pid: number;
  readonly host: string;
  readonly ids: readonly string[];
}

/** Milliseconds between two signs of life. */
const heartbeat = 5_000;
/** A lease without a sign of life for so many milliseconds is a dead process's. */
const limit = 30_000;

/** Bytes: a thousand ids have a fifteenth of it. */
const largestLease = 2 ** 20;

/** Milliseconds: a lock is held for a look at the store; while it is repaired, for longer. */
const longestWait = 60_000;

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

export const leaseFolder = (directory: string): string => join(directory, 'leases');

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

interface SeenLease extends LeaseFile {
  /** Of the last sign of life, by the file system's clock. */
  readonly time: number;
}

/** The leases in the folder: files with the name and the content of one. What else is there is someone else's. */
async function leasesIn(folder: string): Promise<SeenLease[]> {
  const names = (await filesIn(folder)).filter((name) => kinds.lease.name.test(name));
  const read = async (name: string): Promise<SeenLease[]> => {
    try {
      const time = await timeOf(join(folder, name));
      const lease = await readLease(join(folder, name));
      return lease === null || ![name, ''].includes(lease.name) ? [] : [{ ...lease, name, time }];
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  };
  return (await Promise.all(names.map(read))).flat();
}

/**
 * What is in a lease file, or in the lock; null for a file that is neither. A damaged one holds nothing, and is alive
 * until its time is up. Errors: those of the system.
 */
async function readLease(path: string): Promise<LeaseFile | null> {
  const bytes = await untilFree(async () => readRegularAtOnce(path, largestLease)).catch((error) => {
    if (['EISDIR', 'NOFILE', undefined].includes(codeOf(error))) return null;
    throw error;
  });
  if (bytes === null || !beginsLike(kinds.lease.begins, bytes)) return null;
  try {
    const { name, pid, host, ids } = JSON.parse(bytes.toString()) as LeaseFile;
    const isName = kinds.lease.name.test(name);
    if (isName && Number.isInteger(pid) && typeof host === 'string' && Array.isArray(ids))
      return { name, pid, host, ids };
  } catch {
    // Not whole.
  }
  return { name: '', pid: 0, host: '', ids: [] };
}

/** Of the last change, in milliseconds. Windows refuses to look at a file while another process replaces it. */
const timeOf = async (path: string): Promise<number> => (await untilFree(() => sizeAndTime(path))).time;

function isAlive({ host, pid, time }: Omit<SeenLease, 'name'>, now: number): boolean {
  // A time to come is a wrong one: no sign of life is given in advance.
  if (Math.abs(now - time) > limit) return false;
  if (host !== thisHost()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** This machine, and on Linux the space that process numbers are counted in: containers may share a name. */
function thisHost(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

const lockOf = (directory: string): string => join(leaseFolder(directory), 'lock');

/**
 * Waits until no other process has the store locked, and locks it. Errors: a store that stays locked.
 *
 * The lock is a second name of the holder's lease file, so it says who holds it, from the moment it is there. One whose
 * lease is dead is removed, and never a file that is no lock. Between the look at it and its removal another may have done so and locked the store
 * anew, and then a living process's lock is gone. So `unlockStore` says whether it was held to the end. What it says is
 * right: the claims are written by then, and who comes in later reads them.
 */
async function lockStore(
  directory: string,
  lease: string,
  renew: () => Promise<void>,
  timer: Timer,
): Promise<void> {
  const path = join(leaseFolder(directory), lease);
  const begun = performance.now();
  for (;;) {
    try {
      if (await untilFree(() => linkLock(path, lockOf(directory)))) return;
      if (await isLockDead(directory, await timeOf(path))) await removeFile(lockOf(directory));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      // Others took this process for a dead one, or the store is gone, which is an error here.
      await renew();
    }
    if (performance.now() - begun > longestWait) throw stillLocked(directory);
    await timer.pause(2 + 20 * waitShare());
  }
}

/** Frees the store; whether it was locked by this lease until now. */
async function unlockStore(directory: string, lease: string): Promise<boolean> {
  const lock = lockOf(directory);
  const holder = await readLease(lock).catch((error) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (holder?.name !== lease) return false;
  await removeFile(lock);
  return true;
}

async function linkLock(lease: string, lock: string): Promise<boolean> {
  const taken = (error: unknown): boolean => {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  };
  try {
    await link(lease, lock);
    return true;
  } catch (error) {
    // A file system without second names.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error) ?? ''))
      return taken(error);
    return await copyFile(lease, lock, constants.COPYFILE_EXCL).then(() => true, taken);
  }
}

/**
 * Whether the lease that the lock belongs to is dead; where it names none, whether the lock is too old. Errors: a file
 * that is no lock and stays.
 */
async function isLockDead(directory: string, now: number): Promise<boolean> {
  const lock = lockOf(directory);
  const isOld = Math.abs(now - (await timeOf(lock))) > limit;
  const holder = await readLease(lock);
  if (holder === null && isOld) throw foreignLock(lock);
  if (holder === null || holder.name === '') return isOld;
  const path = join(leaseFolder(directory), holder.name);
  try {
    const lease = (await readLease(path)) ?? holder;
    return !isAlive({ ...lease, time: await timeOf(path) }, now);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
}

/** In [0, 1), so that those who wait do not all ask at once; it decides no result. */
const waitShare = (): number => (performance.now() * 1000) % 1;

function stillLocked(directory: string): UserError {
  return new UserError(
    {
      what: `another process keeps the trial store ${directory} locked`,
      expected: `the lock to be free within ${longestWait / 1000} s`,
      remedy: `end that process; if there is none, remove ${lockOf(directory)}`,
    },
    exitCodes.failed,
  );
}

function foreignLock(lock: string): UserError {
  return new UserError({
    what: `${quote(lock)} is in the way: fys-nn locks a store by a file of this name, and this is another file`,
    remedy: 'move it elsewhere, or give another --store',
  });
}
