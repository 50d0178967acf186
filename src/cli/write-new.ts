import { writeFile } from 'node:fs/promises';
import { exitCodes, UserError } from '../errors.ts';
import { codeOf, isDiskFault, reasonOf } from '../files/errno.ts';

/** Writes a file that is not there yet, never over another one. Errors: UserError; `remedy` names another file. */
export async function writeNew(path: string, text: string, remedy: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    const isThere = codeOf(error) === 'EEXIST';
    throw new UserError(
      {
        what: isThere
          ? `${path} already exists, and is left as it is`
          : `${path} cannot be written: ${reasonOf(error)}`,
        expected: 'the name of a new file, in a folder that can be written',
        remedy,
      },
      isDiskFault(error) ? exitCodes.failed : exitCodes.usage,
    );
  }
}
