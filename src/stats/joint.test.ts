import { describe, expect, test } from '@jest/globals';
import { createRng, type Rng } from '../math/rng.ts';
import { jointPValue } from './joint.ts';

const studentT3 = (rng: Rng) =>
  rng.normal() / Math.sqrt((rng.normal() ** 2 + rng.normal() ** 2 + rng.normal() ** 2) / 3);

/** k numbers of deviation about 1 and correlation 0.6. */
function drawRun(rng: Rng, k: number, draw: (rng: Rng) => number): number[] {
  const shared = Math.sqrt(0.6) * draw(rng);
  return Array.from({ length: k }, () => shared + Math.sqrt(0.4) * draw(rng));
}

/** As a report with one decimal prints it. */
const printed = (run: readonly number[], shift: number) =>
  run.map((value) => {
    const rounded = Math.round((value + shift) * 10) / 10;
    return { low: rounded - 0.05, high: rounded + 0.05 };
  });

/** p-values of published runs that are shifted by so many standard deviations in all numbers. */
function simulate(n: number, k: number, shift: number, draw: (rng: Rng) => number, samples = 300): number[] {
  const rng = createRng(n + k, 'data');
  return Array.from({ length: samples }, () => {
    const runs = Array.from({ length: n }, () => drawRun(rng, k, draw));
    return jointPValue(runs, printed(drawRun(rng, k, draw), shift));
  });
}

const shareBelow = (pValues: readonly number[], alpha: number) =>
  pValues.filter((p) => p <= alpha).length / pValues.length;

describe('jointPValue', () => {
  test.each([
    ['normal', 20, 32],
    ['normal', 20, 3],
    ['normal', 5, 5],
    ['t3', 20, 32],
  ])('%s: a run like the %p others, of %p numbers, is rejected no more often than alpha', (name, n, k) => {
    const pValues = simulate(n, k, 0, name === 't3' ? studentT3 : (rng) => rng.normal());
    for (const alpha of [0.05, 0.01]) {
      expect(shareBelow(pValues, alpha)).toBeLessThan(
        alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / pValues.length),
      );
    }
  });

  const normal = (rng: Rng) => rng.normal();

  test('a run that is off in all numbers is found, the more so the less they are correlated', () => {
    expect(shareBelow(simulate(20, 32, 2, normal, 100), 0.05)).toBeGreaterThan(0.15);
    expect(shareBelow(simulate(20, 32, 5, normal, 100), 0.01)).toBeGreaterThan(0.5);
    const rng = createRng(3, 'data');
    const independent = () => Array.from({ length: 32 }, () => rng.normal());
    const pValues = Array.from({ length: 50 }, () =>
      jointPValue(Array.from({ length: 20 }, independent), printed(independent(), 2)),
    );
    expect(shareBelow(pValues, 0.01)).toBeGreaterThan(0.9);
  });

  test('a run whose numbers go against the correlation is found, though none of them is unusual', () => {
    const rng = createRng(4, 'data');
    const run = () => {
      const shared = rng.normal();
      return Array.from({ length: 8 }, () => shared + 0.1 * rng.normal());
    };
    const runs = Array.from({ length: 20 }, run);
    const seesaw = run().map((value, j) => value + (j % 2 === 0 ? 1 : -1));
    expect(jointPValue(runs, printed(run(), 0))).toBeGreaterThan(0.1);
    expect(jointPValue(runs, printed(seesaw, 0))).toBeLessThan(0.001);
  });

  test('numbers that err together count once: k copies of one number are that number', () => {
    const values = [0.3, -1.2, 0.8, 2, -0.5, 1.1, -0.1, 0.6, -1.7, 0.2];
    const copies = (value: number) => new Array<number>(12).fill(value);
    const exactly = (value: number) => ({ low: value, high: value });
    const one = jointPValue(
      values.map((value) => [value]),
      [exactly(5)],
    );
    const many = jointPValue(values.map(copies), copies(5).map(exactly));
    expect(many).toBeCloseTo(one, 2); // twelve independent numbers as far out: below 1e-4
  });

  test('seeds are rounded as the published number is', () => {
    const runs = [0.91, 0.93, 0.94, 0.88, 0.86].map((value) => [value]);
    expect(jointPValue(runs, [{ low: 0.85, high: 0.95 }])).toBe(1); // all of them print as 0.9
    expect(jointPValue(runs, [{ low: 0.95, high: 1.05 }])).toBeLessThanOrEqual(1 / 3); // five equal seeds
  });

  test('a diverged number is far out, also in a seed', () => {
    const diverged = { low: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    const runs = [1, 2, 3, 4, 5, 6].map((value) => [value, -value]);
    const p = jointPValue(runs, [diverged, { low: -3, high: -3 }]);
    expect(p).toBeLessThan(0.2);
    const withDiverged = [...runs, [Number.POSITIVE_INFINITY, -2]];
    expect(jointPValue(withDiverged, [diverged, { low: -3, high: -3 }])).toBeGreaterThan(p);
  });

  test('says nothing without three runs, and refuses what does not fit', () => {
    expect(
      jointPValue(
        [[1, 2]],
        [
          { low: 5, high: 5 },
          { low: 5, high: 5 },
        ],
      ),
    ).toBe(1);
    expect(() => jointPValue([[1], [2, 3]], [{ low: 1, high: 1 }])).toThrow(RangeError);
    expect(() => jointPValue([[1], [Number.NaN]], [{ low: 1, high: 1 }])).toThrow(RangeError);
  });
});
