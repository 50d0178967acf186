import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { codeOf, reasonOf } from '../files/errno.ts';
import { expectedFolder, type ImageSet, imageLayouts, missingFile, otherFolder } from './image-layouts.ts';

/** A set of image files, and the folder that it is in. */
export interface FoundImages {
  readonly folder: string;
  readonly set: ImageSet;
}

/**
 * Finds the images of a path: those of the folder, of the only folder with images in it or in its folder `raw` (as
 * torchvision makes them), or those that a file belongs to. Errors: no images, or several sets to choose from.
 */
export async function findImages(path: string): Promise<FoundImages> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if ('isFile' in found && !found.isDirectory()) return ofFile(path);
  if (!('isFile' in found)) {
    throw new UserError({
      what: `the data folder ${path} cannot be read: ${reasonOf(found)}`,
      expected: expectedFolder,
      remedy: otherFolder,
    });
  }
  const { files, folders } = await contentsOf(path);
  const own = setsOf(files);
  if (own.length > 0)
    return {
      folder: path,
      set: theOnly(
        path,
        own.map((set) => ({ folder: path, set })),
      ).set,
    };
  const below: FoundImages[] = [];
  for (const name of folders) {
    for (const folder of name === 'raw' ? [join(path, name)] : [join(path, name), join(path, name, 'raw')]) {
      // What is in a folder below may be anyone's.
      const { files: names } = await contentsOf(folder).catch(() => ({ files: [] }));
      below.push(
        ...setsOf(names)
          .filter(({ isWhole }) => isWhole)
          .map((set) => ({ folder, set })),
      );
    }
  }
  if (below.length > 0) return theOnly(path, below);
  throw missingFile(path, 'trainImages', '', [...files, ...folders]);
}

async function contentsOf(folder: string): Promise<{ files: string[]; folders: string[] }> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const named = (folders: boolean) =>
      entries
        .filter((entry) => entry.isDirectory() === folders)
        .map(({ name }) => name)
        .sort();
    return { files: named(false), folders: named(true) };
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new UserError({
      what: `the data folder ${folder} cannot be read: ${reasonOf(error)}`,
      expected: expectedFolder,
      remedy: otherFolder,
    });
  }
}

/** The sets of the first layout that has any: whole ones if there are some, else what is there of others. */
function setsOf(names: readonly string[]): ImageSet[] {
  const byLayout = imageLayouts.map(({ find }) => find(names));
  const whole = byLayout.map((sets) => sets.filter(({ isWhole }) => isWhole)).find((sets) => sets.length > 0);
  return whole ?? byLayout.find((sets) => sets.length > 0) ?? [];
}

/** One set; of several in one folder that with the names of MNIST. */
function theOnly(path: string, sets: readonly FoundImages[]): FoundImages {
  if (sets.length === 1) return sets[0];
  const plain = sets.filter(({ folder, set }) => set.prefix === '' && folder === path);
  if (plain.length === 1) return plain[0];
  throw new UserError({
    what: `${path} has several sets of images`,
    expected: 'one of them',
    received: sets.map(({ folder, set }) => join(folder, set.files[0])).join(', '),
    remedy: `name a file of the one that you mean: {dataDir} ${join(sets[0].folder, sets[0].set.files[0])}`,
  });
}

/** The set that a file belongs to. */
async function ofFile(path: string): Promise<FoundImages> {
  const folder = dirname(path);
  const { files } = await contentsOf(folder);
  const sets = imageLayouts.flatMap(({ find }) => find(files));
  const set = sets.find((one) => one.files.includes(basename(path)));
  if (set !== undefined) return { folder, set };
  throw new UserError({
    what: `the data folder ${path} is not a folder but a file`,
    expected: expectedFolder,
    remedy: otherFolder,
  });
}
