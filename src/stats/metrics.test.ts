import { describe, expect, test } from '@jest/globals';
import { meanSquaredError, r2Score } from './metrics.ts';

const targets = [3.5, -1.25, 7, 2, 2, 10.75, 0.5];
const predictions = [3, -1, 6, 2.5, 1, 12, 0];

describe('meanSquaredError', () => {
  test('is the mean of the squared differences', () => {
    expect(meanSquaredError(targets, predictions)).toBe(0.625);
  });

  test('takes float32 and sums in float64', () => {
    // in float32 the sum would stay at 1: each further 2^-26 is less than half its last place
    const many = Float32Array.of(1, ...new Array<number>(64).fill(2 ** -13));
    expect(meanSquaredError(many, new Float32Array(65)) * 65).toBe(1 + 2 ** -20);
  });

  test('is 0 for a perfect fit and Infinity for a diverged one', () => {
    expect(meanSquaredError(targets, targets)).toBe(0);
    expect(meanSquaredError([1, 2], [1, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('r2Score', () => {
  test('is 1 - SS_res / SS_tot', () => {
    expect(r2Score(targets, predictions)).toBeCloseTo(0.9566294919454771, 14); // NumPy
  });

  test('is 1 for a perfect fit, 0 for the mean, negative below that', () => {
    expect(r2Score(targets, targets)).toBe(1);
    expect(r2Score(targets, new Array<number>(7).fill(3.5))).toBe(0);
    expect(r2Score(targets, new Array<number>(7).fill(30))).toBeLessThan(0);
  });

  test('does not change when both are shifted and scaled', () => {
    const map = (values: number[]) => values.map((value) => 4 * value - 16);
    expect(r2Score(map(targets), map(predictions))).toBeCloseTo(r2Score(targets, predictions), 14);
  });

  test('is NaN where the targets do not vary', () => {
    expect(r2Score([2, 2, 2], [1, 2, 3])).toBeNaN();
    expect(r2Score([2, 2, 2], [2, 2, 2])).toBeNaN();
    expect(r2Score([], [])).toBeNaN();
  });
});

test.each([meanSquaredError, r2Score])('%p refuses arrays of different lengths', (metric) => {
  expect(() => metric([1, 2, 3], [1, 2])).toThrow(/3 targets .* 2 predictions/);
  expect(() => metric([1, 2], [1, 2, 3])).toThrow(RangeError);
});
