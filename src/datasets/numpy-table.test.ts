import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { encodeNpy } from '../files/npy.ts';
import { rolesOf } from './array-roles.ts';
import { isText, type RawColumn, type RawTable } from './raw-table.ts';
import { readTable } from './table-formats.ts';

const saved: Record<string, string> = JSON.parse(readFileSync('data/fixtures/npy/tables.json', 'utf8'));
const bytesOf = (name: string) => Buffer.from(saved[name], 'base64');

let folder: string;
let file: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-numpy-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(bytes: Uint8Array): Promise<RawTable> {
  file = join(folder, `${count++}.bin`);
  await writeFile(file, bytes);
  return readTable(file, { decimalComma: false });
}

const valuesOf = (column: RawColumn) =>
  isText(column) ? Array.from(column.codes, (code) => column.levels[code] ?? null) : [...column.numbers];
const contentOf = ({ columns }: RawTable) =>
  Object.fromEntries(columns.map((column) => [column.name, valuesOf(column)]));

describe('.npy', () => {
  test('a 2-D array has a column for each of its columns', async () => {
    const table = await read(bytesOf('2-D'));
    expect(contentOf(table)).toEqual({ x0: [1.5, Number.NaN, 5], x1: [2, 4, 6] });
    expect(table.rows).toBe(3);
    expect(table.notes).toEqual(['the array (3, 2) has no names for its columns']);
    expect(table.sha256).toBe(createHash('sha256').update(bytesOf('2-D')).digest('hex'));
  });

  test('a 1-D array is one column, images are rows of pixels, records have named columns', async () => {
    expect(contentOf(await read(bytesOf('1-D')))).toEqual({ x: [0.25, -1, 3] });
    expect(contentOf(await read(bytesOf('images')))).toEqual(
      Object.fromEntries(Array.from({ length: 6 }, (_, d) => [`pixel${d}`, [d, d + 6]])),
    );
    const records = await read(bytesOf('records'));
    expect(contentOf(records)).toEqual({
      city: ['Oslo', 'Tromsø'],
      latitude: [59.9, 69.6],
      people: [709037, 77544],
    });
    expect(records.notes).toEqual([]);
  });

  test('one that is packed by gzip is the same table', async () => {
    expect(await read(gzipSync(bytesOf('2-D')))).toEqual(await read(bytesOf('2-D')));
  });
});

describe('.npz', () => {
  test.each(['X and y', 'X and y, packed'])('%s: y is the target', async (name) => {
    const table = await read(bytesOf(name));
    expect(contentOf(table)).toEqual({ x0: [1.5, Number.NaN, 5], x1: [2, 4, 6], y: [0.25, -1, 3] });
    expect(table).toMatchObject({ target: 'y' });
    expect(table).not.toHaveProperty('trainRows');
    expect(table.notes).toEqual(['the inputs are X (3, 2), the target is y (3,)', '"comment" is not read']);
  });

  test("names as in scikit-learn's own data name columns and classes", async () => {
    const table = await read(bytesOf('iris'));
    const [names, first] = [table.columns.map(({ name }) => name), Object.values(contentOf(table))];
    expect(names).toEqual([
      ...['sepal length (cm)', 'sepal width (cm)', 'petal length (cm)', 'petal width (cm)'],
      'target',
    ]);
    expect(first.map((values) => values[0])).toEqual([5.1, 3.5, 1.4, 0.2, 'setosa']);
    expect(table).toMatchObject({
      target: 'target',
      columns: expect.arrayContaining([
        expect.objectContaining({ levels: ['setosa', 'versicolor', 'virginica'] }),
      ]),
    });
  });

  test("Keras's form: training rows first, whatever the order in the file", async () => {
    const table = await read(bytesOf('keras'));
    expect(table).toMatchObject({ rows: 6, target: 'y', trainRows: 4 });
    expect(contentOf(table)).toMatchObject({ pixel5: [5, 11, 17, 23, 5, 11], y: [3, 1, 0, 3, 1, 9] });
    expect(table.columns).toHaveLength(7);
    expect(table.notes).toEqual([
      'the inputs are x_train (4, 2, 3) and x_test (2, 2, 3), the target is y_train (4,) and y_test (2,)',
      'the first 4 rows are for training, the others for testing: {split} canonical keeps them apart',
    ]);
  });

  test("MedMNIST's form: labels in a column of their own, validation rows left out", async () => {
    const table = await read(bytesOf('medmnist'));
    expect(table).toMatchObject({ rows: 4, target: 'labels', trainRows: 3 });
    expect(contentOf(table)).toMatchObject({ labels: [0, 1, 2, 0] });
    expect(table.notes.at(-1)).toBe('"val_images", "val_labels" are not read');
  });

  test('other arrays are put side by side', async () => {
    expect(contentOf(await read(bytesOf('one array')))).toEqual({
      arr_00: [1.5, Number.NaN, 5],
      arr_01: [2, 4, 6],
    });
    const table = await read(bytesOf('columns'));
    expect(contentOf(table)).toEqual({
      temperature: [0.25, -1, 3],
      city: ['Oslo', null, 'Bergen'],
      n: [0, 1, 2],
    });
    expect(table).not.toHaveProperty('target');
    expect(table.notes).toEqual([
      'the columns are those of the arrays temperature (3,), city (3,), n (3,)',
      '"unit" is not read',
    ]);
  });

  test('one-hot targets have no single column to predict', async () => {
    const table = await read(bytesOf('one-hot'));
    expect(Object.keys(contentOf(table))).toEqual(['x0', 'x1', 'y0', 'y1', 'y2']);
    expect(table).not.toHaveProperty('target');
  });

  test('columns that would have the same name are told apart', async () => {
    const table = await read(bytesOf('same names'));
    expect(table.columns.map(({ name }) => name)).toEqual(['a0', 'a1', 'a0_2']);
  });

  test('objects that are not needed are not looked at', async () => {
    expect(await read(bytesOf('objects that are not read'))).toMatchObject({ target: 'y', rows: 3 });
  });
});

describe('refused', () => {
  const refusal = async (bytes: Uint8Array): Promise<string> => {
    const outcome = await read(bytes).catch((error: Error) => error);
    if (!(outcome instanceof Error)) throw new Error('it was read');
    expect(outcome).toMatchObject({ name: 'UserError', exitCode: 2 });
    return outcome.message.replaceAll(file, 'FILE');
  };

  test.each([
    ['scalar', 'FILE has no rows or no columns'],
    ['no rows', 'FILE has no rows or no columns'],
    ['infinite', 'FILE has an infinite number at place [1, 0] (counted from 0)'],
    ['different rows', 'the arrays in FILE have different numbers of rows, and their names do not say'],
    ['y too short', 'the array "y" in FILE does not belong to the array "X" in FILE'],
    ['other images', 'the array "x_test" in FILE does not fit the array "x_train" in FILE'],
    ['objects', 'the array "y" in FILE holds pickled Python objects, which are never unpickled'],
  ])('%s', async (name, words) => {
    expect(await refusal(bytesOf(name))).toContain(words);
  });

  test('an archive of something else', async () => {
    const sheet = zipSync({
      '[Content_Types].xml': Buffer.from('<xml/>'),
      'xl/workbook.xml': Buffer.from('<xml/>'),
    });
    const message = await refusal(sheet);
    expect(message).toContain('FILE is a ZIP archive without NumPy arrays');
    expect(message).toContain('save the sheet of an Excel file as CSV');
    expect(await refusal(zipSync({}))).toContain('an empty archive');
  });

  test('an archive that is cut off', async () => {
    const whole = bytesOf('X and y');
    expect(await refusal(whole.subarray(0, whole.length - 1))).toContain('FILE is cut off or damaged');
  });

  test('more columns and more memory than there may be', async () => {
    const wide = Buffer.concat(encodeNpy(new Uint16Array(100_001), [1, 100_001]));
    expect(await refusal(wide)).toContain('FILE has too many columns');
    const [header] = encodeNpy(new Uint16Array(0), [3, 2]);
    const long = zipSync({ 'a.npy': Buffer.concat([header, Buffer.alloc(12)]) });
    const entry = Buffer.from(long);
    entry.writeUInt32LE(2 ** 32 - 2, entry.indexOf('PK\x01\x02') + 24); // its length, unpacked
    expect(await refusal(entry)).toContain('the arrays in FILE have 4294967294 bytes, unpacked');
  });
});

test('roles by name', () => {
  const roles = (...names: string[]) => {
    const found = rolesOf(names);
    return found === null ? null : [...found.inputs, ...found.target].join(' ');
  };
  expect(roles('y', 'X')).toBe('X y');
  expect(roles('Data', 'Target', 'DESCR')).toBe('Data Target');
  expect(roles('X_train', 'X_test', 'y_train', 'y_test')).toBe('X_train X_test y_train y_test');
  expect(roles('train_images', 'train_labels')).toBe('train_images train_labels');
  expect(roles('X', 'features', 'y')).toBe(null); // two that may be the inputs
  expect(roles('X', 'z')).toBe(null);
  expect(roles('x_mean', 'y_mean')).toBe(null);
  expect(roles('__proto__', 'constructor')).toBe(null);
});
