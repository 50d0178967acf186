import { describe, expect, test } from '@jest/globals';
import { studentTQuantile, studentTTwoSided } from './student-t.ts';

describe('studentTTwoSided', () => {
  test.each([
    [12.706204736432095, 1, 0.05],
    [8.610301581379, 4, 1e-3],
    [5.2, 19, 5.095901151386505e-5],
    [7.1, 19, 9.407010449512301e-7],
    [6, 99, 3.2459161123455424e-8],
    [1e6, 1, 6.366197723673691e-7],
    [0.3, 4, 0.7791214282774598],
  ])('at %p with %p degrees of freedom is what SciPy gives', (x, freedom, expected) => {
    expect(studentTTwoSided(x, freedom) / expected).toBeCloseTo(1, 6);
  });

  test('is 1 in the middle and 0 infinitely far out, also where the square overflows', () => {
    expect(studentTTwoSided(0, 5)).toBe(1);
    expect(studentTTwoSided(1e200, 5)).toBe(0);
    expect(studentTTwoSided(Number.POSITIVE_INFINITY, 5)).toBe(0);
  });
});

// scipy.stats.t.ppf(probability, freedom), SciPy 1.17.1
test.each([
  [0.975, 4, 2.7764451051977934],
  [0.9995, 4, 8.610301581379522],
  [0.99999, 39, 4.851314474340316],
  [1e-6, 9, -10.7201604099095],
])('studentTQuantile of %p with %p degrees of freedom is what SciPy gives', (p, freedom, expected) => {
  expect(studentTQuantile(p, freedom) / expected).toBeCloseTo(1, 7);
});
