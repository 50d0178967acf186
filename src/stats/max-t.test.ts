import { describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { simulateMaxT } from './max-t.ts';
import { studentTTwoSided } from './student-t.ts';

/** n runs of k cells; any two cells have the correlation `rho` on average. */
function runsOf(n: number, k: number, rho: number, seed = 1): number[][] {
  const rng = createRng(seed, 'verdicts');
  return Array.from({ length: n }, () => {
    const common = rng.normal();
    return Array.from({ length: k }, () => Math.sqrt(rho) * common + Math.sqrt(1 - rho) * rng.normal());
  });
}

describe('one cell', () => {
  test.each([
    [10, 2.262, 0.04],
    [10, 4.781, 0.3],
    [40, 3.558, 0.3],
    [5, 8.61, 0.3],
  ])('with %p runs has the tail of Student t at %p', (n, distance, within) => {
    const expected = studentTTwoSided(distance, n - 1);
    const p = simulateMaxT(runsOf(n, 1, 0)).pValue(distance);
    expect(Math.abs(p / expected - 1)).toBeLessThan(within);
  });

  test('far beyond the simulated runs follows the fitted tail', () => {
    const { pValue } = simulateMaxT(runsOf(10, 1, 0));
    const exact = studentTTwoSided(10, 9); // 3.5e-6: one in 15 repetitions of the simulation
    expect(pValue(10)).toBeGreaterThan(exact / 8);
    expect(pValue(10)).toBeLessThan(exact * 8);
  });
});

describe('several cells', () => {
  test.each([
    [200, 4, 0.5],
    [200, 8, 0.8],
  ])('of %p runs, %p cells of correlation %p: between one cell and as many independent ones', (n, k, rho) => {
    const { pValue } = simulateMaxT(runsOf(n, k, rho));
    const one = studentTTwoSided(3, n - 1);
    expect(pValue(3)).toBeGreaterThan(one);
    expect(pValue(3)).toBeLessThan(k * one);
  });

  test('runs drawn like the others are rejected about as often as they should be', () => {
    const [n, k, rho, samples] = [8, 3, 0.7, 40];
    let rejected = 0;
    for (let sample = 0; sample < samples; sample++) {
      const [judged, ...runs] = runsOf(n + 1, k, rho, sample + 1);
      const distances = judged.map((x, j) => {
        const column = runs.map((run) => run[j]);
        const mean = column.reduce((sum, value) => sum + value) / n;
        const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
        return Math.abs(x - mean) / Math.sqrt(variance * (1 + 1 / n));
      });
      if (simulateMaxT(runs).pValue(Math.max(...distances)) <= 0.05) rejected++;
    }
    expect(rejected / samples).toBeLessThanOrEqual(0.15); // 0.05 + 2.9 standard errors
  });

  test('`critical` inverts `pValue`', () => {
    const { pValue, critical } = simulateMaxT(runsOf(20, 5, 0.5));
    for (const p of [0.3, 0.05, 0.005, 1e-5]) expect(pValue(critical(p)) / p).toBeCloseTo(1, 1);
  });

  test('step-down: the farthest cell is compared with all, the next with the others, and p never falls', () => {
    const maxT = simulateMaxT(runsOf(20, 3, 0.2));
    const [a, b, c] = maxT.stepDown([2.5, 9, 3]);
    expect(b).toBe(maxT.pValue(9));
    expect(c).toBeLessThan(maxT.pValue(3));
    expect(c).toBeGreaterThan(studentTTwoSided(3, 19));
    expect(a).toBeGreaterThanOrEqual(c);
    expect(a / studentTTwoSided(2.5, 19)).toBeCloseTo(1, 0); // the last one alone
  });
});

test('the same runs give the same numbers', () => {
  const once = simulateMaxT(runsOf(8, 3, 0.5));
  const again = simulateMaxT(runsOf(8, 3, 0.5));
  expect(once.pValue(3)).toBe(again.pValue(3));
});
