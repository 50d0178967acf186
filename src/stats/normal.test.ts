import { expect, test } from '@jest/globals';
import { normalQuantile, normalTwoSided } from './normal.ts';

test('normalQuantile has the table values', () => {
  expect(normalQuantile(0.5)).toBeCloseTo(0, 12);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
  expect(normalQuantile(1e-6)).toBeCloseTo(-4.753424308822899, 10);
});

// scipy.stats: 2 * norm.sf(x), SciPy 1.10.1
test.each([
  [0, 1.0],
  [0.1, 0.920344325445942],
  [1, 0.31731050786291415],
  [2, 0.04550026389635839],
  [2.999999, 0.0026998049269703105],
  [3, 0.0026997960632601866],
  [5, 5.733031437583866e-7],
  [10, 1.523970604832094e-23],
  [20, 5.507248237212311e-89],
  [37, 1.1451142445047853e-299],
])('normalTwoSided(%p) is what SciPy gives', (x, expected) => {
  expect(normalTwoSided(x) / expected - 1).toBeLessThan(1e-12);
  expect(normalTwoSided(x) / expected - 1).toBeGreaterThan(-1e-12);
});

test('normalTwoSided is 0 where no number is as small', () => {
  expect(normalTwoSided(40)).toBe(0);
  expect(normalTwoSided(Number.POSITIVE_INFINITY)).toBe(0);
});
