import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { UserError } from '../errors.ts';
import { checkOutputDirectory } from '../files/write-files.ts';
import { refuseUsersFiles } from '../output/earlier-run.ts';
import { defaultStore } from './run-flags.ts';
import { writeStderr } from './terminal.ts';

/** Checks, before anything is computed, that results can be written to a folder and replace nobody's files. */
export async function checkOutFolder(
  folder: string,
  names: Iterable<string>,
  store = defaultStore,
): Promise<void> {
  if (folder !== '' && dirname(resolve(folder)) === resolve(folder)) {
    throw new UserError({
      what: '--out is the top folder of a disk',
      expected: 'a folder of its own for the results',
      received: folder,
      remedy: 'name a folder, such as --out results',
    });
  }
  if (folder !== '' && isInside(folder, store)) {
    throw new UserError({
      what: `--out is in the store of finished trials, ${store}`,
      expected: 'a folder of its own for the results',
      received: folder,
      remedy: 'name a folder outside the store, such as --out results',
    });
  }
  await checkOutputDirectory(folder, '--out');
  await refuseUsersFiles(folder, names);
}

/** Whether a folder is the other one or anywhere in it. */
function isInside(folder: string, other: string): boolean {
  const path = relative(resolve(other), resolve(folder));
  return !isAbsolute(path) && path.split(sep)[0] !== '..';
}

/** Says which files of an earlier run were changed since, and therefore not removed. */
export function noteKept(folder: string, kept: readonly string[]): void {
  if (kept.length === 0) return;
  writeStderr(`note: ${folder}/ keeps ${kept.join(', ')} of an earlier run: changed since, so not removed`);
}
