import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { valueOrRefusal } from '../hostile.testing.ts';
import { imageClassNames } from './image-content.ts';
import { imageBytes, noise } from './image-files.testing.ts';
import { readImages } from './image-folder.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fys-nn-layouts-'));
});
afterAll(() => rm(root, { recursive: true }));

const { trainImages, trainLabels, testImages, testLabels } = imageBytes(noise);
const contents = [trainImages, trainLabels, testImages, testLabels];
const published = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

/** Writes files below a folder of this name, which is returned. */
async function write(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, /gz$/i.test(path) && typeof content !== 'string' ? gzipSync(content) : content);
  }
  return join(root, name);
}

const named = (names: readonly string[]) => Object.fromEntries(names.map((name, i) => [name, contents[i]]));
const under = (folder: string, names: readonly string[]) => named(names.map((name) => `${folder}/${name}`));
const emnist = (split: string) => published.map((name) => `emnist-${split}-${name.replace('t10k', 'test')}`);

/** The lines of a CSV file of these images, as Kaggle has them. */
function csvOf(images: Uint8Array, labels: Uint8Array | null, header: (pixel: number) => string): string {
  const rows = Array.from({ length: (images.length - 16) / 36 }, (_, row) => [
    ...(labels === null ? [] : [labels[8 + row]]),
    ...images.subarray(16 + 36 * row, 16 + 36 * (row + 1)),
  ]);
  const names = [...(labels === null ? [] : ['label']), ...Array.from({ length: 36 }, (_, i) => header(i))];
  return [names, ...rows].map((cells) => `${cells.join(',')}\n`).join('');
}
const kaggle = (i: number) => `pixel${i}`;
const byPlace = (i: number) => `${Math.floor(i / 6) + 1}x${(i % 6) + 1}`;

async function refused(path: string): Promise<string> {
  const outcome = await valueOrRefusal(() => readImages(path));
  if (!('refusal' in outcome)) throw new Error('was accepted');
  return outcome.refusal.message;
}

describe('the same images, whatever the layout', () => {
  test.each<[string, Record<string, string | Uint8Array>, string]>([
    ["Kaggle's names", named(published.map((name) => name.replace('-idx', '.idx'))), ''],
    ['packed', named(published.map((name) => `${name}.gz`)), ''],
    ['upper case', named(published.map((name) => name.toUpperCase())), ''],
    ['underscores and gz', named(published.map((name) => `${name.replaceAll('-', '_')}.GZ`)), ''],
    ["torchvision's folder", under('MNIST/raw', published), ''],
    ["torchvision's folder of a data set", under('raw', published), ''],
    ['torchvision, the raw folder', under('FashionMNIST/raw', published), 'FashionMNIST/raw'],
    ["EMNIST's names", named(emnist('letters')), ''],
    [
      'one of several, by a file',
      { ...named(emnist('letters')), ...named(emnist('digits').map((name) => `${name}.gz`)) },
      'emnist-digits-test-labels-idx1-ubyte.gz',
    ],
    ['published names next to others', { ...named(published), ...named(emnist('digits')) }, ''],
    [
      'both forms of the names',
      {
        ...named(published),
        ...Object.fromEntries(published.map((name) => [name.replace('-idx', '.idx'), 'not IDX'])),
      },
      '',
    ],
    [
      'train.csv and test.csv',
      {
        'train.csv': csvOf(trainImages, trainLabels, kaggle),
        'test.csv': csvOf(testImages, testLabels, kaggle),
      },
      '',
    ],
    [
      'mnist_train.csv',
      {
        'mnist_train.csv': csvOf(trainImages, trainLabels, byPlace),
        'mnist_test.csv.gz': Buffer.from(csvOf(testImages, testLabels, byPlace)),
      },
      'mnist_test.csv.gz',
    ],
    [
      'CSV without a header, lines of Windows',
      {
        'train.csv': csvOf(trainImages, trainLabels, kaggle).replace(/^.*\n/, '').replaceAll('\n', '\r\n'),
        'test.csv': csvOf(testImages, testLabels, kaggle).replace(/^.*\n/, '').trimEnd(),
      },
      '',
    ],
  ])('%s', async (name, files, path) => {
    const folder = await write(name, files);
    const { sha256, inputs, targets, canonicalTrainRows, imageShape, notes } = await readImages(
      join(folder, path),
    );
    const plain = await readImages(await write('plain', named(published)));
    expect({ sha256, canonicalTrainRows, imageShape, notes }).toEqual({
      sha256: plain.sha256,
      canonicalTrainRows: 60,
      imageShape: [6, 6],
      notes: [],
    });
    expect(Buffer.compare(inputs as Uint8Array, plain.inputs as Uint8Array)).toBe(0);
    expect([...targets]).toEqual([...plain.targets]);
  });

  test('an archive of NumPy, as Keras has it, in a folder or by its path', async () => {
    const archive = await readFile('data/fixtures/images/images.npz');
    const folder = await write('keras', { 'mnist.npz': archive });
    const plain = await readImages(await write('plain', named(published)));
    for (const path of [folder, join(folder, 'mnist.npz')]) {
      const { sha256, canonicalTrainRows } = await readImages(path);
      expect({ sha256, canonicalTrainRows }).toEqual({ sha256: plain.sha256, canonicalTrainRows: 60 });
    }
    const cut = await write('keras, cut off', { 'mnist.npz': archive.subarray(0, 1500) });
    expect(await refused(cut)).toMatch(/mnist\.npz is cut off or damaged/);
  });

  test('in integers of another type: the same digest', async () => {
    const wide = new Uint8Array(8 + 4 * 60);
    wide.set([0, 0, 0x0c, 1, 0, 0, 0, 60]);
    for (let row = 0; row < 60; row++) wide[8 + 4 * row + 3] = trainLabels[8 + row];
    const folder = await write('wide', { ...named(published), [published[1]]: wide });
    expect((await readImages(folder)).sha256).toBe(
      (await readImages(await write('plain', named(published)))).sha256,
    );
  });
});

describe('what is there decides', () => {
  test('without test files there is no published test part, and it is said', async () => {
    const folder = await write('only train', named(published.slice(0, 2)));
    const { rows, canonicalTrainRows, notes } = await readImages(folder);
    expect({ rows, canonicalTrainRows, notes }).toEqual({
      rows: 60,
      canonicalTrainRows: null,
      notes: [expect.stringContaining('no test part')],
    });
  });

  test('a test.csv without labels is not used, and it is said', async () => {
    const files = {
      'train.csv': csvOf(trainImages, trainLabels, kaggle),
      'test.csv': csvOf(testImages, null, kaggle),
    };
    const { rows, notes } = await readImages(await write('kaggle', files));
    expect({ rows, notes }).toEqual({
      rows: 60,
      notes: [expect.stringMatching(/test\.csv has no labels/), expect.stringContaining('no test part')],
    });
  });

  test('files of EMNIST have a mapping, which names the classes', async () => {
    const mapping = Array.from({ length: 10 }, (_, label) => `${label} ${65 + label} ${97 + label}\n`).join(
      '',
    );
    const folder = await write('mapped', {
      ...named(emnist('letters')),
      'emnist-letters-mapping.txt': mapping,
    });
    const dataset = await readImages(folder);
    const { isEmnist } = dataset;
    const classNames = imageClassNames(dataset, null);
    // Their digest does not say it.
    expect(dataset.classNames).toBeUndefined();
    expect({ classNames: classNames!.slice(0, 3), isEmnist }).toEqual({
      classNames: ['Aa', 'Bb', 'Cc'],
      isEmnist: true,
    });
    await writeFile(join(folder, 'emnist-letters-mapping.txt'), '1 65 97\n2 sixty-six\n');
    const other = await write('mapped badly', {
      ...named(emnist('letters')),
      'emnist-letters-mapping.txt': '1 65 97\n2 sixty-six\n',
    });
    expect(await refused(other)).toMatch(
      /line 2 of .*emnist-letters-mapping\.txt is not a label and its code points/,
    );
  });

  test.each<[string, Record<string, string | Uint8Array>, RegExp]>([
    [
      'several sets',
      { ...named(emnist('letters')), ...named(emnist('digits')) },
      /has several sets of images[\s\S]*name a file of the one that you mean: .*emnist-/,
    ],
    [
      'several folders',
      { ...under('MNIST/raw', published), ...under('KMNIST/raw', published) },
      /has several sets of images[\s\S]*KMNIST.raw.train-images/,
    ],
    [
      'a part missing',
      named(emnist('letters').slice(0, 3)),
      /has neither emnist-letters-test-labels-idx1-ubyte nor/,
    ],
    ['only a test part', under('.', [published[2], published[3]]), /has neither train-images-idx3-ubyte/],
    ['nothing', { 'notes.txt': '' }, /has neither train-images-idx3-ubyte.*\n.*\n.*notes\.txt/],
    [
      'another table',
      { 'train.csv': 'name,age\nAda,36\n' },
      /train\.csv has "name" as the name of its first column/,
    ],
    ['a table of one column', { 'train.csv': 'label\n1\n' }, /has one column/],
    ['no rows', { 'train.csv': 'label,pixel0\n' }, /has no images/],
    ['an empty file', { 'train.csv': '' }, /train\.csv has one column/],
    ['only unlabelled images', { 'train.csv': csvOf(testImages, null, kaggle) }, /has no labels/],
    [
      'text among the pixels',
      { 'train.csv': 'label,pixel0\n1,2\n3,x y\n' },
      /train\.csv holds "x y" in line 3, column 2/,
    ],
    ['a large pixel', { 'train.csv': 'label,pixel0\n1,256\n' }, /has a pixel 256 in line 2, column 2/],
    ['a fraction', { 'train.csv': 'label,pixel0\n1,0.5\n' }, /holds "\.5" in line 2, column 2/],
    [
      'an empty cell',
      { 'train.csv': 'label,pixel0,pixel1\n1,,3\n' },
      /has an empty cell in line 2, column 2/,
    ],
    ['a short line', { 'train.csv': 'label,pixel0,pixel1\n1,2,3\n\n1,2\n' }, /has 2 cells in line 4/],
    ['a long line', { 'train.csv': 'label,pixel0\n1,2,3\n' }, /has 3 cells in line 2/],
    ['a damaged gzip file', { 'train.csv': Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3) }, /cannot be read/],
  ])('%s', async (name, files, message) => {
    expect(await refused(await write(`refused ${name}`, files))).toMatch(message);
  });
});
