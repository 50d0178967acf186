import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed } from '../hostile.testing.ts';
import { createRng } from '../math/rng.ts';
import { longTails } from './near-normal.ts';
import { type Method, oneMoreRun } from './one-more-run.ts';

const rng = createRng(3, 'verdicts');
const normals = (n: number) => Array.from({ length: n }, () => rng.normal());

describe('near normal runs', () => {
  test('give the t interval and p-value of SciPy', () => {
    const found = oneMoreRun([2, 3, 5, 7, 11]);
    expect(found.method).toBe('normal');
    expect(found.interval(0.05).low).toBeCloseTo(-5.281398090532091, 6);
    expect(found.interval(0.05).high).toBeCloseTo(16.48139809053209, 6);
    expect(found.pValue(20)).toBeCloseTo(0.021311641128756713, 8);
  });
});

describe('longTails', () => {
  // n * 2 * scipy.stats.t.sf(t, n - 2) with Grubbs' t: 2.3e-4 and 1.2e-10.
  test.each([
    [30, false],
    [300, true],
  ])('seven of eight values from 1 to 7, and %p: %p', (last, above) => {
    expect(longTails([1, 2, 3, 4, 5, 6, 7, last])).toEqual({ below: false, above });
  });

  test('three values have none', () => {
    expect(longTails([0, 0.001, 100])).toEqual({ below: false, above: false });
  });
});

test('on the short side of skewed runs, a number is judged as by normal runs', () => {
  const skewed = normals(50).map((x) => Math.exp(x));
  const found = oneMoreRun(skewed);
  expect(found.method).toBe('tail');
  const { low, high } = found.interval(0.001);
  const unit = found.deviation * Math.sqrt(1 + 1 / 50);
  expect(found.mean - low).toBeCloseTo(3.5 * unit, 1); // scipy.stats.t.ppf(0.9995, 49) = 3.5
  expect(high - found.mean).toBeGreaterThan(6 * unit);
  expect(found.pValue(found.mean - 5 * unit)).toBeLessThan(1e-4);
});

test.each<[string, number[], Method]>([
  ['no run', [], 'few'],
  ['one', [1], 'few'],
  ['two', [1, 2], 'few'],
  ['equal runs', [0.1, 0.1, 0.1], 'equal'],
  ['few different values', [1, 2, 2, 1, 2, 1, 3, 2], 'ranks'],
  ['an outlier among few', [...normals(10), 1000], 'ranks'],
  ['an outlier among more', [...normals(30), 1000], 'tail'],
  ['normal runs', normals(30), 'normal'],
])('%s', (_name, values, method) => {
  expect(oneMoreRun(values).method).toBe(method);
});

test('equal runs show only that no other value was seen', () => {
  const found = oneMoreRun(Array(19).fill(0.3));
  expect([found.pValue(0.3), found.pValue(0.4)]).toEqual([1, 1 / 20]);
  expect(found.interval(0.05)).toEqual({ low: 0.3, high: 0.3 });
  expect(found.interval(0.01)).toEqual({ low: -Infinity, high: Infinity });
});

test('ranks: 2 (r + 1) / (n + 1), never less', () => {
  const found = oneMoreRun([1, 1, 1, 1, 1, 2, 2, 2, 3]);
  expect([9, 3, 2, 1, 0].map((x) => found.pValue(x))).toEqual([0.2, 0.4, 1, 1, 0.2]);
  expect(found.interval(0.2)).toEqual({ low: 1, high: 3 });
  expect(found.interval(0.19)).toEqual({ low: -Infinity, high: Infinity });
});

describe('heavy tails', () => {
  const heavy = [...normals(38), 60, -45];

  test('are judged by ranks within the runs, and by what the outer runs allow beyond them', () => {
    const found = oneMoreRun(heavy);
    expect(found.method).toBe('tail');
    expect(found.pValue(61)).toBeGreaterThan(0.01);
    expect(found.pValue(1e9)).toBeLessThan(0.001);
    expect(found.pValue(1e9)).toBeGreaterThan(0);
    const { low, high } = found.interval(0.005);
    expect(low).toBeLessThan(-45);
    expect(high).toBeGreaterThan(60);
    expect(found.pValue(high)).toBeCloseTo(0.005, 3);
  });

  test('of 40 runs of which 5 % have ten times the spread, 100 more are called that far out in at most 2 %', () => {
    const draw = () => rng.normal() * (rng.uniform() < 0.05 ? 10 : 1);
    let far = 0;
    for (let sample = 0; sample < 150; sample++) {
      const found = oneMoreRun([...Array.from({ length: 38 }, draw), 30, -30]);
      if (found.pValue(draw()) <= 0.01) far++;
    }
    expect(far / 150).toBeLessThanOrEqual(0.02);
  });
});

test('any values have p-values, and intervals in order, that agree with each other', () => {
  const value = fc.oneof(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.integer({ min: 0, max: 3 }),
    fc.double({ min: -1, max: 1, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 30 }), value, (values, x) => {
      const found = oneMoreRun(values);
      const p = found.pValue(x);
      expect(p >= 0 && p <= 1).toBe(true);
      const { low, high } = found.interval(0.1);
      expect(low <= high).toBe(true);
      if (x < low || x > high) expect(p).toBeLessThanOrEqual(0.1 + 1e-6);
    }),
    { seed: fixedSeed, numRuns: 200 },
  );
});
