import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, valueOrRefusal } from '../hostile.testing.ts';
import { isText, type RawTable } from './raw-table.ts';
import { readTable } from './table-formats.ts';

const fixtures = 'data/fixtures/parquet';
const expected: Record<string, (number | string | null)[]> = JSON.parse(
  readFileSync(join(fixtures, 'expected.json'), 'utf8'),
);
const bytesOf = (name: string) => readFileSync(join(fixtures, `${name}.parquet`));
const read = (path: string) => readTable(path, { decimalComma: false });
const readFixture = (name: string) => read(join(fixtures, `${name}.parquet`));

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-parquet-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function readBytes(bytes: Uint8Array): Promise<RawTable> {
  const path = join(folder, `${count++}.parquet`);
  await writeFile(path, bytes);
  return read(path);
}

/** Missing values are null; so are empty texts among what was written. */
const contentOf = ({ columns }: RawTable) =>
  Object.fromEntries(
    columns.map((column) => [
      column.name,
      isText(column)
        ? Array.from(column.codes, (code) => column.levels[code] ?? null)
        : Array.from(column.numbers, (value) => (Number.isNaN(value) ? null : value)),
    ]),
  );

describe('what DuckDB and Arrow wrote', () => {
  const files = readdirSync(fixtures).filter((name) => /^(duckdb|arrow)-/.test(name));
  test.each(files)('%s', async (name) => {
    const table = await read(join(fixtures, name));
    const columns = Object.keys(expected).filter(
      (column) => name !== 'duckdb-v2.parquet' || column !== 'unsigned',
    );
    const written = columns.map((column) => [
      column,
      expected[column].map((value) => (value === '' ? null : value)),
    ]);
    expect(contentOf(table)).toEqual(Object.fromEntries(written));
    expect(table.columns.map(({ name }) => name)).toEqual(columns);
    expect(table).toMatchObject({ rows: 60, notes: [] });
  });

  test('there are files of every compression', () => {
    expect(files).toHaveLength(11);
  });
});

test('dates and times are days, decimals are numbers, the index of pandas is left out', async () => {
  const table = await readFixture('dates');
  const january31 = Date.UTC(2026, 0, 31) / 86_400_000;
  expect(contentOf(table)).toEqual({
    date: [january31, january31 + 1],
    time: [1.25, 1.25],
    price: [0, 1.25],
    huge: [0, 1],
  });
  expect(table.notes).toEqual([
    '"date", "time": dates are read as days since 1970-01-01',
    'the index that pandas numbered is left out',
  ]);
});

describe('refused', () => {
  test.each([
    ['list', 'the column "list" in FILE is nested'],
    ['struct', 'the column "record" in FILE is nested'],
    ['interval', 'the column "span" in FILE holds values of type INTERVAL'],
    ['infinite', 'row 2 of the column "x" in FILE is infinite'],
    ['too-large', 'row 2 of the column "id" in FILE is beyond 2^53'],
    ['unsigned-delta', 'row 1 of a group reads as 2147483647, and the file says 4294967236 to 4294967295'],
    ['empty', 'FILE has no rows or no columns'],
  ])('%s', async (name, words) => {
    const message = await readFixture(name).then(
      () => 'it was read',
      (error: Error) => error.message,
    );
    expect(message.replaceAll(join(fixtures, `${name}.parquet`), 'FILE')).toContain(words);
  });

  test('a file that is cut off at any byte', async () => {
    const whole = bytesOf('too-large');
    for (let end = 4; end < whole.length; end++) {
      const outcome = await valueOrRefusal(() => readBytes(whole.subarray(0, end)));
      expect(outcome).toMatchObject({
        refusal: { message: expect.stringContaining('is not a Parquet file') },
      });
    }
  });
});

describe('hostile files', () => {
  const names = [
    'duckdb-uncompressed',
    'duckdb-gzip',
    'arrow-snappy',
    'arrow-delta',
    'arrow-lz4',
    'arrow-v2',
  ];
  const good = new Map(names.map((name) => [name, bytesOf(name)]));

  test('changed bytes: a table, or refused', async () => {
    const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), changes, async (name, list) => {
        const bytes = Buffer.from(good.get(name)!);
        // The last third has the metadata and most of what can go wrong.
        for (const [place, value] of list)
          bytes[Math.floor((1 - place * place) * (bytes.length - 1))] = value;
        bytes.write('PAR1', 0, 'latin1');
        const outcome = await valueOrRefusal(() => readBytes(bytes));
        if ('value' in outcome) {
          const { rows, columns } = outcome.value;
          for (const column of columns) {
            expect(isText(column) ? column.codes.length : column.numbers.length).toBe(rows);
          }
        }
      }),
      { seed: fixedSeed, numRuns: 600 },
    );
  });

  test('anything after the first four bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.boolean(), async (rest, isEnded) => {
        const end = isEnded ? Buffer.from('\x10\0\0\0PAR1', 'latin1') : Buffer.alloc(0);
        expect(
          await valueOrRefusal(() => readBytes(Buffer.concat([Buffer.from('PAR1'), rest, end]))),
        ).toHaveProperty('refusal');
      }),
      { seed: fixedSeed, numRuns: 300 },
    );
  });
});
