import { expect, test } from '@jest/globals';
import { medianInterval } from './median-interval.ts';

// The ranks r with the largest scipy.stats.binom.cdf(r - 1, n, 0.5) <= 0.025, SciPy 1.17.1.
test.each([
  [6, 1],
  [10, 2],
  [20, 6],
  [41, 14],
])('of %d values: the %dth from each end', (n, rank) => {
  const values = Array.from({ length: n }, (_, i) => n - i);
  expect(medianInterval(values, 0.95)).toEqual({ low: rank, high: n + 1 - rank });
});

test.each([0, 1, 5])('of %d values: unbounded', (n) => {
  expect(medianInterval(Array(n).fill(1), 0.95)).toEqual({ low: -Infinity, high: Infinity });
});

test('diverged runs are infinite', () => {
  expect(medianInterval([1, 2, 3, 4, 5, Infinity], 0.95)).toEqual({ low: 1, high: Infinity });
});
