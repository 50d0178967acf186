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

  /** i with the sign of a quadratic residue or not: no ties. */
  const byResidue = (n: number) =>
    Array.from({ length: n }, (_, k) => ((k + 1) ** 2 % 7 < 3 ? k + 1 : -(k + 1)));
  const alternating = (n: number) => Array.from({ length: n }, (_, k) => (k % 2 === 0 ? k + 1 : -(k + 1)));
  /** Whole numbers from -27 to 33: ties of both signs, and pairs that are equal. */
  const tied = (n: number) => Array.from({ length: n }, (_, k) => (((k + 1) * 7919) % 61) - 27);
  const p = (differences: readonly number[]) =>
    pairedPValue(differences, new Array(differences.length).fill(0));

  // scipy.stats.wilcoxon(differences, method='exact').pvalue, SciPy 1.10.1
  test.each([
    [20, 0.1230926513671875],
    [50, 0.003913313547160513],
    [100, 0.0002352339025390202],
    [300, 6.280438751330911e-11],
  ])('is exact for %i pairs', (n, expected) => {
    expect(p(byResidue(n)) / expected).toBeCloseTo(1, 11);
  });

  // scipy.stats.wilcoxon(differences, method='approx', correction=True, zero_method='wilcox').pvalue, SciPy 1.10.1
  test.each<[string, number, (n: number) => number[], number]>([
    ['no ties', 301, byResidue, 9.624393390266592e-11],
    ['no ties', 2000, byResidue, 1.2000244676605073e-61],
    ['no ties', 301, alternating, 0.9604193127640643],
    ['no ties', 5000, alternating, 0.9902335674642548],
    ['ties', 400, tied, 0.0011062406861897188],
    ['ties', 2000, tied, 2.389604436713419e-13],
    ['ties', 5000, tied, 5.24983118529818e-31],
  ])('with %s and %i pairs is the normal approximation of SciPy', (_, n, differencesOf, expected) => {
    expect(p(differencesOf(n)) / expected).toBeCloseTo(1, 10);
  });

  test('the approximation continues the exact p-values, and in the tail is on their large side', () => {
    // exact: scipy.stats.wilcoxon(alternating(301), method='exact').pvalue
    expect(p(alternating(301))).toBeCloseTo(0.9604783364417048, 3);
    // exact: scipy.stats.wilcoxon(byResidue(301), method='exact').pvalue
    expect(p(byResidue(301))).toBeGreaterThan(3.8727224157417006e-11);
    const infinity = new Array<number>(400).fill(Number.POSITIVE_INFINITY);
    expect(pairedPValue(infinity, infinity)).toBe(1);
    expect(pairedPValue(infinity, tied(400))).toBeLessThan(1e-60);
  });

  test('thousands of pairs are ranked as few are', () => {
    const many = 200_000;
    expect(p([...alternating(many), 1])).toBeGreaterThan(0.9);
    expect(p(new Array(many).fill(1))).toBe(0);
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
