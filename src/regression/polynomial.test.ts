import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { polynomialFeatures, polynomialTerms } from './polynomial.ts';

function traceTerms(name: string): { degree: number; terms: [number, number][] } {
  const file = new URL(`../../data/fixtures/traces/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).model;
}

describe('polynomialTerms', () => {
  test.each(['ols-closed-form', 'ridge-closed-form'])('has the order of the recorded run %s', (name) => {
    const { degree, terms } = traceTerms(name);
    expect(polynomialTerms(degree, 'total')).toEqual(terms);
  });

  test('product: all pairs, the power of y in the outer loop', () => {
    expect(polynomialTerms(1, 'product')).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
  });

  test.each([0, 1, 5, 14])('degree %i has as many terms as the formulas say', (d) => {
    expect(polynomialTerms(d, 'total')).toHaveLength(((d + 1) * (d + 2)) / 2);
    expect(polynomialTerms(d, 'product')).toHaveLength((d + 1) ** 2);
    expect(new Set(polynomialTerms(d, 'product').map(String)).size).toBe((d + 1) ** 2);
  });
});

describe('polynomialFeatures', () => {
  test('has x^i y^j in row n, column [i, j]', () => {
    const features = polynomialFeatures(Float64Array.of(2, 3, -1, 0.5), polynomialTerms(2, 'total'));
    expect(features.rows).toBe(2);
    expect(features.columns).toBe(6);
    // 1, x, x^2, y, x y, y^2
    expect(Array.from(features.data)).toEqual([1, 2, 4, 3, 6, 9, 1, -1, 1, 0.5, -0.5, 0.25]);
  });

  test('powers are repeated products, also at 0 and in any order of terms', () => {
    const features = polynomialFeatures(Float64Array.of(0, 0.1), [
      [0, 5],
      [0, 0],
      [3, 1],
    ]);
    expect(Array.from(features.data)).toEqual([0.1 * 0.1 * 0.1 * 0.1 * 0.1, 1, 0]);
  });

  test('inputs that are not pairs are a UserError', () => {
    expect(() => polynomialFeatures(new Float64Array(3), polynomialTerms(1, 'total'))).toThrow(UserError);
  });
});
