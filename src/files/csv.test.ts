import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { fixedSeed } from '../hostile.testing.ts';
import { NotCsv, readCsv } from './csv.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function recordsOf(text: string, options?: { wholeLines: boolean }): Promise<string[][]> {
  const path = join(folder, 'table.csv');
  await writeFile(path, text);
  const records: string[][] = [];
  for await (const record of readCsv(path, options)) records.push(record);
  return records;
}

test.each<[string, string, string[][]]>([
  ['nothing', '', []],
  [
    'lines that end in LF',
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'lines that end in CR LF',
    'a,b\r\n1,2\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'lines that end in CR',
    'a,b\r1,2\r',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['lines that end in one or the other', 'a\n1\r\n2\n', [['a'], ['1'], ['2']]],
  [
    'no end of the last line',
    'a,b\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['a byte-order mark', '\ufeffa,b\n', [['a', 'b']]],
  ['a byte-order mark before a quote', '\ufeff"a",b\n', [['a', 'b']]],
  [
    'quotes, commas and line ends in quotes',
    '"a ""b""","c,d","e\r\nf\ng"\n',
    [['a "b"', 'c,d', 'e\r\nf\ng']],
  ],
  ['empty cells and lines', ',\n\n"",""\n', [['', ''], [''], ['', '']]],
  ['records of different lengths', 'a,b\n1\n1,2,3\n', [['a', 'b'], ['1'], ['1', '2', '3']]],
  ['blanks, which belong to the cells', ' a , b\n', [[' a ', ' b']]],
])('%s', async (_name, text, records) => {
  expect(await recordsOf(text)).toEqual(records);
});

test('what csv-stringify writes comes back', async () => {
  const cell = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', ',', '\n', '\r', '\r\n', ''));
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(table, async (rows) => {
      const text = stringify(rows, { quoted: true });
      expect(await recordsOf(text)).toEqual(rows);
    }),
    { seed: fixedSeed, numRuns: 200 },
  );
});

test('records across the pieces in which a file is read', async () => {
  // A record has eleven bytes: its quotes and line ends fall on both sides of the end of a piece of 2^16 bytes.
  for (let shift = 0; shift < 11; shift++) {
    const first = 'x'.repeat(2 ** 16 - 60 + shift);
    const records = await recordsOf(`${first}\r\n${'"é"",",1\r\n'.repeat(20)}`);
    expect(records).toEqual([[first], ...Array(20).fill(['é",', '1'])]);
  }
});

test('lines that need no parser, and from a quote or a CR on those that do', async () => {
  const plain = Array.from({ length: 20_000 }, (_, index) => [String(index), 'é', '']);
  const text = `\ufeff${plain.map((cells) => `${cells.join()}\n`).join('')}`;
  expect(await recordsOf(text)).toEqual(plain);
  const after = `\ufeffx,"a,b"\r\n\n1,2`;
  expect(await recordsOf(text + after)).toEqual([...plain, ['\ufeffx', 'a,b'], [''], ['1', '2']]);
  const fault = 'record 20002 has a quote in the wrong place';
  await expect(recordsOf(`${text}1,2\n1,x"2\n`)).rejects.toThrow(new NotCsv(fault));
});

describe('refused', () => {
  test.each<[string, string, string]>([
    ['a quote within a cell', 'a,b\n1,2\n1,x"2\n', 'record 3 has a quote in the wrong place'],
    ['text after a quoted cell', 'a,b\n"1"x,2\n', 'record 2 has a quote in the wrong place'],
    ['a quote that is never closed', 'a,b\n1,2\n"1,2\n', 'record 3 has a quoted cell that is never closed'],
    [
      'a quoted cell without end',
      `a,b\n"${'x\n'.repeat(2 ** 20)}`,
      'record 2 has more than 1048576 characters',
    ],
    ['a line without end', `a,b\n${','.repeat(2 ** 21)}`, 'the line at byte 4 has more than 1048576 bytes'],
  ])('%s', async (_name, text, message) => {
    await expect(recordsOf(text)).rejects.toThrow(new NotCsv(message));
  });

  test('a last line without its end, where that is asked for', async () => {
    await expect(recordsOf('a,b\n1,2', { wholeLines: true })).rejects.toThrow(
      new NotCsv('the last record is cut off'),
    );
    for (const end of ['\n', '\r\n', '\r']) {
      expect(await recordsOf(`a,b${end}1,2${end}`, { wholeLines: true })).toHaveLength(2);
    }
    expect(await recordsOf('', { wholeLines: true })).toEqual([]);
  });

  test('a folder, a file that is not there', async () => {
    await expect(readCsv(folder).next()).rejects.toThrow('it is a folder');
    await expect(readCsv(join(folder, 'none.csv')).next()).rejects.toThrow('ENOENT');
  });
});

// Windows has no list of open files.
const openFiles = process.platform === 'win32' ? test.skip : test;
openFiles('the file is closed when the reader has had enough, and when it is refused', async () => {
  const path = join(folder, 'long.csv');
  await writeFile(path, 'a,b\n'.repeat(50_000));
  const before = await readdir('/dev/fd');
  for await (const record of readCsv(path)) {
    expect(record).toEqual(['a', 'b']);
    break;
  }
  await expect(recordsOf('a"')).rejects.toThrow(NotCsv);
  expect(await readdir('/dev/fd')).toHaveLength(before.length);
});
