import { expect, test } from '@jest/globals';
import type { NumberClaim } from './claims.ts';
import { numberDistance, numberSureness } from './explain-number.ts';
import { judgeValues } from './judge-numbers.ts';
import { codeReading } from './readings.ts';

const claim: NumberClaim = {
  ...{ id: 'a', kind: 'number', where: 'here', says: 'a', experiment: 'ffnn', statistic: 'test_mse' },
  ...{ value: 0.1, readingError: 1e-6 },
};
const judged = (values: readonly number[], more: Partial<NumberClaim> = {}) =>
  judgeValues([{ claim: { ...claim, ...more }, reading: codeReading, values }], 0.95).numbers[0];
const spread = Array.from({ length: 15 }, (_, i) => 0.1 * Math.exp(0.1 * Math.sin(1 + 7 * i)));

test('equal runs have no standard deviations', () => {
  const equal = judged(Array(8).fill(0.1));
  expect(equal.verdict).toBe('typical');
  expect(numberSureness(equal, 0.95)).toBe(
    'one more run is likely to be equal too, and no value would be contradicted',
  );
});

test('an undecided number says why: too few runs, or a long tail', () => {
  expect(numberSureness(judged([0.01, 0.1, 1]), 0.95)).toMatch(/^with so few runs, only a value/);
  const tail = judged(Array.from({ length: 60 }, (_, i) => 0.1 * Math.exp(1 / (1 - i / 60) ** 1.2)));
  expect([tail.verdict, tail.found?.method]).toEqual(['undecided', 'tail']);
  expect(numberSureness(tail, 0.95)).toMatch(/^its runs have so long a tail that (only a value|no value)/);
});

test('the distance of a mean is in standard deviations of such means', () => {
  expect(numberDistance(judged(spread, { value: 0.12 }))).toContain('standard deviations of one run above');
  expect(numberDistance(judged(spread, { value: 0.12, runs: 5 }))).toContain(
    'standard deviations of a mean of 5 runs above',
  );
});
