import { rename, rm, rmdir } from 'node:fs/promises';
import { isBusy } from './errno.ts';
import { systemTimer, type Timer } from './timer.ts';

/** Milliseconds between attempts: about 7 s in all. */
const pauses = [10, 20, 40, 80, 160, 320, ...Array<number>(13).fill(500)];

/**
 * Does something to a file, and tries again for some seconds where Windows says that another process has it open.
 *
 * Windows refuses to rename onto or remove a file that any process has open, a virus scanner's for instance, with the
 * codes that also mean "never permitted". Elsewhere they mean nothing else, so there the first error is final.
 * Errors: those of the action, the last one.
 */
export async function untilFree<T>(
  action: () => Promise<T>,
  { platform = process.platform, timer = systemTimer }: { platform?: string; timer?: Timer } = {},
): Promise<T> {
  for (const pause of platform === 'win32' ? pauses : []) {
    try {
      return await action();
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
    await timer.pause(pause);
  }
  return await action();
}

/** Gives a file another name, in place of what has that name. */
export const renameFile = (from: string, to: string): Promise<void> => untilFree(() => rename(from, to));

/** Removes a file, if it is there. */
export const removeFile = (path: string): Promise<void> => untilFree(() => rm(path, { force: true }));

/** Removes a directory that has nothing in it. */
export const removeEmptyDirectory = (path: string): Promise<void> => untilFree(() => rmdir(path));

/** Removes a directory, if it is there, with all that is in it. */
export const removeDirectory = (path: string): Promise<void> =>
  untilFree(() => rm(path, { recursive: true, force: true }));
