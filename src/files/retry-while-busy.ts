import { rename, rm, rmdir, unlink } from 'node:fs/promises';
import { lookAt } from './directories.ts';
import { codeOf, isBusy, isGone } from './errno.ts';
import { systemTimer, type Timer } from './timer.ts';

/** Milliseconds between attempts: about 7 s in all. */
const pauses = [10, 20, 40, 80, 160, 320, ...Array<number>(13).fill(500)];

/**
 * Runs an action on a file. On Windows, retries for some seconds while another process has the file open.
 *
 * Windows refuses to remove or replace a file that any process has open, such as a virus scanner. The error codes can also
 * mean "not permitted", hence the time limit. On other systems they mean nothing else, and the first error is final.
 * Errors: the last error of the action.
 */
export async function retryWhileBusy<T>(
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

/** Renames a file and replaces an existing file of that name. */
export const renameFile = (from: string, to: string): Promise<void> => retryWhileBusy(() => rename(from, to));

/**
 * Renames a file to a name that no other has. A file server whose answer got lost may be asked again, and then finds nothing to
 * rename: the file has its name already.
 */
export const renameToNew = (from: string, to: string): Promise<void> =>
  renameFile(from, to).catch(async (error) => {
    if (!isGone(error) || (await lookAt(to)) === null) throw error;
  });

/** Removes a file if it exists. One call, where `rm` looks at the file twice first. */
export const removeFile = (path: string): Promise<void> =>
  retryWhileBusy(() =>
    unlink(path).catch((error) => {
      if (codeOf(error) !== 'ENOENT') throw error;
    }),
  );

/** Removes an empty directory. */
export const removeEmptyDirectory = (path: string): Promise<void> => retryWhileBusy(() => rmdir(path));

/** Removes a directory with all its contents, if it exists. */
export const removeDirectory = (path: string): Promise<void> =>
  retryWhileBusy(() => rm(path, { recursive: true, force: true }));
