import { expect, test } from '@jest/globals';
import { significant } from './significant.ts';

test.each([
  [0.123456, 3, 0.123],
  [-1234.5, 2, -1200],
  [0, 4, 0],
  [5e-324, 4, 5e-324],
  [1.7976931348623157e308, 4, 1.7976931348623157e308],
  [-1.7976931348623157e308, 2, -1.7976931348623157e308],
  [Number.POSITIVE_INFINITY, 4, Number.POSITIVE_INFINITY],
])('%p to %p figures is %p', (value, digits, expected) => {
  expect(significant(value, digits)).toBe(expected);
});
