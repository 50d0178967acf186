import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { inputsOf, polynomialFeatures, polynomialTerms, termCount } from './polynomial.ts';

function traceTerms(name: string): { degree: number; terms: [number, number][] } {
  const file = new URL(`../../data/fixtures/traces/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).model;
}

describe('polynomialTerms', () => {
  test.each(['ols-closed-form', 'ridge-closed-form'])('has the order of the recorded run %s', (name) => {
    const { degree, terms } = traceTerms(name);
    expect(polynomialTerms(degree, 'total', 2)).toEqual(terms);
  });

  test('product: all pairs, the power of y in the outer loop', () => {
    expect(polynomialTerms(1, 'product', 2)).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
  });

  test.each([
    [1, 0],
    [1, 40],
    [2, 0],
    [2, 1],
    [2, 14],
    [3, 5],
    [4, 3],
    [30, 2],
  ])('in %i inputs of degree %i there are as many terms as the formulas say, each once', (inputs, d) => {
    const total = polynomialTerms(d, 'total', inputs);
    // Multisets of at most d of the inputs, counted one by one in Pascal's triangle.
    let row = [1n];
    for (let n = 0; n < inputs + d; n++) row = [1n, ...row.slice(1).map((value, k) => value + row[k]), 1n];
    expect(total).toHaveLength(Number(row[d]));
    expect(termCount(d, 'total', inputs)).toBe(total.length);
    expect(new Set(total.map(String)).size).toBe(total.length);
    expect(total.every((term) => term.length === inputs && sum(term) <= d)).toBe(true);
    expect(total[0]).toEqual(Array.from({ length: inputs }, () => 0));
    if (d > 0) expect(inputsOf(total.length, d, 'total')).toBe(inputs);
    if (inputs > 4) return;
    const product = polynomialTerms(d, 'product', inputs);
    expect(product).toHaveLength((d + 1) ** inputs);
    expect(termCount(d, 'product', inputs)).toBe(product.length);
    expect(new Set(product.map(String)).size).toBe(product.length);
    expect(product.filter((term) => sum(term) <= d)).toEqual(total);
    if (d > 0) expect(inputsOf(product.length, d, 'product')).toBe(inputs);
  });

  test('in three inputs of degree 2 their order is that of two, for each power of the third', () => {
    expect(polynomialTerms(2, 'total', 3)).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [2, 0, 0],
      [0, 1, 0],
      [1, 1, 0],
      [0, 2, 0],
      [0, 0, 1],
      [1, 0, 1],
      [0, 1, 1],
      [0, 0, 2],
    ]);
    expect(polynomialTerms(3, 'total', 1)).toEqual([[0], [1], [2], [3]]);
  });
});

const sum = (term: readonly number[]): number => term.reduce((total, power) => total + power, 0);

describe('polynomialFeatures', () => {
  test('has x^i y^j in row n, column [i, j]', () => {
    const features = polynomialFeatures(Float64Array.of(2, 3, -1, 0.5), polynomialTerms(2, 'total', 2));
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

  test('of one input are its powers, of three the products of theirs', () => {
    expect(
      Array.from(polynomialFeatures(Float64Array.of(2, -3), polynomialTerms(3, 'total', 1)).data),
    ).toEqual([1, 2, 4, 8, 1, -3, 9, -27]);
    const row = Float64Array.of(0.1, 0.7, -3);
    expect(Array.from(polynomialFeatures(row, [[2, 1, 3]]).data)).toEqual([0.1 * 0.1 * 0.7 * (-3 * -3 * -3)]);
  });

  // sklearn.preprocessing.PolynomialFeatures 1.2.1 of one row of 2 and 4 inputs; its order is another.
  test('are those of scikit-learn', () => {
    const row = Float64Array.of(0.5, -1.25, 2, 0.75);
    const own = polynomialFeatures(row, polynomialTerms(2, 'total', 4)).data;
    const sklearn = [
      ...[1, 0.5, -1.25, 2, 0.75, 0.25, -0.625, 1, 0.375, 1.5625, -2.5, -0.9375, 4, 1.5, 0.5625],
    ];
    expect([...own].sort()).toEqual(sklearn.sort());
  });

  test('inputs that are not pairs are a UserError', () => {
    expect(() => polynomialFeatures(new Float64Array(3), polynomialTerms(1, 'total', 2))).toThrow(UserError);
  });
});
