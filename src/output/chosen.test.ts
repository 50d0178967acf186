import { expect, test } from '@jest/globals';
import { chosenCells } from './chosen.ts';
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
