import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { notBestPValues } from './best-cells.ts';
import { clusteredShare } from './clustered-share.ts';
import { adjustedOverFamilies } from './family-shares.ts';
import { simulateMaxT } from './max-t.ts';
import { medianInterval } from './median-interval.ts';
import { farthestPValue, skewnessZ } from './near-normal.ts';
import { oneMoreRun } from './one-more-run.ts';
import { paretoQuantile, paretoTail } from './pareto.ts';
import { studentTQuantile, studentTTwoSided } from './student-t.ts';
import { wilsonInterval } from './wilson.ts';

// Every interval and distribution next to SciPy's, or NumPy's from the definition: reference-values.py in the folder.

type Rows = readonly (readonly number[])[];
const values: {
  readonly studentT: { readonly two_sided: Rows; readonly quantile: Rows };
  readonly wilson: Rows;
  readonly medianRanks: Rows;
  readonly pareto: { readonly tail: Rows; readonly quantile: Rows };
  readonly grubbs: readonly { readonly values: number[]; readonly p: number }[];
  readonly skewness: readonly { readonly values: number[]; readonly z: number }[];
  readonly oneMoreRun: readonly {
    readonly values: number[];
    readonly x: number;
    readonly p: number;
    readonly probability: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly maxT: readonly { readonly runs: Rows; readonly tail: Rows }[];
  readonly holm: readonly { readonly families: Rows; readonly adjusted: Rows }[];
  readonly notBest: readonly { readonly losses: Rows; readonly p: readonly number[] }[];
  readonly clusteredShare: {
    readonly clusters: Rows;
    readonly share: number;
    readonly low: number;
    readonly high: number;
  };
} = JSON.parse(readFileSync('data/fixtures/statistics/reference-values.json', 'utf8'));

/** Equal but for a relative difference. */
function expectNear(found: number, expected: number, relative = 1e-6): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(relative * Math.abs(expected) + 1e-12);
}

test("Student's t distribution", () => {
  for (const [x, freedom, p] of values.studentT.two_sided) expectNear(studentTTwoSided(x, freedom), p);
  for (const [p, freedom, x] of values.studentT.quantile) expectNear(studentTQuantile(p, freedom), x);
});

test("Wilson's interval", () => {
  for (const [successes, n, level, low, high] of values.wilson) {
    const found = wilsonInterval(successes, n, level);
    expectNear(found.low, low);
    expectNear(found.high, high);
  }
});

test('ranks of the interval for a median', () => {
  for (const [n, level, rank] of values.medianRanks) {
    const found = medianInterval(
      Array.from({ length: n }, (_, i) => i + 1),
      level,
    );
    const expected = rank === 0 ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : [rank, n + 1 - rank];
    expect([found.low, found.high]).toEqual(expected);
  }
});

test('generalised Pareto tails and quantiles', () => {
  for (const [shape, scale, y, p] of values.pareto.tail) expectNear(paretoTail({ shape, scale }, y), p);
  for (const [shape, scale, p, y] of values.pareto.quantile)
    expectNear(paretoQuantile({ shape, scale }, p), y);
});

test("Grubbs' p-value of the farthest value", () => {
  for (const { values: runs, p } of values.grubbs) {
    expectNear(Math.min(farthestPValue(runs), farthestPValue(runs.map((x) => -x))), p);
  }
});

test("D'Agostino's test of skewness", () => {
  for (const { values: runs, z } of values.skewness) {
    expectNear(skewnessZ(runs), z);
    expectNear(skewnessZ(runs.map((x) => -x)), -z);
  }
});

test("Student's interval and p-value for one more run", () => {
  for (const { values: runs, x, p, probability, low, high } of values.oneMoreRun) {
    const found = oneMoreRun(runs);
    expect(found.method).toBe('normal');
    expectNear(found.pValue(x), p);
    expectNear(found.interval(probability).low, low);
    expectNear(found.interval(probability).high, high);
  }
});

describe('the largest of several distances', () => {
  test.each(values.maxT.map(({ runs, tail }) => [runs.length, runs[0].length, runs, tail] as const))(
    '%d runs of %d cells with a known correlation',
    (_n, _k, runs, tail) => {
      const { pValue } = simulateMaxT(runs);
      for (const [distance, p] of tail) {
        if (p < 1e-5) continue; // 20 of the 2 million samples
        // Of 20,000 draws and of the fitted tail; the draws of a stretch share their variances.
        const within = 4 * Math.sqrt(3 / (20_000 * Math.max(p, 0.005))) + (p < 0.005 ? 0.5 : 0);
        expect(Math.abs(pValue(distance) / p - 1)).toBeLessThan(within);
      }
    },
  );
});

test('p-values adjusted for several families, as closed testing gives them', () => {
  for (const { families, adjusted } of values.holm) {
    const found = adjustedOverFamilies(families);
    for (const [f, own] of adjusted.entries()) for (const [i, p] of own.entries()) expectNear(found[f][i], p);
  }
});

test('which cells are not the best, by all choices of signs', () => {
  for (const { losses, p } of values.notBest) {
    const found = notBestPValues(losses, createRng(0, 'verdicts'));
    for (const [cell, expected] of p.entries()) expectNear(found[cell], expected);
  }
});

test('a share over clusters', () => {
  const { clusters, share, low, high } = values.clusteredShare;
  const found = clusteredShare(
    clusters.map(([count, successes]) => ({ count, successes })),
    0.95,
  );
  expectNear(found.share, share);
  expectNear(found.low, low);
  expectNear(found.high, high);
});
