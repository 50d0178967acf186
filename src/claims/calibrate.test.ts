import { expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { calibrate } from './calibrate.ts';
import type { NumberClaim } from './claims.ts';

// The short form of `fys-nn verify --calibrate`, on runs that are made up: errors of a figure that vary together.

const seeds = 56;
const cells = 5;

function numbers() {
  const rng = createRng(11, 'verdicts');
  const common = Array.from({ length: seeds }, () => rng.normal());
  return Array.from({ length: cells }, (_, cell) => {
    const level = 0.05 * 1.8 ** cell;
    const draw = (seed: number) => level * Math.exp(0.1 * (0.8 * common[seed] + 0.6 * rng.normal()));
    const claim: NumberClaim = {
      ...{ id: `n${cell}`, kind: 'number', where: 'here', says: 'an error', figure: 'F' },
      ...{ experiment: 'ffnn', statistic: 'test_mse', value: level, significantDigits: 2 },
    };
    const values = common.map((_, seed) => draw(seed));
    return { claim, values, other: values.map((value) => 3 * value) };
  });
}

test('honest reports are rarely contradicted, planted errors are found', () => {
  const rows = new Map(calibrate(numbers(), 0.95).map((row) => [row.reports, row.contradicted / row.count]));
  expect(rows.get('honest: another seed')).toBeLessThanOrEqual(0.13); // 5 % and 2.7 standard errors
  const found = [3, 4, 6, 8].map((shift) => rows.get(`one number shifted by ${shift} sd`)!);
  expect(found).toEqual([...found].sort((a, b) => a - b));
  expect(found[2]).toBeGreaterThan(0.9);
  expect(rows.get('F from the other reading')).toBe(1);
  expect(rows.get('one number replaced by its neighbour')).toBeGreaterThan(0.8);
  expect(rows.get('the two digits of one number swapped')).toBeGreaterThan(0.3);
});

test('too few seeds for the last look are refused', () => {
  const few = numbers().map((one) => ({ ...one, values: one.values.slice(0, 50) }));
  expect(() => calibrate(few, 0.95)).toThrow(RangeError);
});
