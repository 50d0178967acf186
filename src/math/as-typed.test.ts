import { expect, test } from '@jest/globals';
import { asTyped } from './as-typed.ts';

test.each([
  ['\u22120.1', '-0.1'],
  ['1e\u20133', '1e-3'],
  ['“sin(5*x)*y”', 'sin(5*x)*y'],
  ['‘relu’', 'relu'],
  ['０．０１', '0.01'],
  ['0.1,\u00a00.2', '0.1, 0.2'],
  ['2×x·y', '2*x*y'],
  ['x²+y³', 'x^2+y^3'],
  ['1…5', '1..5'],
])('%j is typed as %j', (text, typed) => {
  expect(asTyped(text)).toBe(typed);
});

test.each(['', '-0.1', "'x'", '"x"', 'max(x, y^2) <= 1 ? 2 : 3', 'a..b'])('%j stays', (text) => {
  expect(asTyped(text)).toBe(text);
});
