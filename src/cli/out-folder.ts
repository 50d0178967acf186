import { dirname, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { checkOutputDirectory } from '../files/write-files.ts';
import { refuseUsersFiles } from '../output/earlier-run.ts';
import { writeStderr } from './terminal.ts';

/** Checks, before anything is computed, that results can be written to a folder and replace nobody's files. */
export async function checkOutFolder(folder: string, names: Iterable<string>): Promise<void> {
  if (folder !== '' && dirname(resolve(folder)) === resolve(folder)) {
    throw new UserError({
      what: '--out is the top folder of a disk',
      expected: 'a folder of its own for the results',
      received: folder,
      remedy: 'name a folder, such as --out results',
    });
  }
  await checkOutputDirectory(folder, '--out');
  await refuseUsersFiles(folder, names);
}

/** Says which files of an earlier run were changed since, and therefore not removed. */
export function noteKept(folder: string, kept: readonly string[]): void {
  if (kept.length === 0) return;
  writeStderr(`note: ${folder}/ keeps ${kept.join(', ')} of an earlier run: changed since, so not removed`);
}
