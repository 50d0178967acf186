import { describe, expect, test } from '@jest/globals';
import { divergenceTest } from './divergence.ts';
import { losses } from './losses.ts';

/** Targets of variance 4. */
const regression = { targets: [1, 5, 1, 5], rows: 4 };
/** Ten classes, one row of each of two. */
const classes = {
  targets: Float64Array.from({ length: 20 }, (_, i) => Number(i === 3 || i === 17)),
  rows: 2,
};

const samples = ({ targets, rows }: { targets: ArrayLike<number>; rows: number }) => ({
  targets: Float64Array.from(targets),
  rows,
});

const at = (train: number, test = 1) => ({ train: { loss: train }, test: { loss: test } });

/** An initial loss that counts how often it is asked for. */
function initial(value: number) {
  let asked = 0;
  const loss = () => {
    asked++;
    return value;
  };
  return { loss, asked: () => asked };
}

describe('the guess that ignores the inputs', () => {
  test('is the variance of a regression, summed over its outputs', () => {
    expect(losses.mse.guess([1, 5, 1, 5], 4)).toBe(4);
    expect(losses.mse.guess([1, 0, 5, 0, 1, 6, 5, 6], 4)).toBe(4 + 9);
    expect(losses.mse.guess([7, 7, 7], 3)).toBe(0);
  });

  test('is ln of the number of classes', () => {
    expect(losses.cross_entropy.guess(classes.targets, 2)).toBeCloseTo(Math.log(10), 14);
  });
});

describe('training has diverged', () => {
  test('when the training loss is beyond use and has grown', () => {
    const fromGuess = divergenceTest(losses.mse, samples(regression), () => 4);
    expect(fromGuess(at(4e4))).toBe(false);
    expect(fromGuess(at(4.001e4))).toBe(true);
    const fromFar = divergenceTest(losses.mse, samples(regression), () => 1000);
    expect(fromFar(at(1e5))).toBe(false);
    expect(fromFar(at(1.001e5))).toBe(true);
  });

  test('also as a classifier', () => {
    const hasDiverged = divergenceTest(losses.cross_entropy, samples(classes), () => 3);
    expect([23_000, 23_100].map((loss) => hasDiverged(at(loss)))).toEqual([false, true]);
  });

  test('not when it overfits: only a test loss that is not finite counts', () => {
    const hasDiverged = divergenceTest(losses.mse, samples(regression), () => 4);
    expect(hasDiverged(at(0.001, 1e300))).toBe(false);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(hasDiverged(at(0.001, bad))).toBe(true);
      expect(hasDiverged(at(bad, 0.001))).toBe(true);
    }
  });

  test('not when its initial loss is not finite, as long as the others are', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(divergenceTest(losses.mse, samples(regression), () => bad)(at(1e200))).toBe(false);
  });
});

test('the initial weights are evaluated only if a loss is large, and once', () => {
  const { loss, asked } = initial(1e9);
  const hasDiverged = divergenceTest(losses.mse, samples(regression), loss);
  for (const value of [0.1, 4, 4e4]) hasDiverged(at(value));
  expect(asked()).toBe(0);
  for (const value of [5e4, 6e4, 7e4]) expect(hasDiverged(at(value))).toBe(false);
  expect(asked()).toBe(1);
});
