import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import { syncDirectory } from '../files/directories.ts';
import { isDiskFault, reasonOf } from '../files/errno.ts';
import { type TemporaryFile, writeTemporary } from '../files/write-whole.ts';

/** A file to be written. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes files, none of them over another one unless `replaces`: nothing is written if one of them is there already or cannot
 * be written. Errors: UserError.
 */
export async function writeFiles(files: readonly NewFile[], replaces: boolean): Promise<void> {
  for (const { path } of replaces ? [] : files) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    throw new UserError({
      what: `${path} already exists, and is left as it is`,
      expected: 'the name of a new file',
      remedy: 'name another file with --out, or add --force to replace it',
    });
  }
  const written: TemporaryFile[] = [];
  try {
    // All of them are on disk before the first has its name.
    for (const { path, text } of files)
      written.push(
        await writeTemporary(path, text).catch((error) => Promise.reject(writeError(path, error))),
      );
    for (const [index, file] of written.entries())
      await file.replace().catch((error) => Promise.reject(writeError(files[index].path, error)));
  } catch (error) {
    for (const file of written) await file.remove();
    throw error;
  }
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) await syncDirectory(folder);
}

function writeError(path: string, error: unknown): UserError {
  return new UserError(
    {
      what: `${path} cannot be written: ${reasonOf(error)}`,
      expected: 'the name of a file in a folder that can be written',
      remedy: 'name another file',
    },
    isDiskFault(error) ? exitCodes.failed : exitCodes.usage,
  );
}
