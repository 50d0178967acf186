import { expect, test } from '@jest/globals';
import ols from '../../experiments/grid-search-ols.ts';
import type { Cell } from '../experiment/cells.ts';
import type { Plan } from '../experiment/plan.ts';
import { labelOf } from './label.ts';

const plan = { experiment: ols, lists: { ...ols.settings, seed: [1, 2] } } as unknown as Plan;
const cell = (settings: Cell['settings']) => ({ settings }) as Cell;

test('a label names what tells the cell from the others, and nothing that it does not read', () => {
  expect(labelOf(plan, cell({ seed: 2, schedule: 'decay', batchSize: 10, learningRate: 0.1 }))).toMatch(
    /^grid-search ols {2}seed 2.*batch size 10.*learning rate 0\.1$/,
  );
  const closedForm = labelOf(plan, cell({ seed: 2, schedule: null, batchSize: null, learningRate: null }));
  expect(closedForm).not.toMatch(/batch|rate|null/);
});

test('one cell alone is the experiment', () => {
  const one = { ...plan, lists: Object.fromEntries(Object.keys(ols.settings).map((name) => [name, [1]])) };
  expect(labelOf(one as unknown as Plan, cell({ seed: 1 }))).toBe('grid-search ols');
});
