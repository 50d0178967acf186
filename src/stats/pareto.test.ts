import { describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { fitPareto, paretoQuantile, paretoTail } from './pareto.ts';

describe('paretoTail', () => {
  // scipy.stats.genpareto.sf(y, shape, scale=scale), SciPy 1.17.1
  test.each([
    [1, 0, 1, 0.36787944117144233],
    [3, 0.5, 2, 0.326530612244898],
    [10, 0.2, 0.5, 0.00032],
    [1, -0.3, 2, 0.5817411061617968],
    [8, -0.3, 2, 0],
  ])('at %p of shape %p, scale %p is what SciPy gives', (y, shape, scale, expected) => {
    expect(paretoTail({ shape, scale }, y)).toBeCloseTo(expected, 12);
  });

  test.each([-0.3, 0, 0.4])('of shape %p is inverted by paretoQuantile', (shape) => {
    const pareto = { shape, scale: 2 };
    for (const p of [1, 0.3, 1e-3, 1e-6]) {
      expect(paretoTail(pareto, paretoQuantile(pareto, p)) / p).toBeCloseTo(1, 9);
    }
  });

  test('infinitely far out is 0', () => {
    expect(paretoTail({ shape: 0.5, scale: 1 }, Number.POSITIVE_INFINITY)).toBe(0);
  });
});

describe('fitPareto', () => {
  test('is what the formulas give with NumPy', () => {
    const { shape, scale } = fitPareto([0.1, 0.4, 0.7, 1.5, 2.2, 5]);
    expect(shape).toBeCloseTo(0.23581823581823635, 12);
    expect(scale).toBeCloseTo(1.2608999108999102, 12);
  });

  test.each([-0.2, 0.1, 0.3])('finds shape %p again from many draws', (shape) => {
    const rng = createRng(1, 'verdicts');
    const drawn = Float64Array.from({ length: 20000 }, () =>
      paretoQuantile({ shape, scale: 3 }, 1 - rng.uniform()),
    ).sort();
    expect(fitPareto(drawn).shape).toBeCloseTo(shape, 1);
    expect(fitPareto(drawn).scale).toBeCloseTo(3, 0);
  });
});
