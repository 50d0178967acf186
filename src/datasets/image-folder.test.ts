import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { cacheImages, readImages } from './image-folder.ts';
import { imageFiles } from './image-layouts.ts';
import { mnistSha256 } from './known-images.ts';

const folders: string[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-mnist-'));
  folders.push(folder);
});
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true, force: true }))));

function idx(sizes: number[], values: number[]): Uint8Array {
  return Uint8Array.of(0, 0, 8, sizes.length, ...sizes.flatMap((size) => [0, 0, 0, size]), ...values);
}

const parts = {
  trainImages: idx([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
  trainLabels: idx([3], [7, 0, 9]),
  testImages: idx([2, 2, 2], [255, 254, 253, 252, 251, 250, 249, 248]),
  testLabels: idx([2], [1, 2]),
};

type Part = keyof typeof parts;

async function write(
  changes: Partial<Record<Part, Uint8Array | null>> = {},
  packed: Part[] = [],
): Promise<void> {
  for (const part of Object.keys(parts) as Part[]) {
    const bytes = changes[part] === undefined ? parts[part] : changes[part];
    const isPacked = packed.includes(part);
    if (bytes === null) continue;
    await writeFile(
      join(folder, imageFiles[part] + (isPacked ? '.gz' : '')),
      isPacked ? gzipSync(bytes) : bytes,
    );
  }
}

async function refused(directory = folder): Promise<string> {
  const error = await readImages(directory).then(
    () => new Error('was accepted'),
    (reason) => reason,
  );
  if (!(error instanceof UserError)) throw error;
  return error.message;
}

describe('the copy in the npm package', () => {
  test('has 70000 images with the known labels', async () => {
    const { rows, columns, canonicalTrainRows, classes, largest, inputs, targets, imageShape, sha256 } =
      await readImages(null);
    expect({ rows, columns, canonicalTrainRows, classes, largest, imageShape }).toEqual({
      rows: 70_000,
      columns: 784,
      canonicalTrainRows: 60_000,
      classes: 10,
      largest: 255,
      imageShape: [28, 28],
    });
    expect(inputs).toHaveLength(70_000 * 784);
    expect([...targets.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...targets.subarray(60_000, 60_010)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    // cat train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte | sha256sum
    expect(sha256).toBe('b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a');
    expect(mnistSha256).toBe(sha256);
  });

  test('has 6742 ones to train on and 980 zeros to test on, and pixels of the published mean', async () => {
    const { inputs, targets } = await readImages(null);
    const labels = [...targets];
    expect(labels.slice(0, 60_000).filter((label) => label === 1)).toHaveLength(6742);
    expect(labels.slice(60_000).filter((label) => label === 0)).toHaveLength(980);
    let sum = 0;
    for (let i = 0; i < 60_000 * 784; i++) sum += inputs[i];
    expect(sum / (60_000 * 784) / 255).toBeCloseTo(0.1307, 4);
  });

  test('is read once', async () => {
    expect(await readImages(null)).toBe(await readImages(null));
  });
});

describe('a folder', () => {
  test('of another image size: training rows first, then test rows', async () => {
    await write();
    const { rows, columns, canonicalTrainRows, inputs, targets, imageShape } = await readImages(folder);
    expect({ rows, columns, canonicalTrainRows, imageShape }).toEqual({
      rows: 5,
      columns: 4,
      canonicalTrainRows: 3,
      imageShape: [2, 2],
    });
    expect([...inputs]).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 255, 254, 253, 252, 251, 250, 249, 248,
    ]);
    expect([...targets]).toEqual([7, 0, 9, 1, 2]);
  });

  test('transposed: pixel (i, j) of each image becomes pixel (j, i), under the same digest', async () => {
    await write({
      trainImages: idx([1, 2, 3], [1, 2, 3, 4, 5, 6]),
      trainLabels: idx([1], [0]),
      testImages: idx([2, 2, 3], [11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26]),
    });
    const upright = await readImages(folder);
    const swapped = await readImages(folder, { transpose: true });
    expect([...swapped.inputs]).toEqual([1, 4, 2, 5, 3, 6, 11, 14, 12, 15, 13, 16, 21, 24, 22, 25, 23, 26]);
    const { inputs, imageShape, choices, ...same } = swapped;
    expect({ imageShape, choices }).toMatchObject({ imageShape: [3, 2], choices: { transpose: true } });
    expect(upright).toMatchObject({ ...same, imageShape: [2, 3], choices: { transpose: false } });
    // What another thread has read is kept apart as well.
    cacheImages(folder, swapped);
    expect(await readImages(folder)).toBe(upright);
    expect(await readImages(folder, { transpose: true })).toBe(swapped);
  });

  test('of gzip files has the same digest, one of other values another', async () => {
    await write();
    const plain = await readImages(folder);
    folder = await mkdtemp(`${folder}-packed-`);
    folders.push(folder);
    await write({}, ['trainImages', 'trainLabels', 'testLabels']);
    expect(await readImages(folder)).toEqual(plain);
    folder = await mkdtemp(`${folder}-other-`);
    folders.push(folder);
    await write({ testLabels: idx([2], [1, 3]) });
    expect((await readImages(folder)).sha256).not.toBe(plain.sha256);
  });

  test.each(['trainImages', 'testLabels'] as const)('without %s', async (part) => {
    await write({ [part]: null });
    const message = await refused();
    expect(message).toContain(`has neither ${imageFiles[part]} nor ${imageFiles[part]}.gz`);
    expect(message).toContain('{dataDir}');
  });

  test('that does not exist, or is a file', async () => {
    expect(await refused(join(folder, 'nothing'))).toContain('nothing cannot be read');
    await write();
    await writeFile(join(folder, 'notes.txt'), 'MNIST');
    expect(await refused(join(folder, 'notes.txt'))).toContain('is not a folder');
  });

  test.each<[string, Partial<Record<Part, Uint8Array>>, RegExp]>([
    ['fewer labels than images', { trainLabels: idx([2], [1, 2]) }, /3 labels, one per image\n.*2 labels/],
    ['other test sizes', { testImages: idx([2, 2, 1], [1, 2, 3, 4]) }, /different sizes\n.*2 x 2.*\n.*2 x 1/],
    [
      'the same pixels in another shape',
      { testImages: idx([2, 1, 4], [1, 2, 3, 4, 5, 6, 7, 8]) },
      /different sizes/,
    ],
    ['no test rows', { testImages: idx([0, 2, 2], []), testLabels: idx([0], []) }, /has no pixels/],
    ['empty images', { trainImages: idx([3, 0, 2], []) }, /has no pixels/],
    ['labels for images', { trainImages: parts.trainLabels }, /holds labels \(1 dimension\), not images/],
    ['images for labels', { testLabels: parts.testImages }, /holds images \(3 dimensions\), not labels/],
    ['a cut-off file', { testImages: parts.testImages.subarray(0, 20) }, /4 bytes missing/],
  ])('with %s', async (_name, changes, message) => {
    await write(changes);
    expect(await refused()).toMatch(message);
  });

  test('without the files: what there is instead, of much the first names', async () => {
    expect(await refused()).toMatch(/received: "an empty folder"/);
    for (const name of 'hgfedcba') await writeFile(join(folder, name), '');
    expect(await refused()).toMatch(/received: "a, b, c, d, e, f, and 2 more"/);
  });

  test('is tried again after a failure', async () => {
    await write({ testImages: null });
    await refused();
    await write();
    expect((await readImages(folder)).rows).toBe(5);
  });
});
