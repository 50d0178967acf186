import { constants } from 'node:fs';
import { copyFile, link } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, quote, UserError } from '../errors.ts';
import { codeOf, isGone } from '../files/errno.ts';
import { removeFile, retryWhileBusy } from '../files/retry-while-busy.ts';
import type { Timer } from '../files/timer.ts';
import { isProcessGone, leaseFolder, readLease, type SeenLease } from './lease-file.ts';
import type { LeaseWatch } from './lease-watch.ts';

/** Milliseconds. A lock is usually held for milliseconds, but longer during a repair, or until its holder is known to be dead. */
const longestWait = 120_000;

const lockOf = (directory: string): string => join(leaseFolder(directory), 'lock');

/**
 * Waits until no other process has locked the store, and locks it. Errors: the store stays locked.
 *
 * The lock is a hard link to the holder's lease file, so it names its holder from the moment it exists. A lock whose lease is
 * dead is removed; a file that is not a lock never is. Between the check and the removal, another process may have removed
 * the dead lock and made its own, which is then removed by mistake. `unlockStore` therefore returns whether the lock was
 * held to the end. This is reliable, because the claims are written by then, and later processes read them.
 */
export async function lockStore(
  directory: string,
  lease: string,
  renew: () => Promise<void>,
  timer: Timer,
  watch: LeaseWatch,
): Promise<void> {
  const path = join(leaseFolder(directory), lease);
  const begun = timer.now();
  for (;;) {
    try {
      if (await retryWhileBusy(() => createLock(path, lockOf(directory)))) return;
      const holder = await readLease(lockOf(directory));
      // A file server may carry out a request twice, and then says that the lock exists already.
      if (holder?.name === lease) return;
      if (await isLockDead(directory, holder, watch)) await removeFile(lockOf(directory));
    } catch (error) {
      if (!isGone(error)) throw error;
      // Others took this process for dead and removed its lease; or the store is gone, and renewing fails.
      await renew();
    }
    if (timer.now() - begun > longestWait) throw stillLocked(directory);
    await timer.pause(2 + 20 * jitter());
  }
}

/** Unlocks the store. Returns whether this lease had it locked until now. */
export async function unlockStore(directory: string, lease: string): Promise<boolean> {
  const lock = lockOf(directory);
  const holder = await readLease(lock).catch((error) => {
    if (isGone(error)) return null;
    throw error;
  });
  if (holder?.name !== lease) return false;
  await removeFile(lock);
  return true;
}

async function createLock(lease: string, lock: string): Promise<boolean> {
  const existsAlready = (error: unknown): boolean => {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  };
  try {
    await link(lease, lock);
    return true;
  } catch (error) {
    // A file system without hard links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error) ?? ''))
      return existsAlready(error);
    return await copyFile(lease, lock, constants.COPYFILE_EXCL).then(() => true, existsAlready);
  }
}

/**
 * Whether the lease of the lock is dead; of a damaged lock, whether it has not changed for too long. Errors: a file of this name
 * that is not a lock.
 */
async function isLockDead(directory: string, holder: SeenLease | null, watch: LeaseWatch): Promise<boolean> {
  if (holder === null) throw foreignLock(lockOf(directory));
  if (holder.name === '') return !watch.isAlive({ ...holder, name: 'lock' });
  try {
    const lease = (await readLease(join(leaseFolder(directory), holder.name))) ?? holder;
    return isProcessGone(holder) || !watch.isAlive({ ...lease, name: holder.name });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
}

/** A number in [0, 1) that spreads the retries of waiting processes. It affects no result. */
const jitter = (): number => (performance.now() * 1000) % 1;

function stillLocked(directory: string): UserError {
  return new UserError(
    {
      what: `another process keeps the trial store ${directory} locked`,
      expected: `the lock to be released within ${longestWait / 1000} s`,
      remedy: `end that process; if there is none, remove ${lockOf(directory)}`,
    },
    exitCodes.failed,
  );
}

function foreignLock(lock: string): UserError {
  return new UserError({
    what: `${quote(lock)} is in the way: fys-nn locks a store with a file of this name, but this file is not a lock`,
    remedy: 'move it to another folder, or give another {store}',
  });
}
