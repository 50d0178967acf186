import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FileContent, writeFiles } from '../files/write-files.ts';
import { readTables } from './read-tables.ts';
import { tableFiles } from './result-files.ts';
import type { Table } from './table.ts';

const table: Table = {
  name: 'trials',
  description: 'a table',
  columns: [
    { name: 'id', type: 'string', description: 'a key' },
    { name: 'mse', type: 'number', description: 'a number' },
    { name: 'epoch', type: 'integer', description: 'a count' },
  ],
  primaryKey: ['id'],
  rows: [
    ['a, "b"\nc', 0.1, 1],
    ['=d', 'diverged', null],
    ['e', -1e-7, 3],
  ],
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-tables-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function textOf(content: FileContent): Promise<string> {
  if (typeof content !== 'function') return content.toString();
  let text = '';
  for await (const piece of content()) text += piece;
  return text;
}

async function write(place: string, change: (text: string) => string = (text) => text, name = 'trials.csv') {
  const files = tableFiles('x', 'y', [table]);
  // In their order: the package tells of the tables before it.
  for (const [file, content] of files) files.set(file, await textOf(content));
  files.set(name, change(files.get(name) as string));
  await writeFiles(join(folder, place), files);
}

test('what was written comes back, types, keys and missing values with it', async () => {
  await write('.');
  const read = (await readTables(folder)).get('trials.csv')!;
  expect(read.rows).toEqual([
    ['a, "b"\nc', '0.1', '1'],
    ["'=d", '', ''],
    ['e', '-1e-7', '3'],
  ]);
  expect(read.primaryKey).toEqual(['id']);
  expect(read.columns.map(({ name, type, missing }) => [name, type, [...missing]])).toEqual([
    ['id', 'string', ['']],
    ['mse', 'number', ['']],
    ['epoch', 'integer', ['']],
  ]);
});

test('so does what an editor saved with a byte-order mark and CR LF', async () => {
  await write('.', (text) => `\ufeff${text.replace(/\n(?=[=e'])/g, '\r\n')}`);
  expect((await readTables(folder)).get('trials.csv')!.rows[2]).toEqual(['e', '-1e-7', '3']);
});

test('rows that equal those of another run at the same place are not in memory twice', async () => {
  await write('a');
  await write('b', (text) => text.replace('-1e-7', '-2e-7'));
  const first = (await readTables(join(folder, 'a'))).get('trials.csv')!;
  const like = new Map([['trials.csv', first]]);
  const { rows } = (await readTables(join(folder, 'b'), undefined, like)).get('trials.csv')!;
  expect(rows.map((row, index) => row === first.rows[index])).toEqual([true, true, false]);
  expect(rows[2]).toEqual(['e', '-2e-7', '3']);
});

test('subfolders are read, the store is not; a table that is gone is left out', async () => {
  await write('ffnn');
  await write('quick/ffnn');
  await write('.trials');
  await write('gone');
  await rm(join(folder, 'gone/trials.csv'));
  expect([...(await readTables(folder)).keys()]).toEqual(['ffnn/trials.csv', 'quick/ffnn/trials.csv']);
});

describe('larger tables than the limit are refused', () => {
  const whole = { bytes: 1000, rows: 6, cells: 18 };

  test('the limit is of all tables together', async () => {
    await write('a');
    await write('b');
    await expect(readTables(folder, whole)).resolves.toHaveProperty('size', 2);
    for (const [what, limit] of [
      ['rows', { ...whole, rows: 5 }],
      ['cells', { ...whole, cells: 17 }],
      ['bytes', { ...whole, bytes: 60 }],
    ] as const) {
      await expect(readTables(folder, limit)).rejects.toThrow(
        new RegExp(`is too large to compare\\n.*at most .*\\n.*at least \\d+ ${what}`),
      );
    }
  });

  test('one table alone', async () => {
    await write('.');
    await expect(readTables(folder, { ...whole, bytes: 20 })).rejects.toThrow(/at least \d+ bytes/);
  });
});

describe('refused, naming the file', () => {
  test.each<[string, string, (text: string) => string, RegExp]>([
    [
      'text for a number',
      'trials.csv',
      (text) => text.replace('0.1', 'O.1'),
      /trials\.csv.*\n.*\n.*record 2, mse/,
    ],
    ['blanks for a number', 'trials.csv', (text) => text.replace('0.1', ' '), /record 2, mse/],
    [
      'a quote in the wrong place',
      'trials.csv',
      (text) => text.replace('0.1', '0"1'),
      /record 2 has a quote/,
    ],
    [
      'a quote that is never closed',
      'trials.csv',
      (text) => text.replace('0.1', '"0.1'),
      /record 2 has a quoted cell that is never closed/,
    ],
    [
      'nothing but commas',
      'trials.csv',
      (text) => `${text}${','.repeat(2 ** 21)}`,
      /has more than \d+ bytes/,
    ],
    ['an empty line', 'trials.csv', (text) => `${text}\n`, /record 5 has 1 cells/],
    ['a cell too many', 'trials.csv', (text) => text.replace('0.1', '0.1,2'), /record 2 has 4 cells/],
    ['another header', 'trials.csv', (text) => text.replace('mse', 'mae'), /header/],
    ['an empty table', 'trials.csv', () => '', /header/],
    [
      'a torn data package',
      'datapackage.json',
      (text) => text.slice(0, 50),
      /datapackage\.json cannot be read/,
    ],
    ['a data package without tables', 'datapackage.json', () => '{}', /resources/],
    ['an unknown type', 'datapackage.json', (text) => text.replace('"integer"', '"date"'), /type/],
    [
      'a table named twice',
      'datapackage.json',
      (text) => JSON.stringify({ resources: Array(2).fill(JSON.parse(text).resources[0]) }),
      /the path trials\.csv is named twice/,
    ],
    [
      'a column named twice',
      'datapackage.json',
      (text) => text.replace('"name": "mse"', '"name": "id"'),
      /the column id is named twice/,
    ],
    [
      'very many tables',
      'datapackage.json',
      (text) => JSON.stringify({ resources: Array(1001).fill(JSON.parse(text).resources[0]) }),
      /resources.*1000/,
    ],
    [
      'a data package of 17 MB',
      'datapackage.json',
      (text) => text.padEnd(17e6),
      /datapackage\.json cannot be read\n.*\n.*17000000 bytes/,
    ],
    [
      'an unknown key',
      'datapackage.json',
      (text) => text.replace(/("primaryKey": \[\s*)"id"/, '$1"no"'),
      /primary key no/,
    ],
    [
      'a path out of the folder',
      'datapackage.json',
      (text) => text.replace('"trials.csv"', '"../../x.csv"'),
      /leads out/,
    ],
  ])('%s', async (_name, file, change, pattern) => {
    await write('.', change, file);
    await expect(readTables(folder)).rejects.toThrow(pattern);
  });

  test('no folder, a file, a folder without tables', async () => {
    await expect(readTables(join(folder, 'no'))).rejects.toThrow(/is not a folder of results/);
    await writeFile(join(folder, 'file'), '');
    await expect(readTables(join(folder, 'file'))).rejects.toThrow(/is not a folder of results/);
    await mkdir(join(folder, 'empty'));
    await expect(readTables(join(folder, 'empty'))).rejects.toThrow(/no datapackage\.json/);
  });
});
