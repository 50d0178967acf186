import { constants } from 'node:fs';
import { copyFile, link } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, quote, UserError } from '../errors.ts';
import { codeOf } from '../files/errno.ts';
import type { Timer } from '../files/timer.ts';
import { removeFile, untilFree } from '../files/until-free.ts';
import { isAlive, leaseFolder, limit, readLease, timeOf } from './lease-file.ts';

/** Milliseconds: a lock is held for a look at the store; while it is repaired, for longer. */
const longestWait = 60_000;

const lockOf = (directory: string): string => join(leaseFolder(directory), 'lock');

/**
 * Waits until no other process has the store locked, and locks it. Errors: a store that stays locked.
 *
 * The lock is a second name of the holder's lease file, so it says who holds it, from the moment it is there. One whose
 * lease is dead is removed, and never a file that is no lock. Between the look at it and its removal another may have done so and locked the store
 * anew, and then a living process's lock is gone. So `unlockStore` says whether it was held to the end. What it says is
 * right: the claims are written by then, and who comes in later reads them.
 */
export async function lockStore(
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
export async function unlockStore(directory: string, lease: string): Promise<boolean> {
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
    remedy: 'move it elsewhere, or give another {store}',
  });
}
