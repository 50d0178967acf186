import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readTable } from '../datasets/table-formats.ts';
import { tableInputs } from '../datasets/table-inputs.ts';
import type { SavedModel } from './saved-model.ts';
import { openModelTable } from './table-rows.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-rows-'));
});
afterAll(() => rm(folder, { recursive: true }));

const table = [
  { name: 'size', levels: null },
  { name: 'grade', levels: ['1', '2', '3'] },
  { name: 'the "kind"', levels: ['a, b', 'c'] },
];
const model = {
  inputs: { columns: 5, names: ['size', 'grade=1', 'grade=2', 'grade=3', 'the "kind"=c'], table },
  preprocessing: [],
  loss: 'mse',
  target: { name: 'price', classes: 1, classNames: null, offset: 0, factor: 1 },
} as unknown as SavedModel;

const line = (n: number) => `${n},${n % 2 ? '"a, b"' : 'c'},${(n * 37) % 101},${(n % 3) + 1}.0,text ${n}`;
const header = 'price,"the ""kind""",size,grade,other';

test('rows that are read in parts are those of the whole table', async () => {
  const path = join(folder, 'large.csv');
  const rows = 30_000;
  await writeFile(path, `${header}\n${Array.from({ length: rows }, (_, n) => line(n)).join('\n')}\n`);
  const opened = await openModelTable(model, path, { decimalComma: false });
  const parts: number[] = [];
  const inputs: number[] = [];
  const targets: number[] = [];
  await opened.forEach(async (part) => {
    parts.push(part.inputs.length / 5);
    for (const value of part.inputs) inputs.push(value);
    for (const value of part.targets!) targets.push(value);
  });
  expect(parts.length).toBeGreaterThan(2);
  expect(opened.notes).toEqual(['the model does not use 1 column: "other"']);
  const whole = await readTable(path, { decimalComma: false });
  const every = Int32Array.from({ length: rows }, (_, row) => row);
  expect(Float64Array.from(inputs)).toEqual(Float64Array.from(tableInputs(whole, table, every, path)));
  expect(targets).toEqual(Array.from({ length: rows }, (_, n) => n));
});

test('a mistake in a late part names its line', async () => {
  const path = join(folder, 'late.csv');
  const lines = Array.from({ length: 20_000 }, (_, n) => line(n));
  lines[17_000] = lines[17_000].replace(/,\d+,/, ',large,');
  await writeFile(path, `${header}\n${lines.join('\n')}\n`);
  const opened = await openModelTable(model, path, { decimalComma: false });
  await expect(opened.forEach(async () => {})).rejects.toThrow(
    /line 17002 of .*"size" has text among numbers/,
  );
});

test('text that ceases to be UTF-8 after the start is read as Windows-1252, as in training', async () => {
  const path = join(folder, 'latin.csv');
  const lines = Array.from({ length: 15_000 }, (_, n) => line(n));
  const text = `${header}\n${lines.join('\n')}\n1,c,1,1,blåbær\n`;
  await writeFile(path, Buffer.from(text, 'latin1'));
  let rows = 0;
  await (await openModelTable(model, path, { decimalComma: false })).forEach(async ({ inputs }) => {
    rows += inputs.length / 5;
  });
  expect(rows).toBe(15_001);
});

test('what to do about a cell that is no number follows from the cell and the model', async () => {
  const filling = {
    ...model,
    preprocessing: [{ step: 'fill', values: [0, 0, 0, 0, 0] }],
  } as unknown as SavedModel;
  const remedies: [string, SavedModel, string][] = [
    ['4O', model, 'correct the cell or remove the row: the model takes no missing values'],
    ['4O', filling, 'correct the cell or leave it empty'],
    ['20,1', model, 'decimal marks differ: add {decimalComma}'],
    ['$20', model, 'without currency signs'],
    ['38%', filling, 'without per cent signs'],
    ['1,045,210', model, 'without separators of thousands'],
  ];
  for (const [cell, own, remedy] of remedies) {
    // In the first row the whole column is text, in a later one text is among numbers.
    for (const before of ['', 'c;7;1\n']) {
      const path = join(folder, `cell ${cell.length}.csv`);
      await writeFile(path, `"the ""kind""";size;grade\n${before}c;${cell};2\n`);
      const opened = await openModelTable(own, path, { decimalComma: false });
      await expect(opened.forEach(async () => {})).rejects.toThrow(remedy);
    }
  }
  const path = join(folder, 'level.csv');
  await writeFile(path, '"the ""kind""";size;grade\nd;7;1\n');
  const opened = await openModelTable(model, path, { decimalComma: false });
  await expect(opened.forEach(async () => {})).rejects.toThrow('correct the cell or remove the row');
});
