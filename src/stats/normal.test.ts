import { expect, test } from '@jest/globals';
import { normalQuantile } from './normal.ts';

test('normalQuantile has the table values', () => {
  expect(normalQuantile(0.5)).toBeCloseTo(0, 12);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
  expect(normalQuantile(1e-6)).toBeCloseTo(-4.753424308822899, 10);
});
