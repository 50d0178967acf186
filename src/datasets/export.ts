import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { UserError } from '../errors.ts';
import type { Dataset } from './dataset.ts';
import { mnistFiles } from './mnist.ts';

/** Consecutive rows of a dataset. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** Rows turned into text at a time: enough to be quick, few enough to keep memory small. */
const rowsPerPiece = 256;

/**
 * Writes images as the four IDX files of MNIST: the first `first` training rows and as many test rows, or all (null).
 *
 * Returns the paths. What is written reads back as the same bytes. Errors: data without images, more rows than there
 * are, a folder that cannot be written to.
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
      what: `--format idx is for images and labels, and ${dataset.name} has neither`,
      expected: 'csv',
      received: 'idx',
      remedy: 'use --format csv',
    });
  }
  const { train, test } = publishedParts(dataset, first);
  const shape = dataset.imageShape ?? [1, columns];
  await createFolder(directory);
  const images = async (name: string, { from, to }: Part) =>
    writeIdx(join(directory, name), [to - from, ...shape], inputs.subarray(from * columns, to * columns));
  const labels = async (name: string, { from, to }: Part) =>
    writeIdx(join(directory, name), [to - from], targets.subarray(from, to));
  return [
    await images(mnistFiles.trainImages, train),
    await labels(mnistFiles.trainLabels, train),
    await images(mnistFiles.testImages, test),
    await labels(mnistFiles.testLabels, test),
  ];
}

/**
 * Writes a dataset as CSV with a header line and every number in full precision.
 *
 * Regression: <name>.csv with x, y and target (more than two inputs are x0, x1, ...). Images: train.csv and test.csv
 * with label, pixel0, pixel1, ... `first` and errors as for exportIdx.
 */
export async function exportCsv(
  dataset: Dataset,
  first: number | null,
  directory: string,
): Promise<string[]> {
  const { columns, divisor, inputs, targets } = dataset;
  const inputsOf = (row: number): number[] => Array.from(inputs.subarray(row * columns, (row + 1) * columns));
  if (dataset.task === 'regression') {
    const to = checkFirst(first, dataset.rows, 'rows');
    const names = columns === 2 ? ['x', 'y'] : Array.from({ length: columns }, (_, d) => `x${d}`);
    const record = (row: number) => [...inputsOf(row).map((input) => input / divisor), targets[row]];
    await createFolder(directory);
    return [
      await writeCsv(join(directory, `${dataset.name}.csv`), [...names, 'target'], { from: 0, to }, record),
    ];
  }
  const { train, test } = publishedParts(dataset, first);
  const header = ['label', ...Array.from({ length: columns }, (_, d) => `pixel${d}`)];
  const record = (row: number) => [targets[row], ...inputsOf(row)];
  await createFolder(directory);
  return [
    await writeCsv(join(directory, 'train.csv'), header, train, record),
    await writeCsv(join(directory, 'test.csv'), header, test, record),
  ];
}

function publishedParts(
  { rows, canonicalTrainRows }: Dataset,
  first: number | null,
): { train: Part; test: Part } {
  const trainRows = canonicalTrainRows ?? rows;
  const train = checkFirst(first, trainRows, 'training rows');
  const test = checkFirst(first, rows - trainRows, 'test rows');
  return { train: { from: 0, to: train }, test: { from: trainRows, to: trainRows + test } };
}

function checkFirst(first: number | null, available: number, kind: string): number {
  if (first === null) return available;
  if (Number.isInteger(first) && first >= 1 && first <= available) return first;
  throw new UserError({
    what: `--first does not fit the data, which have ${available} ${kind}`,
    expected: `a whole number from 1 to ${available}`,
    received: first,
    remedy: 'lower --first, or leave it out to get all rows',
  });
}

async function writeIdx(path: string, shape: number[], data: Uint8Array): Promise<string> {
  return writeWhole(path, [await idxHeader(shape), data]);
}

/** idx-data writes the header only: its writer fails on more than 1024 values, and bytes need no conversion. */
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
  function* pieces(): Generator<string> {
    yield stringify([header]);
    for (let start = from; start < to; start += rowsPerPiece) {
      const length = Math.min(rowsPerPiece, to - start);
      yield stringify(Array.from({ length }, (_, n) => record(start + n)));
    }
  }
  return writeWhole(path, pieces());
}

/** The file appears whole or not at all: written beside its place, flushed to disk, renamed. */
async function writeWhole(path: string, pieces: Iterable<string | Uint8Array>): Promise<string> {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(aside, 'w');
    try {
      for (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw unwritable(path, error);
  }
  return path;
}

async function createFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw unwritable(directory, error);
  }
}

function unwritable(path: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const problems: Record<string, string> = {
    EEXIST: 'is a file, and a folder is needed',
    ENOTDIR: 'cannot be created: part of its path is a file',
    EISDIR: 'is a folder, and a file is needed',
    EACCES: 'may not be written',
    EPERM: 'may not be written',
    EROFS: 'may not be written: the disk is read-only',
    ENOSPC: 'cannot be written: the disk is full',
  };
  return new UserError({
    what: `${path} ${problems[code] ?? `cannot be written: ${message}`}`,
    expected: 'a folder that exists or can be created',
    remedy: 'choose another folder with --out',
  });
}
