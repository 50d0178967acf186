import { expect, test } from '@jest/globals';
import type { Diff } from '../check/diff.ts';
import { type SideBySide, showDiff } from './show-diff.ts';

const side = { mean: 1, deviation: null, runs: 1, diverged: 0 };
const cell = { cell: '', a: side, b: side, difference: 0, adjusted: null, verdict: 'one seed' };
const diff = {
  settings: [],
  metrics: [{ name: 'test_mse', title: 'test MSE', best: 'min', cells: [cell] }],
  only: { a: [], b: [] },
  best: { a: null, b: null },
} as unknown as Diff;
const shown = (facts: readonly SideBySide[]) => showDiff(diff, facts, false, { color: false, width: 80 });

test('of runs on other data, it is said that the settings alone explain nothing', () => {
  const warning = 'the data differ, so what has moved is not due to the settings alone';
  expect(shown([['data', 'a.csv', 'b.csv']])).toContain(warning);
  expect(shown([['data', 'a.csv', 'a.csv']])).not.toContain(warning);
});

test('cells with one seed are counted in words', () => {
  expect(shown([])).toContain('test MSE (lower is better): 1 with one seed');
});
