import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { type Matrix, matrix, multiplyVector } from '../math/matrix.ts';
import { createRng } from '../math/rng.ts';
import { elasticNet } from './coordinate-descent.ts';
import { ridge } from './least-squares.ts';
import { polynomialFeatures, polynomialTerms } from './polynomial.ts';

interface Fixture {
  readonly points: number[][];
  readonly targets: number[];
  readonly degree: number;
  readonly minima: { readonly lambda: number; readonly l1: number; readonly coefficients: number[] }[];
}

const usual = { l2: 0, tolerance: 1e-13, maxSweeps: 10_000 };

function random(rows: number, columns: number, seed: number): { x: Matrix; y: Float64Array } {
  const rng = createRng(seed, 'data');
  const x = matrix(rows, columns);
  for (let i = 0; i < x.data.length; i++) x.data[i] = rng.normal();
  return { x, y: Float64Array.from({ length: rows }, () => rng.normal()) };
}

/** The largest violation of the optimality conditions, computed from their definition. */
function violationOf(x: Matrix, y: Float64Array, beta: Float64Array, l1: number, l2 = 0): number {
  const fitted = multiplyVector(x, beta);
  let most = 0;
  for (let d = 0; d < x.columns; d++) {
    let slope = 2 * l2 * beta[d];
    for (let n = 0; n < x.rows; n++) slope += 2 * x.data[n * x.columns + d] * (fitted[n] - y[n]);
    const violation =
      beta[d] === 0 ? Math.max(0, Math.abs(slope) - l1) : Math.abs(slope + l1 * Math.sign(beta[d]));
    most = Math.max(most, violation);
  }
  return most;
}

test("the coefficients are scikit-learn's, on ill-conditioned polynomials of degree 14", async () => {
  const fixture: Fixture = JSON.parse(await readFile('data/fixtures/lasso/scikit-learn.json', 'utf8'));
  const { points, targets, degree, minima } = fixture;
  const x = polynomialFeatures(Float64Array.from(points.flat()), polynomialTerms(degree, 'total', 2));
  const y = Float64Array.from(targets);
  for (const { lambda, l1, coefficients } of minima) {
    const { beta, converged, sweeps } = elasticNet(x, y, { ...usual, l2: lambda * x.rows, l1: l1 * x.rows });
    expect(converged).toBe(true);
    expect(sweeps).toBeLessThan(100);
    for (const [d, value] of coefficients.entries()) expect(Math.abs(beta[d] - value)).toBeLessThan(1e-8);
    expect([...beta].map((value) => value !== 0)).toEqual(coefficients.map((value) => value !== 0));
  }
});

test('of orthogonal columns, each coefficient is its own soft threshold', () => {
  // Columns (1, 1, 0, 0) and (0, 0, 2, 0): x'y is 4 and 2, half the penalty 1.
  const x = matrix(4, 2, Float64Array.of(1, 0, 1, 0, 0, 2, 0, 0));
  const y = Float64Array.of(1, 3, 1, 9);
  expect([...elasticNet(x, y, { ...usual, l1: 2 }).beta]).toEqual([(4 - 1) / 2, (2 - 1) / 4]);
  expect([...elasticNet(x, y, { ...usual, l1: 2, l2: 2 }).beta]).toEqual([
    (4 - 1) / (2 + 2),
    (2 - 1) / (4 + 2),
  ]);
  expect([...elasticNet(x, y, { ...usual, l1: 5 }).beta]).toEqual([0.75, 0]);
});

test('a penalty of 2 max |x_d y| or more gives zeros at once, a little less does not', () => {
  const { x, y } = random(9, 5, 1);
  const columns = Array.from({ length: 5 }, (_, d) =>
    y.reduce((sum, one, n) => sum + one * x.data[5 * n + d], 0),
  );
  const least = 2 * Math.max(...columns.map(Math.abs));
  const all = elasticNet(x, y, { ...usual, l1: 1.0000001 * least });
  expect(all).toEqual({ beta: new Float64Array(5), sweeps: 0, converged: true });
  const some = elasticNet(x, y, { ...usual, l1: 0.999 * least }).beta;
  expect(some.filter((value) => value !== 0)).toHaveLength(1);
});

describe('every size ends at the minimum', () => {
  test.each([
    [1, 1],
    [1, 7],
    [7, 1],
    [40, 13],
    [13, 40],
    [9, 9],
  ])('%s rows, %s columns', (rows, columns) => {
    for (const l1 of [1e-6, 0.01, 1]) {
      for (const l2 of [0, 1e-3, 2]) {
        const { x, y } = random(rows, columns, 100 * rows + columns);
        const { beta, converged } = elasticNet(x, y, { ...usual, l1, l2 });
        expect(converged).toBe(true);
        expect(violationOf(x, y, beta, l1, l2)).toBeLessThan(1e-10);
        // Without l2, columns with a coefficient are independent.
        if (l2 === 0) expect(beta.filter((value) => value !== 0).length).toBeLessThanOrEqual(rows);
      }
    }
  });
});

test('with an L1 part near 0 it is ridge regression', async () => {
  const { x, y } = random(30, 8, 5);
  const { beta } = elasticNet(x, y, { ...usual, l2: 3, l1: 1e-12 });
  const expected = await ridge(x, y, 3);
  for (const [d, value] of expected.entries()) expect(beta[d]).toBeCloseTo(value, 11);
});

test('equal columns have one coefficient; columns of zeros and of ones are no exception', () => {
  const { x: own, y } = random(20, 2, 6);
  const x = matrix(20, 5);
  for (let n = 0; n < 20; n++) {
    const [a, b] = own.data.subarray(2 * n);
    x.data.set([0, 1, a, a, b], 5 * n);
  }
  const { beta, converged } = elasticNet(x, y, { ...usual, l1: 0.5 });
  expect(converged).toBe(true);
  expect(beta[0]).toBe(0);
  expect([beta[2], beta[3]].filter((value) => value !== 0).length).toBeLessThanOrEqual(1);
  expect(violationOf(x, y, beta, 0.5)).toBeLessThan(1e-10);
});

test('of values that are not finite, or whose squares are not, all coefficients are NaN', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e200]) {
    const { x, y } = random(6, 3, 7);
    x.data[4] = value;
    const fitted = elasticNet(x, y, { ...usual, l1: 1 });
    expect(fitted).toEqual({ beta: new Float64Array(3).fill(Number.NaN), sweeps: 0, converged: false });
    const other = random(6, 3, 7);
    other.y[2] = value;
    expect(elasticNet(other.x, other.y, { ...usual, l1: 1 }).beta.every(Number.isNaN)).toBe(true);
  }
});

test('it says that it has not converged', () => {
  const { x, y } = random(30, 25, 8);
  expect(elasticNet(x, y, { ...usual, l1: 0.01, maxSweeps: 1 })).toMatchObject({
    sweeps: 1,
    converged: false,
  });
});
