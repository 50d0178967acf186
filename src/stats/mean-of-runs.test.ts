import { describe, expect, test } from '@jest/globals';
import { createRng, type Rng } from '../math/rng.ts';
import { mean } from './describe.ts';
import { meanOfRuns } from './mean-of-runs.ts';
import { oneMoreRun } from './one-more-run.ts';
import { scales } from './scales.ts';

const repeat = (count: number, draw: () => number) => Array.from({ length: count }, draw);
const errors = (rng: Rng, spread: number) => () => Math.exp(spread * rng.normal());

describe('honest means are contradicted at the nominal rate', () => {
  // Errors as skewed as a log-normal with this standard deviation of the logarithm.
  test.each([
    [2, 0.8],
    [5, 0.8],
    [10, 0.8],
  ])('of %d runs of a spread of %d, each judged by 11', (count, spread) => {
    const rng = createRng(count, 'data');
    const draw = errors(rng, spread);
    const perJudge = 200;
    const judges = 8;
    const rejected = { often: 0, seldom: 0, byT: 0 };
    for (let judge = 0; judge < judges; judge++) {
      const runs = repeat(11, draw);
      const judged = meanOfRuns(runs, scales.log, count, createRng(0, 'verdicts'));
      const byT = meanOfRuns(runs, scales.plain, count, createRng(0, 'verdicts'));
      for (let i = 0; i < perJudge; i++) {
        const published = mean(repeat(count, draw));
        const p = judged.pValue(Math.log(published));
        if (byT.pValue(published) <= 0.005) rejected.byT++;
        if (p <= 0.05) rejected.often++;
        if (p <= 0.005) rejected.seldom++;
      }
    }
    expect(rejected.often / (judges * perJudge)).toBeLessThan(0.09);
    expect(rejected.often / (judges * perJudge)).toBeGreaterThan(0.015);
    expect(rejected.seldom / (judges * perJudge)).toBeLessThan(0.02);
    // A t test of plain means is too strict with few skewed runs.
    if (count === 2) expect(rejected.byT / (judges * perJudge)).toBeGreaterThan(0.015);
  });
});

test('a mean of one run is one more run', () => {
  const values = repeat(20, errors(createRng(3, 'data'), 0.5));
  const one = oneMoreRun(values.map(Math.log));
  const found = meanOfRuns(values, scales.log, 1, createRng(0, 'verdicts'));
  for (const x of [-1.2, 0.3, 0.9]) expect(found.pValue(x)).toBeCloseTo(one.pValue(x), 1.5);
  const { low, high } = found.interval(0.05);
  expect([low, high]).toEqual([
    expect.closeTo(one.interval(0.05).low, 1),
    expect.closeTo(one.interval(0.05).high, 1),
  ]);
});

test('means of very many runs are in the unit of the means that are simulated', () => {
  const values = repeat(20, errors(createRng(3, 'data'), 0.5));
  const of = (runs: number, scale: 'log' | 'plain') =>
    meanOfRuns(values, scales[scale], runs, createRng(0, 'verdicts')).deviation;
  expect(of(1000, 'log')).toBe(of(100, 'log'));
  expect(of(25, 'log')).toBeCloseTo(2 * of(100, 'log'), 12);
  expect(of(400, 'plain')).toBeCloseTo(of(100, 'plain') / 2, 12); // by Student's t, not simulated
});

test('on the plain scale it is a t test with the error of both means', () => {
  // R: x <- c(1, 2, 4, 5, 8); t <- (6 - 4) / (sd(x) * sqrt(1/3 + 1/5)); 2 * pt(-t, 4)
  const { pValue, interval } = meanOfRuns([1, 2, 4, 5, 8], scales.plain, 3, createRng(0, 'verdicts'));
  expect(pValue(6)).toBeCloseTo(0.3739009663, 6);
  expect(pValue(interval(0.01).high)).toBeCloseTo(0.01, 8);
});

test('runs that are not near normal are judged by the means of groups of them', () => {
  const values = [...repeat(39, errors(createRng(4, 'data'), 0.01)), 1e6];
  const judged = meanOfRuns(values, scales.log, 4, createRng(0, 'verdicts'));
  expect(judged.method).toBe('ranks');
  expect(judged.pValue(10)).toBeCloseTo(2 * (2 / 11), 10); // one of ten means is above, and so may one more be
  expect(meanOfRuns(values, scales.log, 20, createRng(0, 'verdicts')).method).toBe('few');
});

test('shares that are all but 1 have finite intervals', () => {
  const shares = [0.9999, 0.99999, 0.999, 0.9995];
  const { interval } = meanOfRuns(shares, scales.logit, 5, createRng(0, 'verdicts'));
  for (const end of Object.values(interval(0.001))) expect(Number.isFinite(end)).toBe(true);
});
