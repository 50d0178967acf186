import { describe, expect, test } from '@jest/globals';
import type { Settings } from '../experiment/options.ts';
import { arrangeGrid, findByLine } from './grid.ts';

const cell = (name: string, settings: Settings) => ({ name, settings });

test('cells in lines and columns, in order of appearance, the first of several in one place', () => {
  const { lines, columns } = arrangeGrid(
    [
      cell('a', { batchSize: 10, learningRate: 0.1 }),
      cell('b', { batchSize: 5, learningRate: 0.01 }),
      cell('c', { batchSize: 10, learningRate: 0.01 }),
      cell('d', { batchSize: 10, learningRate: 0.1 }),
    ],
    ['batchSize'],
    'learningRate',
  );
  expect(columns).toEqual([0.1, 0.01]);
  expect(lines.map(({ settings }) => settings.batchSize)).toEqual([10, 5]);
  const names = lines.map(({ cells }) => columns.map((column) => cells.get(column)?.name));
  expect(names).toEqual([
    ['a', 'c'],
    [undefined, 'b'],
  ]);
});

test('1 and "1" are two columns, and two lines', () => {
  const values = [1, '1'].flatMap((batchSize) =>
    ['1', 1].map((learningRate) => ({ batchSize, learningRate })),
  );
  const { lines, columns } = arrangeGrid(
    values.map((settings) => cell('', settings)),
    ['batchSize'],
    'learningRate',
  );
  expect([lines.length, columns.length]).toEqual([2, 2]);
});

describe('the cell that stands for a line', () => {
  const find = findByLine(
    [
      cell('of lambda 1', { lambda: 1, schedule: null }),
      cell('of decay', { lambda: null, schedule: 'decay' }),
      cell('of lambda 2', { lambda: 2, schedule: null }),
    ],
    ['lambda', 'schedule'],
  );
  test.each<[Settings, string | undefined]>([
    [{ lambda: 1, schedule: 'constant' }, 'of lambda 1'],
    [{ lambda: 2, schedule: 'decay' }, 'of lambda 2'],
    [{ lambda: 3, schedule: 'decay' }, 'of decay'],
    [{ lambda: 3, schedule: 'constant' }, undefined],
  ])('%j: %s', (line, name) => {
    expect(find(line)?.name).toBe(name);
  });

  test('one that has none of the options stands for every line', () => {
    expect(findByLine([cell('all', { lambda: null })], ['lambda'])({ lambda: 1 })?.name).toBe('all');
    expect(findByLine([], ['lambda'])({ lambda: 1 })).toBeUndefined();
  });
});

test('every cell is looked at once, however many there are', () => {
  const looksAt = (side: number): number => {
    let looks = 0;
    const cells = Array.from({ length: side * side }, (_, i) => ({
      get settings(): Settings {
        looks++;
        return { batchSize: Math.floor(i / side), learningRate: i % side, lambda: i };
      },
    }));
    const { lines, columns } = arrangeGrid(cells, ['batchSize'], 'learningRate');
    for (const line of lines) for (const column of columns) expect(line.cells.has(column)).toBe(true);
    const find = findByLine(cells, ['lambda']);
    for (let lambda = 0; lambda < side * side; lambda++) find({ lambda });
    return looks;
  };
  expect(looksAt(10)).toBe(200);
  expect(looksAt(40)).toBe(3200);
});
