import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { edgeNumber, fixedSeed, hostileText } from '../hostile.testing.ts';
import { toCsv } from './csv.ts';
import type { Table } from './table.ts';

const runs = { seed: fixedSeed, numRuns: 300 };

const tableOf = (rows: Table['rows']): Table => ({
  name: 't',
  description: '',
  columns: [
    { name: 'text', type: 'string', description: '' },
    { name: 'number', type: 'number', description: '' },
  ],
  primaryKey: [],
  rows,
});

/** RFC 4180, with '\n' between records. */
function parse(csv: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < csv.length; i++) {
    if (quoted) {
      if (csv[i] !== '"') cell += csv[i];
      else if (csv[i + 1] === '"') cell += csv[i++];
      else quoted = false;
    } else if (csv[i] === '"') quoted = true;
    else if (csv[i] === ',' || csv[i] === '\n') {
      rows[rows.length - 1].push(cell);
      cell = '';
      if (csv[i] === '\n') rows.push([]);
    } else cell += csv[i];
  }
  return rows.slice(0, -1);
}

test('any text stays in its cell, is no formula, and comes back but for an apostrophe before it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        hostileText.filter((text) => text !== ''),
        { maxLength: 4 },
      ),
      async (texts) => {
        const [, ...rows] = parse(await toCsv(tableOf(texts.map((text) => [text, 0]))));
        expect(rows).toHaveLength(texts.length);
        for (const [index, [cell, number]] of rows.entries()) {
          expect(number).toBe('0');
          expect(cell).not.toMatch(/^[=+\-@\t\r]/);
          expect([texts[index], `'${texts[index]}`]).toContain(cell);
        }
      },
    ),
    runs,
  );
});

test('every finite number comes back to the same bits', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edgeNumber.filter(Number.isFinite), { maxLength: 5 }), async (numbers) => {
      const [, ...rows] = parse(await toCsv(tableOf(numbers.map((x) => ['a', x]))));
      expect(rows.map(([, cell]) => Number(cell))).toEqual(numbers);
    }),
    runs,
  );
});
