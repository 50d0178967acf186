import { expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { adjustedOverFamilies } from './family-shares.ts';

const singles = (pValues: readonly number[]) => adjustedOverFamilies(pValues.map((p) => [p])).map(([p]) => p);

// R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
test("families of one are Holm's own procedure, in the order given", () => {
  const adjusted = singles([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((expected, i) => {
    expect(adjusted[i]).toBeCloseTo(expected, 12);
  });
});

test('never above 1, and never smaller for a larger p-value', () => {
  expect(singles([0.5, 0.9, 1])).toEqual([1, 1, 1]);
  const pValues = [0.2, 0.001, 0.04, 0.0004, 0.04, 0.9, 0.011];
  const adjusted = singles(pValues);
  for (const [i, p] of pValues.entries()) {
    for (const [j, q] of pValues.entries()) if (p <= q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]);
    expect(adjusted[i]).toBeGreaterThanOrEqual(p);
  }
});

test('of one and of none', () => {
  expect(adjustedOverFamilies([[0.3]])).toEqual([[0.3]]);
  expect(adjustedOverFamilies([])).toEqual([]);
});

test('a family hands its level on once all of it is rejected, and not before', () => {
  const [[first, second], [other]] = adjustedOverFamilies([[0.001, 0.5], [0.03]]);
  expect(first).toBeCloseTo(0.0015, 12); // 3/2 of it
  expect(second).toBeCloseTo(0.5, 12); // last in order, so the other has handed on what it had
  expect(other).toBeCloseTo(0.09, 12); // three times
  const [[, last], [after]] = adjustedOverFamilies([[0.001, 0.02], [0.03]]);
  expect(last).toBeCloseTo(0.03, 12);
  expect(after).toBeCloseTo(0.03, 12);
});

test('with one false hypothesis in each family, true ones are rejected in at most 5 % of samples', () => {
  const rng = createRng(4, 'verdicts');
  const samples = 4000;
  let wrong = 0;
  for (let sample = 0; sample < samples; sample++) {
    // Two hypotheses per family, adjusted within it (Bonferroni); the first is false beyond doubt.
    const families = Array.from({ length: 5 }, () => [0, rng.uniform()]);
    if (adjustedOverFamilies(families).some(([, p]) => p <= 0.05)) wrong++;
  }
  // Handing on the level of families that are rejected in part only would give 11 %.
  expect(wrong / samples).toBeLessThan(0.06);
});
