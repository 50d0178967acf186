import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileText, valueOrRefusal } from '../hostile.testing.ts';
import { isText, type RawTable } from './raw-table.ts';
import { readTable } from './table-formats.ts';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-table-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function tableOf(content: string | Uint8Array, decimalComma = false): Promise<RawTable> {
  const path = join(folder, `${files++ % 50}-${files}.csv`);
  await writeFile(path, content);
  try {
    return await readTable(path, { decimalComma });
  } finally {
    await rm(path);
  }
}

/** Cells without blanks at their ends, which readers cut off, and without what means a missing value or a number. */
const word = fc
  .array(fc.constantFrom(...'abcxyzÅø漢😀 _%,;|\t"\n'), { minLength: 1, maxLength: 6 })
  .map((letters) => `w${letters.join('')}w`);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1000, max: 1000, noNaN: true }),
);
const columnOf = (rows: number) =>
  fc.oneof(
    fc.record({
      numbers: fc.array(fc.option(number, { freq: 5, nil: null }), { minLength: rows, maxLength: rows }),
    }),
    fc.record({
      texts: fc.array(fc.option(word, { freq: 5, nil: null }), { minLength: rows, maxLength: rows }),
    }),
  );

const written = fc
  .record({ rows: fc.integer({ min: 2, max: 12 }), columns: fc.integer({ min: 2, max: 6 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      names: fc.uniqueArray(word, { minLength: columns, maxLength: columns }),
      columns: fc.array(columnOf(rows), { minLength: columns, maxLength: columns }),
      separator: fc.constantFrom(',', ';', '\t', '|'),
      decimalComma: fc.boolean(),
      lineEnd: fc.constantFrom('\n', '\r\n'),
      missing: fc.constantFrom('', 'NA', '?', 'nan'),
      quoted: fc.constantFrom('all', 'needed'),
      packed: fc.constantFrom('plain', 'gzip', 'utf16'),
      lastEnd: fc.boolean(),
    }),
  );
type Written = typeof written extends fc.Arbitrary<infer Value> ? Value : never;

function textOf({
  names,
  columns,
  separator,
  decimalComma,
  lineEnd,
  missing,
  quoted,
  lastEnd,
}: Written): string {
  const cell = (text: string): string =>
    quoted === 'all' || /[",;|\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const numberText = (value: number) => {
    const text = Object.is(value, -0) ? '-0' : String(value);
    return decimalComma ? text.replace('.', ',') : text;
  };
  const texts = columns.map((column) =>
    'numbers' in column
      ? column.numbers.map((value) => cell(value === null ? missing : numberText(value)))
      : column.texts.map((text) => cell(text ?? missing)),
  );
  const lines = [names.map(cell), ...texts[0].map((_, row) => texts.map((column) => column[row]))];
  return lines.map((line) => line.join(separator)).join(lineEnd) + (lastEnd ? lineEnd : '');
}

test('what is written in any way comes back', async () => {
  await fc.assert(
    fc.asyncProperty(written, async (table) => {
      const text = textOf(table);
      const bytes =
        table.packed === 'gzip'
          ? gzipSync(text)
          : Buffer.from(`\ufeff${text}`, table.packed === 'utf16' ? 'utf16le' : 'utf8');
      const { columns } = await tableOf(bytes, table.decimalComma);
      expect(columns.map(({ name }) => name)).toEqual(table.names);
      columns.forEach((column, place) => {
        const given = table.columns[place];
        if ('numbers' in given) {
          expect(isText(column)).toBe(false);
          const expected = given.numbers.map((value) => value ?? Number.NaN);
          if (!isText(column)) expect(column.numbers).toEqual(Float64Array.from(expected));
        } else if (given.texts.some((text) => text !== null)) {
          const found = isText(column)
            ? Array.from(column.codes, (code) => (code === -1 ? null : column.levels[code]))
            : null;
          expect(found).toEqual(given.texts);
        }
      });
    }),
    { seed: fixedSeed, numRuns: 150 },
  );
});

const good = Buffer.from('name,x,y\n"a ""b""",1,2.5\nc,,3\n"d\ne",4e2,-1\n');
const changed = fc
  .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 })
  .map((changes) => {
    const bytes = Buffer.from(good);
    for (const [at, value] of changes) bytes[at] = value;
    return bytes;
  });
const pieces = fc
  .array(
    fc.constantFrom(
      ',',
      ';',
      '\t',
      ' ',
      '"',
      '\n',
      '\r',
      '\r\n',
      '#',
      '1',
      '2,5',
      'x',
      'NA',
      '\0',
      '\ufeff',
      'sep=;\n',
    ),
    {
      maxLength: 40,
    },
  )
  .map((parts) => Buffer.from(parts.join('')));
const anything = fc.oneof(
  changed,
  pieces,
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  hostileText.map((text) => Buffer.from(text)),
  fc.nat(good.length).map((end) => good.subarray(0, end)),
  pieces.map((bytes) => gzipSync(bytes)),
  fc.tuple(pieces, fc.nat(60)).map(([bytes, end]) => gzipSync(bytes).subarray(0, end)),
  pieces.map((bytes) => Buffer.from(bytes.toString(), 'utf16le')),
);

test('bytes of any kind are a table with whole columns, or refused', async () => {
  await fc.assert(
    fc.asyncProperty(anything, fc.boolean(), async (bytes, decimalComma) => {
      const outcome = await valueOrRefusal(() => tableOf(bytes, decimalComma));
      if (!('value' in outcome)) return;
      const { rows, columns, lines } = outcome.value;
      expect(rows).toBeGreaterThan(0);
      expect(columns.length).toBeGreaterThan(0);
      expect(lines).toHaveLength(rows);
      expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
      for (const column of columns) {
        expect(column.name).not.toBe('');
        expect(isText(column) ? column.codes : column.numbers).toHaveLength(rows);
        if (isText(column)) for (const code of column.codes) expect(code < column.levels.length).toBe(true);
      }
    }),
    { seed: fixedSeed, numRuns: 500 },
  );
});
