import { basename, dirname } from 'node:path';

/** train-images-idx3-ubyte, train-images.idx3-ubyte, emnist-letters-test-labels-idx1-ubyte.gz */
const idxName =
  /^(.*?)[-_. ]*(train|t10k|test)[-_. ]*(images|labels)[-_. ]*(?:idx[-_. ]?\d)?[-_. ]*(?:u?byte|int)?(?:\.gz)?$/i;

/** What the name of an IDX file says: the beginning that it shares with the others of its set, and its part. */
export function idxPart(name: string): { prefix: string; isTrain: boolean; isImages: boolean } | null {
  const [, prefix, split, kind] = idxName.exec(name) ?? [];
  if (kind === undefined) return null;
  return { prefix, isTrain: /train/i.test(split), isImages: /images/i.test(kind) };
}

/**
 * What to call the data of a path: its own name; of an IDX file what it shares with the others of its set. A folder `raw`, in
 * which torchvision keeps files, is called as the one that it is in.
 */
export function nameOfPath(path: string): string {
  const part = idxPart(basename(path));
  const name = part === null ? basename(path) : part.prefix;
  const above = basename(dirname(path));
  if (name === '' && part !== null) return nameOfPath(dirname(path));
  return name === 'raw' && above !== '' ? above : name;
}
