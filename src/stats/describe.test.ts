import { describe, expect, test } from '@jest/globals';
import {
  greatest,
  least,
  mean,
  percentile,
  robustLimits,
  standardDeviation,
  typicalSpread,
} from './describe.ts';

const values = [3.5, -1.25, 7, 2, 2, 10.75, 0.5];
const sorted = Float64Array.from(values).sort();

describe('mean', () => {
  test('is the sum over the number', () => {
    expect(mean(values)).toBe(3.5);
    expect(mean([])).toBeNaN();
  });
});

describe('standardDeviation', () => {
  test('has n - 1 in the denominator', () => {
    expect(standardDeviation([1, 3])).toBe(Math.SQRT2);
    expect(standardDeviation(values)).toBeCloseTo(4.100304866714182, 14); // NumPy, ddof=1
  });

  test('does not lose small spreads around a large mean', () => {
    expect(standardDeviation([1e9 + 1, 1e9 + 2, 1e9 + 3])).toBe(1);
  });

  test('is NaN for fewer than two values', () => {
    expect(standardDeviation([])).toBeNaN();
    expect(standardDeviation([4])).toBeNaN();
  });
});

describe('percentile', () => {
  test.each([
    [0, -1.25],
    [2.5, -0.9875],
    [25, 1.25],
    [50, 2],
    [90, 8.5],
    [97.5, 10.1875],
    [100, 10.75],
  ])('%p is what NumPy gives', (q, expected) => {
    expect(percentile(sorted, q)).toBeCloseTo(expected, 13);
  });

  test('of one value is that value, of none NaN', () => {
    expect(percentile([4], 97.5)).toBe(4);
    expect(percentile([], 50)).toBeNaN();
  });

  test('at a value is that value, whatever stands beside it', () => {
    expect(percentile([1, 2, Number.POSITIVE_INFINITY], 50)).toBe(2);
    expect(percentile([1, 2, Number.POSITIVE_INFINITY], 100)).toBe(Number.POSITIVE_INFINITY);
    expect(
      percentile([1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 50),
    ).toBe(Number.POSITIVE_INFINITY);
  });
});

test('one huge value does not take the whole scale, at either end', () => {
  const values = Array.from({ length: 20 }, (_, i) => i + 1);
  expect(robustLimits(values)).toEqual({ low: 1, high: 20 });
  expect(robustLimits([...values.slice(0, -1), 1e9])).toEqual({ low: 1, high: 19 });
  expect(robustLimits([-1e9, ...values.slice(1)])).toEqual({ low: 2, high: 20 });
  expect(robustLimits([0.1, 0.2, 0.3, 1e300])).toEqual({ low: 0.1, high: 0.3 });
  expect(robustLimits([1, 2])).toEqual({ low: 1, high: 2 });
  expect(robustLimits([5])).toEqual({ low: 5, high: 5 });
  expect(robustLimits([])).toEqual({ low: 0, high: 0 });
});

test('several huge values do not take it either', () => {
  const usual = [0.06, 0.065, 0.07, 0.08, 0.09];
  expect(robustLimits([...usual, 1e18, 1e26, 1e42]).high).toBeCloseTo(0.28, 12);
  expect(robustLimits([...usual.map((x) => -x), -1e18, -1e26]).low).toBeGreaterThan(-1);
});

test('least and greatest of more values than a call takes arguments', () => {
  const values = Array.from({ length: 300_000 }, (_, i) => Math.abs(i - 200_000) - 7);
  expect([least(values), greatest(values)]).toEqual([-7, 199_993]);
  expect([least([]), greatest(new Set<number>())]).toEqual([
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  expect([least([1, Number.NaN]), greatest([Number.NaN, 1])]).toEqual([Number.NaN, Number.NaN]);
});

describe('typicalSpread', () => {
  test('is the interquartile range of normal values in standard deviations', () => {
    const quantiles = [-1.2816, -0.6745, -0.2533, 0, 0.2533, 0.6745, 1.2816]; // of the standard normal distribution
    expect(typicalSpread(quantiles)).toBeCloseTo(0.688, 2); // quartiles halfway between -0.6745 and -0.2533
  });

  test('does not follow a few values far out', () => {
    const near = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    expect(typicalSpread([...near.slice(0, 10), 1e6])).toBe(typicalSpread(near));
  });

  test('is the standard deviation where most values are equal', () => {
    expect(typicalSpread([0, 0, 0, 0, 0, 0, 0, 3])).toBe(standardDeviation([0, 0, 0, 0, 0, 0, 0, 3]));
    expect(typicalSpread([2, 2, 2])).toBe(0);
  });
});
