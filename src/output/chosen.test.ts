import { expect, test } from '@jest/globals';
import { chosenCells, edgeNote } from './chosen.ts';
import type { SummaryCell } from './summary.ts';

function cellOf(optimizer: string, learningRate: number | null, mean: number | null, rest = {}): SummaryCell {
  const statistics = new Map([['test_mse', { mean, standardDeviation: null, count: 1 }]]);
  return {
    settings: { optimizer, learningRate, seed: null },
    done: 2,
    diverged: 0,
    notRun: 0,
    statistics,
    cells: [],
    ...rest,
  };
}

const mse = { name: 'test_mse', best: 'min' } as const;

test('each optimiser has its own best learning rate, in the order of the cells', () => {
  const cells = [
    cellOf('sgd', 0.1, 3),
    cellOf('sgd', 0.2, 2),
    cellOf('adam', 0.1, 1),
    cellOf('adam', 0.2, 4),
  ];
  expect(chosenCells(cells, 'learningRate', mse)).toEqual([cells[1], cells[2]]);
  expect(chosenCells(cells, 'learningRate', { ...mse, best: 'max' })).toEqual([cells[0], cells[3]]);
});

test('the first of equal cells is chosen', () => {
  const cells = [cellOf('sgd', 0.1, 1), cellOf('sgd', 0.2, 1)];
  expect(chosenCells(cells, 'learningRate', mse)).toEqual([cells[0]]);
});

test('cells with a diverged or missing seed, without a mean or without the option are not chosen', () => {
  const cells = [
    cellOf('sgd', 0.1, 1, { diverged: 1 }),
    cellOf('sgd', 0.2, 1, { notRun: 1 }),
    cellOf('sgd', 0.3, null),
    cellOf('sgd', null, 1),
    cellOf('sgd', 0.4, 5),
    cellOf('adam', 0.1, 1, { diverged: 1 }),
  ];
  expect(chosenCells(cells, 'learningRate', mse)).toEqual([cells[4]]);
});

test('cells at the smallest or the largest value that was tried are counted', () => {
  const cells = [cellOf('sgd', 0.3, 1), cellOf('adam', 0.1, 1), cellOf('adagrad', 0.01, 1)];
  expect(edgeNote(cells, [0.01, 0.1, 0.3], 'learningRate')).toBe(
    '2 of 3 are at the edge of what was tried: a learning rate beyond it may be better.',
  );
  expect(edgeNote([cells[1]], [0.01, 0.1, 0.3], 'learningRate')).toBeNull();
  expect(edgeNote(cells, ['sgd', 'adam'], 'optimizer')).toBeNull();
});
