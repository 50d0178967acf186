import { describe, expect, test } from '@jest/globals';
import { createRng, type Rng } from '../math/rng.ts';
import { predictionInterval, predictionPValue } from './prediction.ts';

const infinity = Number.POSITIVE_INFINITY;
const everything = { low: -infinity, high: infinity };
/** Twenty values evenly over the quantiles of a normal distribution: mean 0, deviation about 1. */
const twenty = [
  -1.87, -1.4, -1.13, -0.92, -0.74, -0.59, -0.45, -0.31, -0.19, -0.06, 0.06, 0.19, 0.31, 0.45, 0.59, 0.74,
  0.92, 1.13, 1.4, 1.87,
];

describe('coverage', () => {
  const sign = (rng: Rng) => (rng.uniform() < 0.5 ? -1 : 1);
  const exponential = (rng: Rng) => -Math.log(1 - rng.uniform());
  const studentT = (freedom: number) => (rng: Rng) => {
    let square = 0;
    for (let i = 0; i < freedom; i++) square += rng.normal() ** 2;
    return rng.normal() / Math.sqrt(square / freedom);
  };
  const distributions: Record<string, (rng: Rng) => number> = {
    normal: (rng) => rng.normal(),
    uniform: (rng) => rng.uniform(),
    bimodal: (rng) => sign(rng) + rng.normal() / 4,
    logistic: (rng) => -Math.log(1 / (1 - rng.uniform()) - 1),
    Laplace: (rng) => sign(rng) * exponential(rng),
    t5: studentT(5),
    t3: studentT(3),
    exponential,
    'log-normal': (rng) => Math.exp(rng.normal()),
    contaminated: (rng) => rng.normal() * (rng.uniform() < 0.05 ? 10 : 1),
  };
  const samples = 2000;
  const cases = Object.keys(distributions).flatMap((name) => [5, 20].map((n) => [name, n] as const));

  test.each(cases)('%s, %p runs: at least 95 % and 99 % within the simulation error', (name, n) => {
    const rng = createRng(n, 'data');
    const pValues = Array.from({ length: samples }, () => {
      const sample = Array.from({ length: n }, () => distributions[name](rng));
      const further = distributions[name](rng);
      return predictionPValue(sample, further, further);
    });
    for (const level of [0.95, 0.99]) {
      const coverage = pValues.filter((p) => p > 1 - level).length / samples;
      expect(coverage).toBeGreaterThan(level - 3 * Math.sqrt((level * (1 - level)) / samples));
    }
  });

  test('up to 1 - 2 / (n + 1) no more than exact, whatever the distribution', () => {
    const rng = createRng(1, 'data');
    const inside = Array.from({ length: samples }, () => {
      const sample = Array.from({ length: 39 }, () => Math.exp(3 * rng.normal()));
      const further = Math.exp(3 * rng.normal());
      return predictionPValue(sample, further, further) > 0.1;
    });
    const coverage = inside.filter(Boolean).length / samples;
    expect(Math.abs(coverage - 0.9)).toBeLessThan(3 * Math.sqrt((0.9 * 0.1) / samples));
  });

  test('for normal runs it is not wider than three times the t interval at 99 %, 1.3 times at 95 %', () => {
    const { low, high } = predictionInterval(twenty, 0.99);
    const deviation = 0.955; // of `twenty`
    expect((high - low) / (2 * 2.861 * deviation * Math.sqrt(21 / 20))).toBeLessThan(3);
    const narrow = predictionInterval(twenty, 0.95);
    expect((narrow.high - narrow.low) / (2 * 2.093 * deviation * Math.sqrt(21 / 20))).toBeLessThan(1.3);
  });
});

describe('predictionPValue', () => {
  test('takes the point of the published interval that is closest to the centre', () => {
    expect(predictionPValue(twenty, -5, 0.1)).toBe(1);
    expect(predictionPValue(twenty, 3, 9)).toBe(predictionPValue(twenty, 3, 3));
    expect(predictionPValue(twenty, -9, -3)).toBe(predictionPValue(twenty, -3, -3));
  });

  test('falls outwards, by ranks within the sample and to nothing far beyond', () => {
    let before = 1;
    for (let x = 0; x < 200; x += 0.05) {
      const p = predictionPValue(twenty, x, x);
      expect(p).toBeLessThanOrEqual(before);
      before = p;
    }
    expect(predictionPValue(twenty, 1.2, 1.2)).toBeCloseTo(6 / 21, 14); // two runs at least as far out
    expect(predictionPValue(twenty, 3, 3)).toBeGreaterThan(0.01);
    expect(before).toBeLessThan(1e-12);
  });

  test('does not depend on unit and origin', () => {
    const x = 2.5;
    const moved = twenty.map((value) => 7 + 1e-3 * value);
    expect(predictionPValue(moved, 7 + 1e-3 * x, 7 + 1e-3 * x)).toBeCloseTo(
      predictionPValue(twenty, x, x),
      8,
    );
  });

  test('an outlier among the runs makes another one likely', () => {
    const withOutlier = [...twenty.slice(0, 19), 12];
    expect(predictionPValue(withOutlier, -10, -10)).toBeGreaterThan(10 * predictionPValue(twenty, -10, -10));
  });

  test('diverged runs leave their side without bound', () => {
    const diverged = [...twenty, infinity];
    expect(predictionPValue(diverged, 50, 50)).toBe(1);
    expect(predictionPValue(diverged, infinity, infinity)).toBe(1);
    expect(predictionPValue(diverged, -50, -50)).toBeLessThan(1e-6);
    expect(predictionPValue(twenty, infinity, infinity)).toBe(1 / 21);
  });

  test('too few or equal runs do not pretend to know', () => {
    expect(predictionPValue([], 3, 3)).toBe(1);
    expect(predictionPValue([1], 3, 3)).toBe(1);
    expect(predictionPValue([1, infinity, -infinity], 3, 3)).toBe(1);
    expect(predictionPValue([0.1, 0.1, 0.1], 0.05, 0.15)).toBe(1);
    expect(predictionPValue([0.1, 0.1, 0.1], 0.2, 0.3)).toBe(1 / 4);
  });

  test.each([2 ** 990, 2 ** -1000])(
    'runs whose variance is no number are judged as those in a unit of %d',
    (unit) => {
      const runs = [-1, 0, 1, 2.5];
      const scaled = runs.map((x) => x * unit);
      expect(predictionPValue(scaled, 100 * unit, 100 * unit)).toBe(predictionPValue(runs, 100, 100));
      const { low, high } = predictionInterval(runs, 0.95);
      expect(predictionInterval(scaled, 0.95)).toEqual({ low: low * unit, high: high * unit });
    },
  );

  test('NaN never passes', () => {
    expect(() => predictionPValue([1, Number.NaN], 1, 1)).toThrow(RangeError);
    expect(() => predictionPValue([1, 2], Number.NaN, 1)).toThrow(RangeError);
    expect(() => predictionPValue([1, 2], 2, 1)).toThrow(RangeError);
  });
});

describe('predictionInterval', () => {
  test.each([0.5, 0.9, 0.95, 0.99, 1 - 5e-5])('at %p ends where the p-value reaches 1 - level', (level) => {
    const { low, high } = predictionInterval(twenty, level);
    const alpha = 1 - level;
    const step = 1e-9;
    for (const [end, outwards] of [
      [low, -step],
      [high, step],
    ]) {
      expect(predictionPValue(twenty, end - outwards, end - outwards)).toBeGreaterThan(alpha);
      expect(predictionPValue(twenty, end + outwards, end + outwards)).toBeLessThanOrEqual(alpha);
    }
  });

  test('is unbounded where nothing bounds it', () => {
    expect(predictionInterval([4], 0.95)).toEqual(everything);
    expect(predictionInterval(twenty, 1)).toEqual(everything);
    const { low, high } = predictionInterval([...twenty, -infinity], 0.95);
    expect(low).toBe(-infinity);
    expect(high).toBe(predictionInterval(twenty, 0.95).high);
  });

  test('of equal runs is their value where so many can bear the level', () => {
    const equal = new Array<number>(20).fill(0.1);
    expect(predictionInterval(equal, 0.95)).toEqual({ low: 0.1, high: 0.1 });
    expect(predictionInterval(equal, 0.99)).toEqual(everything);
  });
});
