import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { valueOrRefusal } from '../hostile.testing.ts';
import { isText, type RawTable } from './raw-table.ts';
import { readTable } from './table-formats.ts';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-table-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function tableOf(content: string | Uint8Array, decimalComma = false): Promise<RawTable> {
  const path = join(folder, `${files++}.csv`);
  await writeFile(path, content);
  return readTable(path, { decimalComma });
}

/** The cells of a table by column: numbers, texts, and null where they are missing. */
function cellsOf({ columns }: RawTable): Record<string, (number | string | null)[]> {
  return Object.fromEntries(
    columns.map((column) => [
      column.name,
      isText(column)
        ? Array.from(column.codes, (code) => (code === -1 ? null : column.levels[code]))
        : Array.from(column.numbers, (value) => (Number.isNaN(value) ? null : value)),
    ]),
  );
}

const ab = { a: [1, 3.5], b: [2, -4e3] };

describe('how a table may be written', () => {
  test.each<[string, string | Uint8Array, Record<string, (number | string | null)[]>]>([
    ['commas', 'a,b\n1,2\n3.5,-4e3\n', ab],
    ['semicolons', 'a;b\n1;2\n3.5;-4e3\n', ab],
    ['tabs', 'a\tb\n1\t2\n3.5\t-4e3\n', ab],
    ['vertical bars', 'a|b\n1|2\n3.5|-4e3\n', ab],
    ['blanks, aligned', ' a      b\n 1      2\n 3.5 -4e3\n', ab],
    ['lines that end in CR LF', 'a,b\r\n1,2\r\n3.5,-4e3\r\n', ab],
    ['lines that end in CR', 'a,b\r1,2\r3.5,-4e3', ab],
    ['quotes', '"a","b"\n"1","2"\n"3.5",-4e3\n', ab],
    ['blanks around cells, empty lines', 'a , b\n\n 1, 2\n3.5 ,-4e3\n\n\n', ab],
    ['a separator at the end of each row', 'a,b\n1,2,\n3.5,-4e3,\n', ab],
    ['a byte-order mark', '\ufeffa,b\n1,2\n3.5,-4e3\n', ab],
    ['UTF-16', Buffer.from('\ufeffa;b\n1;2\n3.5;-4e3\n', 'utf16le'), ab],
    ['UTF-16 without a mark', Buffer.from('a;b\n1;2\n3.5;-4e3\n', 'utf16le'), ab],
    ['gzip', gzipSync('a,b\n1,2\n3.5,-4e3\n'), ab],
    ['the line sep= that Excel reads', 'sep=;\na;b\n1;2\n3.5;-4e3\n', ab],
    ['comments', '# made by hand\n# twice\na,b\n1,2\n# more\n3.5,-4e3\n', ab],
    ['comments below the names', 'a,b\n# m,\n#\n1,2\n3.5,-4e3\n', ab],
    [
      'colours, which are no comments',
      'c,n\n#ff0000,1\n#00ff00,2\n',
      { c: ['#ff0000', '#00ff00'], n: [1, 2] },
    ],
    ['names in a comment, as NumPy writes them', '# a b\n1 2\n3.5 -4e3\n', ab],
    ['titles', 'Table 1: prices\n\na,b\n1,2\n3.5,-4e3\n', ab],
    ['Latin-1', Buffer.from('by,pris\nTromsø,1\nÅs,2\n', 'latin1'), { by: ['Tromsø', 'Ås'], pris: [1, 2] }],
    ['Windows-1252', Buffer.from('a,b\n1,\x80\n2,\xe5\n', 'latin1'), { a: [1, 2], b: ['€', 'å'] }],
    ['one column', 'a\n1\n2\n', { a: [1, 2] }],
    ['one row', 'a,b\n1,x\n', { a: [1], b: ['x'] }],
    ['no names', '1,2\n3,4\n', { column_1: [1, 3], column_2: [2, 4] }],
    [
      'numbers that count, which are no names',
      '0,1,2\n3,4,5\n',
      { column_1: [0, 3], column_2: [1, 4], column_3: [2, 5] },
    ],
    [
      'years as names',
      'land,2010,2011\nNO,1,2\nSE,3,4\n',
      { land: ['NO', 'SE'], 2010: [1, 3], 2011: [2, 4] },
    ],
    ['what pandas writes', ',x\n0,1.5\n1,2.5\n', { column_1: [0, 1], x: [1.5, 2.5] }],
    ['what R writes', '"x" "y"\n"r 1" 1 2\n"r 2" 3 4\n', { column_1: ['r 1', 'r 2'], x: [1, 3], y: [2, 4] }],
    [
      "scikit-learn's own files",
      '2,2,no,yes\n0.5,1,0\n1.5,2,1\n',
      { column_1: [0.5, 1.5], column_2: [1, 2], column_3: [0, 1] },
    ],
    [
      'names that occur twice or are empty',
      'a,a,,a_2\n1,2,3,4\n',
      { a: [1], a_3: [2], column_3: [3], a_2: [4] },
    ],
    ['cells over several lines', 'a,b\n"x\ny",1\n"z, ""w""",2\n', { a: ['x\ny', 'z, "w"'], b: [1, 2] }],
    [
      'quotes in late rows only',
      `a,b\n${'1,u\n'.repeat(3)}2,"v,w"\n`,
      { a: [1, 1, 1, 2], b: ['u', 'u', 'u', 'v,w'] },
    ],
  ])('%s', async (_name, content, cells) => {
    expect(cellsOf(await tableOf(content))).toEqual(cells);
  });

  test('decimal commas, where that is said', async () => {
    const text = 'a;b\n1,5;x\n-,25;y\n2;z\n1.5;w\n';
    expect(cellsOf(await tableOf(text.replace('1.5;w\n', ''), true))).toEqual({
      a: [1.5, -0.25, 2],
      b: ['x', 'y', 'z'],
    });
    // A point is then no decimal mark.
    expect((await tableOf(text, true)).columns[0]).toMatchObject({
      mixed: { numbers: 3, first: { row: 3, text: '1.5' } },
    });
    expect((await tableOf(text)).columns[0]).toMatchObject({ mixed: { numbers: 2, decimalCommas: 2 } });
  });

  test('what was found out is said', async () => {
    const notes = async (content: string | Uint8Array) => (await tableOf(content)).notes;
    expect(await notes('a,b\n1,2\n')).toEqual([]);
    expect(await notes(Buffer.from('\ufeffa;b\n1;2\n', 'utf16le'))).toEqual([
      'the text is read as UTF-16',
      'the separator is a semicolon',
    ]);
    // 0x80 is the euro sign, which Latin-1 does not have.
    expect(await notes(Buffer.from('a,b\n1,\x80\n', 'latin1'))).toEqual(['the text is read as Windows-1252']);
    expect(await notes('1 2\n3 4\n')).toEqual([
      'the separator is blanks',
      'the first line has no names, so the columns are called column_1 and so on',
    ]);
    expect(await notes('a,a\n1,2\n')).toEqual(['another column is called "a": it is read as "a_2"']);
  });
});

describe('decimal commas are proposed', () => {
  test.each<[string, string, boolean, RegExp | null]>([
    [
      'where a comma can be nothing else',
      'r;y\n3,5;1\n2;2\n',
      false,
      /r would be numbers with \{decimalComma\}/,
    ],
    ['where another column says so', 'r;z\n3,386;0,5\n2,144;1,5\n', false, /^r, z would be numbers with/],
    [
      'not where it may separate thousands',
      'r;y\n3,386;1\n987;2\n',
      false,
      /r would be numbers without a mark/,
    ],
    ['not for 3,386 next to 0.5', 'r;y\n3,386;1\n0.5;2\n', false, /r would be numbers without separators/],
    ['not next to decimal points', 'r;y\n3,5;1.5\n2;2\n', false, /other columns have decimal points/],
    [
      'a mark that may separate thousands',
      'r;y\n3.386;1\n987;2\n',
      false,
      /r has "3.386", which is read as 3.386/,
    ],
    ['and so may a comma', 'r;y\n3,386;1\n2,144;2\n', true, /r has "3,386", which is read as 3.386/],
    ['not in 0.386', 'r;y\n3.386;1\n0.386;2\n7;3\n', false, null],
    ['nor next to 1024', 'r;y\n3.386;1\n1024;2\n7;3\n', false, null],
  ])('%s', async (_name, text, decimalComma, note) => {
    const notes = (await tableOf(text, decimalComma)).notes.slice(1);
    expect(notes).toEqual(note === null ? [] : [expect.stringMatching(note)]);
  });
});

describe('cells', () => {
  test('what is missing among numbers, and among texts', async () => {
    const words = ['', 'NA', 'N/A', 'nan', 'NaN', 'null', '?', '-', '.', '..', 'None'];
    const rows = words.map((word) => `${word},${word}`).join('\n');
    const { columns } = await tableOf(`n,t\n1,x\n${rows}\n`);
    expect(columns[0]).toEqual({ name: 'n', numbers: Float64Array.of(1, ...words.map(() => Number.NaN)) });
    expect(columns[1]).toMatchObject({ levels: ['-', '.', '..', 'None', 'x'] });
  });

  test('what is a number', async () => {
    const numbers = ['1', '+1', '-1.50', '.5', '5.', '1e3', '1E-3', '007', '0', '-0', '1e-400'];
    const { columns } = await tableOf(`n\n${numbers.join('\n')}\n`);
    expect(columns[0]).toEqual({ name: 'n', numbers: Float64Array.from(numbers, Number) });
    for (const text of [
      '0x1f',
      '0b1',
      '1e',
      '1_000',
      '1,5',
      'inf',
      '-Infinity',
      '1e999',
      '1 2',
      '٣',
      '½',
      '1e5x',
    ]) {
      const { columns } = await tableOf(`n;m\n1;1\n${text};1\n`);
      expect(columns[0]).toMatchObject({
        levels: expect.arrayContaining([text]),
        mixed: { first: { row: 1, text } },
      });
    }
  });

  test('texts keep how they are written where a column has numbers too', async () => {
    const { columns } = await tableOf('c,d\n007,1\n1.50,2\n-,3\nA3,4\n');
    expect(columns[0]).toEqual({
      name: 'c',
      levels: ['-', '007', '1.50', 'A3'],
      codes: Int32Array.of(1, 2, 0, 3),
      mixed: { numbers: 2, decimalCommas: 0, first: { row: 2, text: '-' } },
    });
  });

  test('rows have lines, also after quoted cells and comments', async () => {
    const { lines } = await tableOf('# c\na,b\n1,"x\ny"\n\n# d\n2,z\n"3",w\n');
    expect(lines).toEqual(Int32Array.of(3, 7, 8));
  });

  test('the digest is that of the unpacked bytes', async () => {
    const text = 'a,b\r\n1,å\r\n';
    const digest = createHash('sha256').update(text).digest('hex');
    expect((await tableOf(text)).sha256).toBe(digest);
    expect((await tableOf(gzipSync(text))).sha256).toBe(digest);
  });

  test('of many rows and many columns', async () => {
    const long = await tableOf(
      `a,b\n${Array.from({ length: 60_000 }, (_, n) => `${n},l${n % 7}`).join('\n')}\n`,
    );
    expect(long.rows).toBe(60_000);
    expect(cellsOf(long).a[59_999]).toBe(59_999);
    expect(cellsOf(long).b[59_999]).toBe(`l${59_999 % 7}`);
    const names = Array.from({ length: 5000 }, (_, d) => `c${d}`);
    const wide = await tableOf(`${names.join('\t')}\n${names.map((_, d) => d / 2).join('\t')}\n`);
    expect(wide.columns.map(({ name }) => name)).toEqual(names);
    expect(cellsOf(wide).c4999).toEqual([2499.5]);
  });
});

describe('refused', () => {
  test.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /is empty/],
    ['blanks', ' \n\n', /is empty/],
    ['names without rows', 'a,b\n', /has the names of columns and no rows/],
    [
      'a row with too few cells',
      'a,b\n1,2\n3\n4,5\n',
      /line 3 of .*csv has 1 cell, and the table has 2 columns/,
    ],
    ['a row with too many', 'a,b\n1,2\n3,4\n5,6,7\n', /line 4 of .*csv has 3 cells/],
    ['more names than cells', 'a,b,c,d\n1,2\n3,4\n5,6\n', /has 4 names, and most rows have 2 cells/],
    ['a quote that is never closed', 'a,b\n1,2\n3,"4\n5,6\n', /in line 3 a quoted cell is never closed/],
    ['a quote in the wrong place', 'a,b\n1,2\n3,4"\n', /in line 3 a quote is in the wrong place/],
    ['a web page', '<!DOCTYPE html><p>', /is a web page/],
    ['bytes that are no text', Uint8Array.from({ length: 999 }, (_, i) => (i * 7919) % 251), /binary data/],
    ['zeros after text', `a,b\n1,2\n${'\0'.repeat(99)}`, /binary data/],
    ['a damaged gzip file', gzipSync('a,b\n1,2\n').subarray(0, 25), /damaged or cut off/],
    ['a workbook', Uint8Array.of(0x50, 0x4b, 99, 99), /is a ZIP archive/],
    ['too many columns', `${'1,'.repeat(100_001)}\n`, /has too many columns/],
    ['an endless line', `a,b\n1,${'2'.repeat(2 ** 24)}\n`, /in line 2 a row has more than 16 MiB/],
    ['an endless first line', 'x'.repeat(2 ** 25 + 1), /in line 1 a row has more than 16 MiB/],
  ])('%s', async (_name, content, message) => {
    expect(await valueOrRefusal(() => tableOf(content))).toMatchObject({
      refusal: { message: expect.stringMatching(message) },
    });
  });

  test('a folder, a file that is not there', async () => {
    await mkdir(join(folder, 'sub'));
    for (const [name, why] of [
      ['sub', 'it is a folder'],
      ['none', 'there is no such file'],
    ]) {
      expect(
        await valueOrRefusal(() => readTable(join(folder, name), { decimalComma: false })),
      ).toMatchObject({
        refusal: { message: expect.stringContaining(why) },
      });
    }
  });

  test('10 GB, with text at their start and without, in little memory', async () => {
    for (const start of ['', `a,b,c\n${'1.5,2.5,3.5\n'.repeat(30_000)}`]) {
      const path = join(folder, `large ${start.length}.csv`);
      const handle = await open(path, 'w');
      await handle.write(start);
      await handle.truncate(10 * 2 ** 30);
      await handle.close();
      const before = process.memoryUsage().rss;
      expect(await valueOrRefusal(() => readTable(path, { decimalComma: false }))).toMatchObject({
        refusal: {
          message: expect.stringMatching(start === '' ? /binary data/ : /would need about \d+\.\d GiB/),
        },
      });
      expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
      await rm(path);
    }
  });
});
