import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { readRegular } from '../files/regular-file.ts';
import type { Dataset } from './dataset.ts';
import { findImages } from './find-images.ts';
import { type Idx, idxOf } from './idx.ts';
import { type ClassChoice, classesOf } from './image-classes.ts';
import type { LabelledImages } from './image-parts.ts';
import { knownImages } from './known-images.ts';
import { type LabelNames, namesInFile, namesOfClasses } from './label-names.ts';

/** How images are read from their files. */
export interface ImageChoices {
  /** Whether the rows and columns of each image are swapped. */
  readonly transpose: boolean;
  readonly classes: ClassChoice;
}

/** A dataset of images, one input per pixel, with the digest of its files, from which everything but `mapping` follows. */
export interface ImageDataset extends Dataset {
  readonly targets: Uint8Array | Uint16Array;
  readonly imageShape: readonly [number, number];
  /** SHA-256 (hex) of the unpacked IDX files, concatenated: training images and labels, test images and labels. */
  readonly sha256: string;
  /** The label of each class in the files. */
  readonly labels: readonly number[];
  /** The same as texts. */
  readonly levels: readonly string[];
  /** The classes that have rows. */
  readonly occurring: readonly number[];
  /** The names in EMNIST's mapping file next to the images. */
  readonly mapping: LabelNames | null;
  /** Whether the names of the files are EMNIST's, whose images have their rows and columns swapped. */
  readonly isEmnist: boolean;
  /** What the user should know of the files. */
  readonly notes: readonly string[];
  readonly choices: ImageChoices;
}

/** What the files have, whatever the choices. */
export interface ImageFilesContent
  extends Pick<ImageDataset, 'rows' | 'columns' | 'inputs' | 'largest' | 'canonicalTrainRows' | 'imageShape'>,
    Pick<ImageDataset, 'sha256' | 'isEmnist' | 'mapping' | 'notes'> {
  readonly rowLabels: Uint8Array | Uint16Array;
}

/** The images with the classes that a user chose. */
export function datasetOf(content: ImageFilesContent, choices: ImageChoices): ImageDataset {
  const { rowLabels, ...shared } = content;
  const { targets, labels, occurring } = classesOf(rowLabels, choices.classes);
  const knownNames = Object.hasOwn(knownImages, content.sha256)
    ? knownImages[content.sha256].classNames
    : undefined;
  const levels = labels.map(String);
  // Labels that are not 0, 1, 2, ... are the names of their classes.
  const isInOrder = labels[labels.length - 1] === labels.length - 1;
  const ownNames = isInOrder ? undefined : levels;
  const classNames = knownNames === undefined ? ownNames : namesOfClasses(labels, occurring, knownNames);
  return {
    name: 'images',
    task: 'classification',
    ...shared,
    ...(choices.transpose ? transposed(content) : {}),
    targets,
    classes: labels.length,
    ...(classNames === undefined ? {} : { classNames }),
    ...{ labels, levels, occurring, choices },
  };
}

/**
 * What the classes of images are called: by the user, else in a mapping file next to them, else by what is known of them; undefined
 * for 0, 1, 2, ... Errors: names that do not fit the labels.
 */
export function imageClassNames(
  { labels, occurring, mapping, classNames }: ImageDataset,
  labelNames: readonly string[] | null,
): readonly string[] | undefined {
  const given = labelNames ?? mapping;
  return given === null ? classNames : namesOfClasses(labels, occurring, given);
}

/** The images with rows and columns swapped: pixel (i, j) becomes pixel (j, i). */
function transposed({
  rows,
  columns,
  inputs,
  imageShape: [height, width],
}: ImageFilesContent): Pick<ImageDataset, 'inputs' | 'imageShape'> {
  const swapped = shared(inputs);
  for (let row = 0, to = 0; row < rows; row++) {
    for (let x = 0; x < width; x++) {
      for (let y = 0; y < height; y++) swapped[to++] = inputs[row * columns + y * width + x];
    }
  }
  return { inputs: swapped, imageShape: [width, height] };
}

/** Memory of the same size and type that threads share. */
function shared<Values extends Uint8Array | Uint16Array | Float64Array>(
  values: Values,
  length = values.length,
): Values {
  const type = values.constructor as new (buffer: SharedArrayBuffer) => Values;
  return new type(new SharedArrayBuffer(length * values.BYTES_PER_ELEMENT));
}

/** Reads the images of a path. Errors: a missing or damaged file, files that do not belong together. */
export async function readContent(path: string): Promise<ImageFilesContent> {
  const { folder, set } = await findImages(path);
  const read = await set.read(folder);
  const parts = [read.train, ...(read.test === null ? [] : [read.test])].map(checkedPart);
  const [train, test] = parts;
  const [trainRows, height, width] = train.images.dimensions;
  if (test !== undefined && (height !== test.images.dimensions[1] || width !== test.images.dimensions[2])) {
    throw mismatch(
      `the training and the test images in ${folder} have different sizes`,
      `${height} x ${width}, as in ${train.imageFile}`,
      test.images.dimensions.slice(1).join(' x '),
    );
  }
  const rows = parts.reduce((sum, { images }) => sum + images.dimensions[0], 0);
  const columns = height * width;
  const areBytes = parts.every(({ images }) => images.data instanceof Uint8Array);
  const inputs = joined(
    areBytes ? new Uint8Array() : new Float64Array(),
    rows * columns,
    parts.map(({ images }) => images.data),
  );
  const areSmall = parts.every(({ labels }) => labels.data instanceof Uint8Array);
  const rowLabels = joined(
    areSmall ? new Uint8Array() : new Uint16Array(),
    rows,
    parts.map(({ labels }) => labels.data),
  );
  const hash = createHash('sha256');
  for (const { images, labels } of parts) hash.update(images.bytes).update(labels.bytes);
  const sha256 = hash.digest('hex');
  return {
    rows,
    columns,
    inputs,
    largest: largestOf(inputs),
    canonicalTrainRows: test === undefined ? null : trainRows,
    imageShape: [height, width],
    sha256,
    isEmnist: /^emnist\b/i.test(set.prefix),
    notes: read.notes,
    rowLabels,
    mapping: await mappingIn(folder, set.prefix),
  };
}

function joined<Values extends Uint8Array | Uint16Array | Float64Array>(
  type: Values,
  length: number,
  parts: readonly (Uint8Array | Float64Array)[],
): Values {
  const all = shared(type, length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function largestOf(values: Uint8Array | Float64Array): number {
  const limit = values instanceof Uint8Array ? 255 : Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < values.length && largest < limit; i++) if (values[i] > largest) largest = values[i];
  return largest;
}

/** EMNIST's file next to its images: what each label stands for. */
async function mappingIn(folder: string, prefix: string): Promise<LabelNames | null> {
  if (prefix === '') return null;
  const file = join(folder, `${prefix}-mapping.txt`);
  const text = await readRegular(file, 2 ** 20).catch(() => null);
  return text === null ? null : namesInFile(text, file);
}

/** Checks that images and labels belong together. Whole numbers from 0 to 255 of another type become bytes. */
function checkedPart({ imageFile, labelFile, ...part }: LabelledImages): LabelledImages {
  const [images, labels] = [asBytes(part.images), asBytes(part.labels)];
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
  checkValues(imageFile, 'pixel', images.data, Number.isFinite, 'finite numbers', height * width);
  const isLabel = (label: number) => Number.isInteger(label) && label >= 0 && label <= largestLabel;
  checkValues(labelFile, 'label', labels.data, isLabel, `whole numbers from 0 to ${largestLabel}`, 1);
  return { images, labels, imageFile, labelFile };
}

const largestLabel = 65_535;

function asBytes(idx: Idx): Idx {
  if (idx.data instanceof Uint8Array) return idx;
  const bytes = Uint8Array.from(idx.data);
  return idx.data.every((value, i) => value === bytes[i]) ? idxOf(idx.dimensions, bytes) : idx;
}

function checkValues(
  file: string,
  kind: 'pixel' | 'label',
  values: Idx['data'],
  holds: (value: number) => boolean,
  expected: string,
  perRow: number,
): void {
  const place = values instanceof Uint8Array ? -1 : values.findIndex((value) => !holds(value));
  if (place === -1) return;
  throw new UserError({
    what: `${file} has the ${kind} ${values[place]} in row ${Math.floor(place / perRow)} (counted from 0)`,
    expected,
    remedy: `correct the ${kind}s`,
  });
}

function mismatch(what: string, expected: string, received: unknown): UserError {
  return new UserError({
    what,
    expected,
    received,
    remedy: 'download the four files again from one source, and give their folder with {dataDir}',
  });
}
