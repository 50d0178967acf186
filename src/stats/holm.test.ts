import { expect, test } from '@jest/globals';
import { holm } from './holm.ts';

test("Holm's own procedure, in the order given", () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  expect(adjusted).toHaveLength(4);
  [0.03, 0.06, 0.06, 0.02].forEach((expected, i) => {
    expect(adjusted[i]).toBeCloseTo(expected, 12);
  });
});

test('never above 1, and never smaller for a larger p-value', () => {
  expect(holm([0.5, 0.9, 1])).toEqual([1, 1, 1]);
  const pValues = [0.2, 0.001, 0.04, 0.0004, 0.04, 0.9, 0.011];
  const adjusted = holm(pValues);
  for (const [i, p] of pValues.entries()) {
    for (const [j, q] of pValues.entries()) if (p <= q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]);
    expect(adjusted[i]).toBeGreaterThanOrEqual(p);
  }
});

test('of one and of none', () => {
  expect(holm([0.3])).toEqual([0.3]);
  expect(holm([])).toEqual([]);
});
