import { describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { ridge } from '../regression/least-squares.ts';
import { createDecomposition } from './bias-variance.ts';

describe('the decomposition', () => {
  const targets = [2, 1];
  const predictions = [
    [1, 2],
    [3, 2],
  ];
  const decomposed = (noiseFree: readonly number[] | null) => {
    const decomposition = createDecomposition(targets, noiseFree);
    for (const one of predictions) decomposition.add(one);
    return decomposition.result();
  };

  test('of two models at two rows is the one by hand', () => {
    // The mean predictions are 2 and 2, half a unit from the truth; the models differ by 1 from their mean at the first row.
    expect(decomposed([1.5, 1.5])).toEqual({
      expectedError: 1,
      biasSquared: 0.25,
      variance: 0.5,
      noise: 0.25,
    });
  });

  test('without a known truth has the noise in the bias, and adds up to the mean squared error', () => {
    expect(decomposed(null)).toEqual({ expectedError: 1, biasSquared: 0.5, variance: 0.5, noise: null });
  });

  test('of one model has no variance', () => {
    const decomposition = createDecomposition([1, 2], [1, 1]);
    decomposition.add([3, 1]);
    expect(decomposition.result()).toMatchObject({ biasSquared: 2, variance: 0, noise: 0.5 });
  });
});

test.each([0, 40])('ridge regression with lambda %d has the bias and variance of theory', async (lambda) => {
  // y = beta x + e with fixed x: the estimate sum(x y) / (S + lambda), S = sum(x^2), has the mean beta S / (S + lambda) and
  // the variance sigma^2 S / (S + lambda)^2.
  const [beta, sigma, rows, models] = [1.5, 0.8, 30, 4000];
  const rng = createRng(5, 'data');
  const x = Float64Array.from({ length: rows }, () => 1 + rng.uniform());
  const noisy = () => x.map((value) => beta * value + sigma * rng.normal());
  const decomposition = createDecomposition(
    noisy(),
    x.map((value) => beta * value),
  );
  const features = { rows, columns: 1, data: x };
  for (let b = 0; b < models; b++) {
    const [estimate] = await ridge(features, noisy(), lambda);
    decomposition.add(x.map((value) => estimate * value));
  }
  const S = x.reduce((sum, value) => sum + value * value, 0);
  const { biasSquared, variance, noise } = decomposition.result();
  const theory = {
    bias: (S / rows) * (beta * (lambda / (S + lambda))) ** 2,
    variance: ((S / rows) * sigma ** 2 * S) / (S + lambda) ** 2,
  };
  // The standard error of a variance from 4000 values is 2 %.
  expect(variance / theory.variance).toBeCloseTo(1, 1);
  expect(Math.abs(biasSquared - theory.bias)).toBeLessThan(
    0.05 * theory.bias + (9 * theory.variance) / models,
  );
  expect(noise).toBeGreaterThan(0.3);
});
