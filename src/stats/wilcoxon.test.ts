import { describe, expect, test } from '@jest/globals';
import { pairedPValue } from './wilcoxon.ts';

/** The p-value by writing out all signs. */
function byEnumeration(differences: readonly number[]): number {
  const present = differences.filter((difference) => difference !== 0).map(Math.abs);
  const rank = (value: number) =>
    present.filter((other) => other < value).length +
    (present.filter((other) => other === value).length + 1) / 2;
  const signed = differences.filter((difference) => difference > 0).reduce((sum, d) => sum + rank(d), 0);
  const total = present.reduce((sum, value) => sum + rank(value), 0);
  const smaller = Math.min(signed, total - signed);
  let count = 0;
  for (let signs = 0; signs < 2 ** present.length; signs++) {
    const sum = present.reduce((partial, value, i) => partial + ((signs >> i) & 1 ? rank(value) : 0), 0);
    if (sum <= smaller) count++;
  }
  return Math.min(1, (2 * count) / 2 ** present.length);
}

describe('pairedPValue', () => {
  test('without ties is what SciPy gives exactly', () => {
    // differences 1 .. 8, of which -1, -3 and -4 are negative: W = 8
    expect(pairedPValue([0, 2, 0, 0, 5, 6, 7, 8], [1, 0, 3, 4, 0, 0, 0, 0])).toBeCloseTo(0.1953125, 14);
  });

  test('with ties and equal pairs is the enumeration of all signs', () => {
    const a = [125, 115, 130, 140, 140, 115, 140, 125, 140, 135];
    const b = [110, 122, 125, 120, 140, 124, 123, 137, 135, 145];
    expect(pairedPValue(a, b)).toBeCloseTo(0.6328125, 14);
    const c = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    const d = [1.5, 1, 2, 5, 3, 4, 6, 9, 7, 8, 8, 10];
    expect(pairedPValue(c, d)).toBeCloseTo(byEnumeration(c.map((value, i) => value - d[i])), 14);
  });

  test('five seeds cannot go below 2^-4, twenty can', () => {
    const zeros = (n: number) => new Array<number>(n).fill(0);
    const ascending = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
    expect(pairedPValue(ascending(5), zeros(5))).toBeCloseTo(1 / 16, 14);
    expect(pairedPValue(ascending(20), zeros(20)) * 2 ** 19).toBeCloseTo(1, 12);
    expect(pairedPValue(ascending(200), zeros(200))).toBeGreaterThan(0);
  });

  test('does not depend on which cell is named first', () => {
    const a = [3, 1, 4, 1, 5, 9, 2, 6];
    const b = [2, 7, 1, 8, 2, 8, 1, 8];
    expect(pairedPValue(a, b)).toBe(pairedPValue(b, a));
  });

  test('equal cells are tied; a diverged one is the larger', () => {
    const infinity = Number.POSITIVE_INFINITY;
    expect(pairedPValue([1, 2, infinity], [1, 2, infinity])).toBe(1);
    expect(pairedPValue([], [])).toBe(1);
    expect(pairedPValue([infinity, infinity, 5], [1, 2, 3])).toBe(0.25);
  });

  test('refuses what is no pair', () => {
    expect(() => pairedPValue([1], [1, 2])).toThrow(RangeError);
    expect(() => pairedPValue([1], [Number.NaN])).toThrow(RangeError);
  });
});
