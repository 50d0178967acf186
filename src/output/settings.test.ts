import { describe, expect, test } from '@jest/globals';
import ols from '../../experiments/grid-search-ols.ts';
import type { Settings } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { isInGrid, kindOf, referenceOf, settingCells, settingColumns, variedOptions } from './settings.ts';

const plan = {
  experiment: ols,
  lists: {
    ...ols.settings,
    seed: [1, 2],
    solver: ['sgd', 'closed-form'],
    batchSize: [10, 'all'],
    learningRate: [0.1],
    schedule: ['constant'],
  },
  cells: [10, 'all'].map((batchSize) => ({ settings: { batchSize, learningRate: 0.1 } })),
} as unknown as Plan;

test('options with several values, in the order of the experiment, the seed where asked for', () => {
  expect(variedOptions(plan)).toEqual(['solver', 'batchSize']);
  expect(variedOptions(plan, { seed: true })).toEqual(['seed', 'solver', 'batchSize']);
});

test('a column is text if its option may be a word, whatever its values are', () => {
  const columns = settingColumns(['batchSize', 'learningRate']);
  expect(columns.map(({ name, type }) => [name, type])).toEqual([
    ['batch_size', 'string'],
    ['learning_rate', 'number'],
  ]);
  expect(settingCells(['batchSize', 'lambda'], { batchSize: 'all' })).toEqual(['all', null]);
  expect(settingCells(['batchSize', 'lambda'], { batchSize: 10, lambda: 1 })).toEqual(['10', 1]);
});

describe('kinds of cells', () => {
  test.each<[Settings, string, string | null, boolean]>([
    [{ solver: 'sgd', reference: 'none', batchSize: 1, learningRate: 1 }, 'sgd', null, true],
    [{ batchSize: 1, learningRate: 1 }, 'sgd', null, true],
    [{ solver: 'sgd', batchSize: null, learningRate: 1 }, 'sgd', null, false],
    [{ solver: 'closed-form', batchSize: null, learningRate: null }, 'closed form', null, false],
    [
      { solver: null, reference: 'sklearn', batchSize: null, learningRate: null },
      'sklearn',
      'sklearn',
      false,
    ],
    [{ solver: 'sgd', reference: 'tfjs', batchSize: 1, learningRate: 1 }, 'tfjs', 'tfjs', false],
    [{ solver: 'lbfgs', reference: null }, 'lbfgs', null, false],
  ])('%j', (settings, kind, reference, inGrid) => {
    expect(kindOf(settings)).toBe(kind);
    expect(referenceOf(settings)).toBe(reference);
    expect(isInGrid(settings, 'batchSize', 'learningRate')).toBe(inGrid);
  });
});
