import { describe, expect, test } from '@jest/globals';
import { matrix, multiplyVector } from './matrix.ts';

describe('matrix', () => {
  test('without data is zero', () => {
    expect(matrix(2, 3)).toEqual({ rows: 2, columns: 3, data: new Float64Array(6) });
  });

  test('keeps the data it is given', () => {
    const data = Float64Array.of(1, 2);
    expect(matrix(1, 2, data).data).toBe(data);
  });

  test.each([5, 7])('2 x 3 does not take %i numbers', (length) => {
    expect(() => matrix(2, 3, new Float64Array(length))).toThrow(/2 x 3 .* 6 .* not/);
  });
});

describe('multiplyVector', () => {
  test('is the product, row by row', () => {
    const m = matrix(2, 3, Float64Array.of(1, 2, 3, 4, 5, 6));
    expect(multiplyVector(m, Float64Array.of(1, -1, 2))).toEqual(Float64Array.of(5, 11));
  });

  test('of no columns is zero', () => {
    expect(multiplyVector(matrix(2, 0), new Float64Array(0))).toEqual(Float64Array.of(0, 0));
  });

  test('refuses a vector of another length', () => {
    expect(() => multiplyVector(matrix(2, 3), new Float64Array(2))).toThrow(/3 .* not 2/);
  });
});
