import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { type Idx, readIdxFile } from './idx.ts';
import { readImageCsv } from './image-csv.ts';
import { idxPart } from './image-names.ts';
import { type ImageParts, type LabelledImages, noTestPart } from './image-parts.ts';

/** Files of one folder that belong together. */
export interface ImageSet {
  /** The beginning of their names, such as "emnist-letters"; empty for the names of MNIST. */
  readonly prefix: string;
  readonly files: readonly string[];
  /** Whether it has all that a training needs. */
  readonly isWhole: boolean;
  readonly read: (folder: string) => Promise<ImageParts>;
}

/** A way to store images in files that are recognised by their names. */
interface ImageLayout {
  readonly title: string;
  /** The sets among the names of a folder. */
  readonly find: (names: readonly string[]) => ImageSet[];
}

/** The published names. Each file may also be compressed, with .gz appended to its name. */
export const imageFiles = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;
type ImagePart = keyof typeof imageFiles;

/** MNIST's own files, also under the names of Kaggle, torchvision and EMNIST. */
const idx: ImageLayout = {
  title: 'IDX files',
  find(names) {
    const sets = new Map<string, { prefix: string; files: Partial<Record<ImagePart, string>> }>();
    // Of several files with one meaning: that with the published name, and the plain one before the packed one.
    const published = new Set<string>(Object.values(imageFiles));
    const order = (name: string) =>
      `${published.has(name.replace(/\.gz$/, '')) ? 0 : 1}${/\.gz$/i.test(name) ? 1 : 0}${name}`;
    for (const name of names.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))) {
      const found = idxPart(name);
      if (found === null) continue;
      const { prefix, isTrain, isImages } = found;
      const key = prefix.toLowerCase();
      const set = sets.get(key) ?? { prefix, files: {} };
      sets.set(key, set);
      const part: ImagePart = `${isTrain ? 'train' : 'test'}${isImages ? 'Images' : 'Labels'}`;
      set.files[part] ??= name;
    }
    return [...sets.values()].map(({ prefix, files }) => ({
      prefix,
      files: (Object.keys(imageFiles) as ImagePart[]).flatMap((part) => files[part] ?? []),
      isWhole: files.trainImages !== undefined && files.trainLabels !== undefined,
      read: (folder) => readIdxSet(folder, prefix, files),
    }));
  },
};

async function readIdxSet(
  folder: string,
  prefix: string,
  files: Partial<Record<ImagePart, string>>,
): Promise<ImageParts> {
  const pathTo = (part: ImagePart): string => {
    const name = files[part];
    if (name === undefined) throw missingFile(folder, part, prefix, Object.values(files));
    return join(folder, name);
  };
  const pair = async (image: ImagePart, label: ImagePart): Promise<LabelledImages> => {
    const [imageFile, labelFile] = [pathTo(image), pathTo(label)];
    return {
      images: await readIdxFile(imageFile, 3),
      labels: await readIdxFile(labelFile, 1),
      imageFile,
      labelFile,
    };
  };
  const train = await pair('trainImages', 'trainLabels');
  if (files.testImages === undefined && files.testLabels === undefined)
    return { train, test: null, notes: [noTestPart] };
  return { train, test: await pair('testImages', 'testLabels'), notes: [] };
}

/** The error for a file that is not there. It says what is there instead. */
export function missingFile(
  folder: string,
  part: ImagePart,
  prefix: string,
  names: readonly string[],
): UserError {
  const published = imageFiles[part];
  const name = prefix === '' ? published : `${prefix}-${published.replace('t10k', 'test')}`;
  return new UserError({
    what: `${folder} has neither ${name} nor ${name}.gz`,
    expected: expectedFolder,
    received: names.length === 0 ? 'an empty folder' : listed(names),
    remedy: otherFolder,
  });
}

/** train.csv and test.csv, mnist_train.csv and mnist_test.csv: a label and the pixels in each line. */
const csv: ImageLayout = {
  title: 'CSV files',
  find(names) {
    const sets = new Map<string, { prefix: string; files: { train?: string; test?: string } }>();
    for (const name of names) {
      const [, prefix, part] = /^(.*?)[-_. ]*(train|test)\.csv(?:\.gz)?$/i.exec(name) ?? [];
      if (part === undefined) continue;
      const key = prefix.toLowerCase();
      const set = sets.get(key) ?? { prefix, files: {} };
      sets.set(key, set);
      set.files[part.toLowerCase() as 'train' | 'test'] ??= name;
    }
    return [...sets.values()].flatMap(({ prefix, files: { train, test } }) =>
      train === undefined
        ? []
        : [
            {
              prefix,
              files: [train, ...(test === undefined ? [] : [test])],
              isWhole: true,
              read: (folder) =>
                readCsvSet(join(folder, train), test === undefined ? null : join(folder, test)),
            },
          ],
    );
  },
};

async function readCsvSet(trainFile: string, testFile: string | null): Promise<ImageParts> {
  const train = await readImageCsv(trainFile);
  if (train === null) {
    throw new UserError({
      what: `${trainFile} has no labels`,
      expected: 'label as the first column, then the pixels',
      remedy: 'use the file with labels',
    });
  }
  const of = (parts: { images: Idx; labels: Idx }, file: string) => ({
    ...parts,
    imageFile: file,
    labelFile: file,
  });
  const test = testFile === null ? null : await readImageCsv(testFile);
  if (test !== null) return { train: of(train, trainFile), test: of(test, testFile!), notes: [] };
  const unlabelled = testFile === null ? [] : [`${testFile} has no labels, so it is not used`];
  return { train: of(train, trainFile), test: null, notes: [...unlabelled, noTestPart] };
}

/** mnist.npz of Keras, and other archives of NumPy arrays. */
const npz: ImageLayout = {
  title: 'an .npz file',
  find: (names) =>
    names
      .filter((name) => /\.npz$/i.test(name))
      .map((name) => ({
        prefix: name.replace(/\.npz$/i, ''),
        files: [name],
        isWhole: true,
        read: async (folder) => (await import('./image-npz.ts')).readImageNpz(join(folder, name)),
      })),
};

/** Every layout. Of a folder with several, the first one counts. */
export const imageLayouts: readonly ImageLayout[] = [idx, csv, npz];

export const expectedFolder = `a folder with ${Object.values(imageFiles).join(', ')}, each plain or with .gz at the end`;
export const otherFolder = 'give the folder with {dataDir}, or leave {dataDir} out for the bundled copy';

/** The first names in a folder, in order. */
function listed(names: readonly string[]): string {
  const most = 6;
  const shown = names.toSorted().slice(0, most).join(', ');
  return names.length > most ? `${shown}, and ${names.length - most} more` : shown;
}
