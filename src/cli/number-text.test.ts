import { expect, test } from '@jest/globals';
import { deviationText, digitsText } from './number-text.ts';

test.each([
  [0.053, 3, '0.0530'],
  [0.6295, 3, '0.629'],
  [-0.000641, 2, '-0.00064'],
  [0.92691, 3, '0.927'],
  [1, 3, '1.00'],
  [99.96, 3, '100'],
  [1234.5, 3, '1235'],
  [1.234e7, 3, '1.23e7'],
  [-1.2e-7, 2, '-1.2e-7'],
  [0, 3, '0'],
])('%p with %i digits is %s', (value, digits, text) => {
  expect(digitsText(value, digits)).toBe(text);
});

test.each([
  [0.05312, 0.00123, '0.0531±0.0012'],
  [0.92691, 0.00004, '0.927±4e-5'],
  [0.5, 0, '0.500±0'],
  [12.3, 4.56, '12.3±4.6'],
  [1234, 56.7, '1234±57'],
  [1.2e-7, 3.4e-8, '1.20e-7±3.4e-8'],
  [0.05, 2e9, '0.0500±2e9'],
])('%p ± %p is %s', (mean, deviation, text) => {
  expect(deviationText(mean, deviation, 3)).toBe(text);
});
