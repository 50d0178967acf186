import { access } from 'node:fs/promises';
import { exitCodes, UserError } from '../errors.ts';
import { isDiskFault, reasonOf } from '../files/errno.ts';
import { writeWhole } from '../files/write-whole.ts';

/** A file to be written. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes files, none of them over another one unless `replaces`: nothing is written if one of them is there already. Errors:
 * UserError.
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
  for (const { path, text } of files) {
    try {
      await writeWhole(path, text);
    } catch (error) {
      throw new UserError(
        {
          what: `${path} cannot be written: ${reasonOf(error)}`,
          expected: 'the name of a file in a folder that can be written',
          remedy: 'name another file',
        },
        isDiskFault(error) ? exitCodes.failed : exitCodes.usage,
      );
    }
  }
}
