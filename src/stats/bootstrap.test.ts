import { describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { bootstrapTest, summarize } from './bootstrap.ts';

/** Targets y and predictions y - e with normal residuals e of standard deviation sigma. */
function normalResiduals(rows: number, sigma: number): { targets: Float64Array; predictions: Float64Array } {
  const rng = createRng(21, 'data');
  const targets = Float64Array.from({ length: rows }, () => 3 * rng.normal());
  return { targets, predictions: targets.map((y) => y - sigma * rng.normal()) };
}

describe('bootstrapTest', () => {
  test('agrees with a straightforward computation on the same draws', () => {
    const { targets, predictions } = normalResiduals(40, 0.5);
    const rng = createRng(1, 'bootstrap');
    const draws = Array.from({ length: 200 }, () => Array.from({ length: 40 }, () => rng.below(40)));
    const average = (numbers: number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    const mse = draws.map((rows) => average(rows.map((row) => (targets[row] - predictions[row]) ** 2)));
    const r2 = draws.map((rows, b) => {
      const y = rows.map((row) => targets[row]);
      const variance = average(y.map((value) => value * value)) - average(y) ** 2;
      return 1 - mse[b] / variance;
    });

    const result = bootstrapTest(targets, predictions, 200, createRng(1, 'bootstrap'));
    for (const [summary, expected] of [
      [result.mse!, mse],
      [result.r2!, r2],
    ] as const) {
      const center = average(expected);
      const ordered = [...expected].sort((a, b) => a - b);
      expect(summary.mean).toBeCloseTo(center, 12);
      const variance = expected.reduce((sum, x) => sum + (x - center) ** 2, 0) / 199;
      expect(summary.standardDeviation).toBeCloseTo(Math.sqrt(variance), 12);
      // positions 199 * 0.025 = 4.975 and 199 * 0.975 = 194.025
      expect(summary.low).toBeCloseTo(0.025 * ordered[4] + 0.975 * ordered[5], 12);
      expect(summary.high).toBeCloseTo(0.975 * ordered[194] + 0.025 * ordered[195], 12);
    }
  });

  test('finds the standard error of a mean of squared normal residuals, sigma^2 sqrt(2 / n)', () => {
    const rows = 1000;
    const sigma = 0.3;
    const { targets, predictions } = normalResiduals(rows, sigma);
    const { mse } = bootstrapTest(targets, predictions, 1000, createRng(2, 'bootstrap'));
    const standardError = sigma ** 2 * Math.sqrt(2 / rows);
    expect(Math.abs(mse!.mean - sigma ** 2)).toBeLessThan(4 * standardError);
    // the spread of 1000 resamples is itself known to about 2 %, that of the squared residuals to about 8 %
    expect(mse!.standardDeviation! / standardError).toBeGreaterThan(0.8);
    expect(mse!.standardDeviation! / standardError).toBeLessThan(1.2);
    // for a nearly normal distribution the interval is 2 * 1.96 standard errors wide
    expect((mse!.high! - mse!.low!) / mse!.standardDeviation!).toBeGreaterThan(3.6);
    expect((mse!.high! - mse!.low!) / mse!.standardDeviation!).toBeLessThan(4.2);
  });

  test('the same stream gives the same summary, another one another', () => {
    const { targets, predictions } = normalResiduals(30, 1);
    const run = (seed: number) => bootstrapTest(targets, predictions, 50, createRng(seed, 'bootstrap'));
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });

  test('a perfect fit has no spread', () => {
    const { targets } = normalResiduals(30, 1);
    const { mse, r2 } = bootstrapTest(targets, targets, 20, createRng(1, 'bootstrap'));
    expect(mse).toEqual({ mean: 0, standardDeviation: 0, low: 0, high: 0 });
    expect(r2).toEqual({ mean: 1, standardDeviation: 0, low: 1, high: 1 });
  });

  test('where a draw has one target only, R2 has no summary and MSE has', () => {
    const { mse, r2 } = bootstrapTest([1, 2], [1.5, 1.5], 50, createRng(1, 'bootstrap'));
    expect(mse!.mean).toBe(0.25);
    expect(r2).toBeNull();
  });
});

describe('summarize', () => {
  test('does not need, or change, the order of the values', () => {
    const values = [4, 0, 3, 1, 2];
    const { mean, standardDeviation, low, high } = summarize(values);
    expect(values).toEqual([4, 0, 3, 1, 2]);
    expect(mean).toBe(2);
    expect(standardDeviation).toBeCloseTo(Math.sqrt(2.5), 14);
    expect(low).toBeCloseTo(0.1, 14);
    expect(high).toBeCloseTo(3.9, 14);
  });

  test('sorts by size, not by digits', () => {
    expect(summarize([9, 10, 100]).high).toBeCloseTo(95.5, 12);
  });

  test('is NaN throughout where one value is, wherever it is among them', () => {
    const nothing = { mean: Number.NaN, standardDeviation: Number.NaN, low: Number.NaN, high: Number.NaN };
    for (const place of [0, 50, 99]) {
      const values = Array.from({ length: 100 }, (_, i) => (i === place ? Number.NaN : i));
      expect(summarize(values)).toEqual(nothing);
    }
  });

  test('of no values is NaN', () => {
    expect(summarize([]).mean).toBeNaN();
    expect(summarize([]).low).toBeNaN();
  });
});

test('a summary of which only the spread overflows keeps its mean', () => {
  const targets = [0, 0, 0];
  const predictions = [1e150, 2e150, 3e150];
  const { mse, r2 } = bootstrapTest(targets, predictions, 50, createRng(1, 'bootstrap'));
  expect(mse!.mean).toBeGreaterThan(1e299);
  expect(mse!.standardDeviation).toBeNull();
  expect(Object.values(mse!).every((part) => part === null || Number.isFinite(part))).toBe(true);
  expect(r2).toBeNull();
});
