import { join } from 'node:path';
import { Writable } from 'node:stream';
import { exitCodes, quote, UserError } from '../errors.ts';
import { makeDirectory } from '../files/directories.ts';
import { codeOf, isDiskFault, reasonOf } from '../files/errno.ts';
import { unpackedBytes } from '../files/unpacked.ts';
import { type Content, writeWhole } from '../files/write-whole.ts';
import { builtInPath } from './built-in.ts';
import type { Dataset } from './dataset.ts';
import { imageFiles } from './image-layouts.ts';

/** Consecutive rows of a dataset. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** The number of rows converted to text at a time: enough to be fast, and few enough to use little memory. */
const rowsPerPiece = 256;

/**
 * Writes images as the four IDX files of MNIST: the first `first` training rows and equally many test rows, or all rows
 * if it is null.
 *
 * Returns the paths. Reading the files back gives the same bytes. Errors: data without images, more rows than exist, a
 * folder that cannot be written to.
 */
export async function exportIdx(
  dataset: Dataset,
  first: number | null,
  directory: string,
): Promise<string[]> {
  const { inputs, targets, columns } = dataset;
  if (
    dataset.task !== 'classification' ||
    !(inputs instanceof Uint8Array) ||
    !(targets instanceof Uint8Array)
  ) {
    throw new UserError({
      what: `{format} idx is for images with labels, and ${dataset.name} has none`,
      expected: 'csv',
      received: 'idx',
      remedy: 'use {format} csv',
    });
  }
  const { train, test } = publishedParts(dataset, first);
  const shape = dataset.imageShape ?? [1, columns];
  await writing(directory, () => makeDirectory(directory));
  const images = async (name: string, { from, to }: Part) =>
    writeIdx(join(directory, name), [to - from, ...shape], inputs.subarray(from * columns, to * columns));
  const labels = async (name: string, { from, to }: Part) =>
    writeIdx(join(directory, name), [to - from], targets.subarray(from, to));
  const written = [await images(imageFiles.trainImages, train), await labels(imageFiles.trainLabels, train)];
  if (test.from === test.to) return written;
  return [...written, await images(imageFiles.testImages, test), await labels(imageFiles.testLabels, test)];
}

/**
 * Writes a dataset as CSV, with a header line and every number in full precision.
 *
 * Regression: <name>.csv with the inputs (x0, x1, ... where they have no names) and target. Images: train.csv and test.csv
 * with label, pixel0, pixel1, ... `first` and the errors are those of exportIdx.
 */
export async function exportCsv(
  dataset: Dataset,
  first: number | null,
  directory: string,
): Promise<string[]> {
  const { columns, inputs, targets } = dataset;
  const inputsOf = (row: number): number[] => Array.from(inputs.subarray(row * columns, (row + 1) * columns));
  if (dataset.canonicalTrainRows === null && dataset.imageShape === undefined) {
    const to = checkFirst(first, dataset.rows, 'rows');
    const names = dataset.featureNames ?? Array.from({ length: columns }, (_, d) => `x${d}`);
    const record = (row: number) => [...inputsOf(row), targets[row]];
    await writing(directory, () => makeDirectory(directory));
    return [
      await writeCsv(join(directory, `${dataset.name}.csv`), [...names, 'target'], { from: 0, to }, record),
    ];
  }
  const { train, test } = publishedParts(dataset, first);
  const input = dataset.imageShape === undefined ? 'x' : 'pixel';
  const header = ['label', ...Array.from({ length: columns }, (_, d) => `${input}${d}`)];
  const record = (row: number) => [targets[row], ...inputsOf(row)];
  await writing(directory, () => makeDirectory(directory));
  const trainFile = await writeCsv(join(directory, 'train.csv'), header, train, record);
  if (test.from === test.to) return [trainFile];
  return [trainFile, await writeCsv(join(directory, 'test.csv'), header, test, record)];
}

/** Writes a bundled table as NAME.csv, all or its first rows, and returns the path. Errors: those of exportIdx. */
export async function exportTableFile(
  name: string,
  file: string,
  first: number | null,
  directory: string,
): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of unpackedBytes(builtInPath(file))) pieces.push(piece);
  // No cell of these tables has a line end in it.
  const [header, ...rows] = Buffer.concat(pieces).toString().trimEnd().split('\n');
  const count = checkFirst(first, rows.length, 'rows');
  await writing(directory, () => makeDirectory(directory));
  return writeFile(join(directory, `${name}.csv`), `${[header, ...rows.slice(0, count)].join('\n')}\n`);
}

function publishedParts(
  { rows, canonicalTrainRows }: Dataset,
  first: number | null,
): { train: Part; test: Part } {
  const trainRows = canonicalTrainRows ?? rows;
  const train = checkFirst(first, trainRows, 'training rows');
  const test = trainRows === rows ? 0 : checkFirst(first, rows - trainRows, 'test rows');
  return { train: { from: 0, to: train }, test: { from: trainRows, to: trainRows + test } };
}

function checkFirst(first: number | null, available: number, kind: string): number {
  if (first === null) return available;
  if (Number.isInteger(first) && first >= 1 && first <= available) return first;
  throw new UserError({
    what: `{first} is out of range for data that have ${available} ${kind}`,
    expected: `a whole number from 1 to ${available}`,
    received: first,
    remedy: 'lower {first}, or leave it out to get all rows',
  });
}

async function writeIdx(path: string, shape: number[], data: Uint8Array): Promise<string> {
  return writeFile(path, Buffer.concat([await idxHeader(shape), data]));
}

/** Only the header comes from idx-data: its writer fails on more than 1024 values, and bytes need no conversion. */
async function idxHeader(shape: number[]): Promise<Buffer> {
  const { writeToStream } = await import('idx-data');
  const written: Buffer[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      written.push(chunk);
      done();
    },
  });
  writeToStream(new Uint8Array(0), shape, sink);
  return Buffer.concat(written);
}

async function writeCsv(
  path: string,
  header: string[],
  { from, to }: Part,
  record: (row: number) => number[],
): Promise<string> {
  const { stringify } = await import('csv-stringify/sync');
  async function* pieces(): AsyncGenerator<string> {
    yield stringify([header]);
    for (let start = from; start < to; start += rowsPerPiece) {
      const length = Math.min(rowsPerPiece, to - start);
      yield stringify(Array.from({ length }, (_, n) => record(start + n)));
    }
  }
  return writeFile(path, pieces());
}

/** Writes a file whole or not at all, and returns its path. */
async function writeFile(path: string, content: Content): Promise<string> {
  await writing(path, () => writeWhole(path, content));
  return path;
}

async function writing(path: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new UserError(
      {
        what: `${quote(path)} could not be written: ${reasonOf(error)}`,
        expected: 'a folder that exists or can be created',
        remedy: 'choose another folder',
      },
      isDiskFault(error) ? exitCodes.failed : exitCodes.usage,
    );
  }
}
