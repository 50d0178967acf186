import { describe, expect, test } from '@jest/globals';
import { studentTTwoSided, studentTUpper } from './student-t.ts';

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

// scipy.stats.t.sf(x, freedom), SciPy 1.10.1
test.each([
  [2.5, 7, 0.020496109292876437],
  [-2.5, 7, 0.9795038907071236],
  [0.5, 3, 0.3257239824240755],
  [0, 7, 0.5],
])('studentTUpper at %p with %p degrees of freedom is what SciPy gives', (x, freedom, expected) => {
  expect(studentTUpper(x, freedom)).toBeCloseTo(expected, 8);
});
