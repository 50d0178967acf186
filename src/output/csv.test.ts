import { describe, expect, test } from '@jest/globals';
import { toCsv } from './csv.ts';
import type { Table, Value } from './table.ts';

function table(rows: Value[][], names = ['text', 'x', 'flag']): Table {
  const types = ['string', 'number', 'boolean'] as const;
  const columns = names.map((name, i) => ({ name, type: types[i], description: '' }));
  return { name: 'trials', description: '', columns, primaryKey: [], rows };
}

/** The one cell of a table, as it is written. */
async function cell(value: Value): Promise<string> {
  const one = {
    ...table([[value]]),
    columns: [{ name: 'c', type: typeof value as 'string' | 'number', description: '' }],
  };
  return (await toCsv(one)).split('\n').slice(1, -1).join('\n');
}

describe('toCsv', () => {
  test('header, records, booleans, and empty cells where a number is missing', async () => {
    const rows: Value[][] = [
      ['a', 0.1, true],
      ['b', 'diverged', false],
      [null, null, null],
      ['c', 'not run', null],
    ];
    expect(await toCsv(table(rows))).toBe('text,x,flag\na,0.1,true\nb,,false\n,,\nc,,\n');
    expect(await toCsv(table([]))).toBe('text,x,flag\n');
  });

  test('quotes as RFC 4180 has it', async () => {
    expect(await cell('a,b')).toBe('"a,b"');
    expect(await cell('say "no"')).toBe('"say ""no"""');
    expect(await cell('two\nlines')).toBe('"two\nlines"');
    expect(await cell('two\rlines')).toBe('"two\rlines"');
  });

  test.each([0, -0, -1.5, 0.1, 1 / 3, 1e21, -1e-7, 5e-324, Number.MAX_VALUE, 2 ** 53 - 1])(
    '%d reads back as the same float64',
    async (x) => {
      const text = await cell(x);
      expect(Object.is(Number(text), x)).toBe(true);
      if (x !== 0) expect(text).toBe(String(x));
    },
  );

  test.each(['=1+1', '+1', '-1.5', '@SUM(A1)', '\tx', '\rx'])('the text %j is defused', async (text) => {
    expect(await cell(text)).toBe(text.startsWith('\r') ? `"'${text}"` : `'${text}`);
  });

  test('numbers that begin with a sign are not text', async () => {
    expect(await cell(-1.5)).toBe('-1.5');
    expect(await cell(-1e-7)).toBe('-1e-7');
  });

  test.each([NaN, Infinity, -Infinity])('%d is never written', async (x) => {
    await expect(toCsv(table([['a', x, null]]))).rejects.toThrow('trials, row 0, x');
  });

  test.each<[string, Value[]]>([
    ['another word in a number column', ['a', 'infinite', null]],
    ['a number in a text column', [1, 1, null]],
    ['a text in a boolean column', ['a', 1, 'yes']],
    ['a cell that is missing', ['a', undefined as unknown as Value, true]],
  ])('%s is a bug, and refused', async (_what, row) => {
    await expect(toCsv(table([row]))).rejects.toThrow('trials, row 0');
  });

  test('a row of the wrong length is refused', async () => {
    await expect(toCsv(table([['a', 1]]))).rejects.toThrow('2 cells');
  });

  test('a column named __proto__ is a column', async () => {
    expect(await toCsv(table([['a', 1, true]], ['__proto__', 'x', 'y']))).toBe('__proto__,x,y\na,1,true\n');
  });
});

test('a table of many pieces is the table of its rows, with one header', async () => {
  const rows = Array.from({ length: 2500 }, (_, i) => [i]);
  const column: Table['columns'][number] = { name: 'n', type: 'integer', description: '' };
  const table: Table = { name: 't', description: '', columns: [column], primaryKey: [], rows };
  expect(await toCsv(table)).toBe(`n\n${rows.map(([n]) => `${n}\n`).join('')}`);
  expect(await toCsv({ ...table, rows: rows.slice(0, 1000) })).toBe(
    `n\n${rows
      .slice(0, 1000)
      .map(([n]) => `${n}\n`)
      .join('')}`,
  );
  expect(await toCsv({ ...table, rows: [] })).toBe('n\n');
});
