import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Matrix, matrix, multiplyVector } from '../math/matrix.ts';
import { createRng } from '../math/rng.ts';
import { meanSquaredError, r2Score } from '../stats/metrics.ts';
import { leastSquares, ridge } from './least-squares.ts';
import { polynomialFeatures, polynomialTerms } from './polynomial.ts';

function normalVector(length: number, seed: number): Float64Array {
  const rng = createRng(seed, 'data');
  return Float64Array.from({ length }, () => rng.normal());
}

function normalMatrix(rows: number, columns: number, seed: number): Matrix {
  return matrix(rows, columns, normalVector(rows * columns, seed));
}

function transpose({ rows, columns, data }: Matrix): Matrix {
  return matrix(
    columns,
    rows,
    Float64Array.from(data, (_, k) => data[(k % rows) * columns + Math.floor(k / rows)]),
  );
}

function multiply(a: Matrix, b: Matrix): Matrix {
  const columns = transpose(b);
  const product = matrix(a.rows, b.columns);
  for (let j = 0; j < b.columns; j++) {
    const column = multiplyVector(a, columns.data.slice(j * b.rows, (j + 1) * b.rows));
    for (let i = 0; i < a.rows; i++) product.data[i * b.columns + j] = column[i];
  }
  return product;
}

const minus = (a: Float64Array, b: Float64Array) => a.map((value, i) => value - b[i]);
const largest = (v: Float64Array) => v.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
const norm = (v: Float64Array) => Math.hypot(...v);

/** Half the gradient of |y - X beta|^2 + penalty |beta|^2: X'(X beta - y) + penalty beta. */
function gradient(x: Matrix, y: Float64Array, beta: Float64Array, penalty: number): Float64Array {
  const pull = multiplyVector(transpose(x), minus(multiplyVector(x, beta), y));
  return pull.map((value, d) => value + penalty * beta[d]);
}

describe('the recorded closed forms', () => {
  test.each(['ols-closed-form', 'ridge-closed-form'])('%s', async (name) => {
    const file = new URL(`../../data/fixtures/traces/${name}.json`, import.meta.url);
    const { data, model, expect: recorded } = JSON.parse(readFileSync(file, 'utf8'));
    const flat = (rows: number[][]) => Float64Array.from(rows.flat());
    const terms = polynomialTerms(model.degree, 'total', 2);
    const beta = await ridge(polynomialFeatures(flat(data.x_train), terms), flat(data.y_train), model.l2);
    const output = multiplyVector(polynomialFeatures(flat(data.x_test), terms), beta);
    const targets = flat(data.y_test);
    expect(largest(minus(output, flat(recorded.test_output)))).toBeLessThan(1e-12);
    expect(Math.abs(meanSquaredError(targets, output) / recorded.test_loss - 1)).toBeLessThan(1e-12);
    expect(Math.abs(r2Score(targets, output) / recorded.test_r2 - 1)).toBeLessThan(1e-12);
  });
});

describe('leastSquares', () => {
  test('finds the coefficients of exact data', async () => {
    const x = normalMatrix(40, 7, 1);
    const beta = normalVector(7, 2);
    const found = await leastSquares(x, multiplyVector(x, beta));
    expect(largest(minus(found, beta))).toBeLessThan(1e-13);
  });

  test('leaves a residual orthogonal to every column', async () => {
    const x = normalMatrix(60, 12, 3);
    const y = normalVector(60, 4);
    expect(largest(gradient(x, y, await leastSquares(x, y), 0))).toBeLessThan(1e-12);
  });

  test('solves 1 x 1 and D = N exactly', async () => {
    expect((await leastSquares(matrix(1, 1, Float64Array.of(4)), Float64Array.of(10)))[0]).toBeCloseTo(
      2.5,
      15,
    );
    const x = normalMatrix(9, 9, 5);
    const y = normalVector(9, 6);
    expect(largest(minus(multiplyVector(x, await leastSquares(x, y)), y))).toBeLessThan(1e-11);
  });

  test("a wide matrix: fits exactly, with the norm of X+ y = X'(XX')^-1 y", async () => {
    const x = normalMatrix(8, 20, 7);
    const y = normalVector(8, 8);
    const beta = await leastSquares(x, y);
    expect(beta).toHaveLength(20);
    expect(largest(minus(multiplyVector(x, beta), y))).toBeLessThan(1e-12);
    // independently: the square system (XX') z = y, then X'z
    const z = await leastSquares(multiply(x, transpose(x)), y);
    expect(largest(minus(beta, multiplyVector(transpose(x), z)))).toBeLessThan(1e-11);
  });

  test.each([
    ['tall', 30, 10, 4],
    ['wide', 10, 30, 4],
    ['square', 12, 12, 5],
  ])(
    'a %s matrix of low rank: least squares, and orthogonal to the null space',
    async (_, rows, columns, rank) => {
      const right = normalMatrix(rank, columns, 10);
      const x = multiply(normalMatrix(rows, rank, 9), right);
      const y = normalVector(rows, 11);
      const beta = await leastSquares(x, y);
      expect(largest(gradient(x, y, beta, 0))).toBeLessThan(1e-11);
      // the minimum-norm solution lies in the row space: projecting on it changes nothing
      const rowSpace = transpose(right);
      const projected = multiplyVector(rowSpace, await leastSquares(rowSpace, beta));
      expect(largest(minus(projected, beta))).toBeLessThan(1e-12);
      // and any other solution is longer
      const direction = normalVector(columns, 12);
      const inRowSpace = multiplyVector(rowSpace, await leastSquares(rowSpace, direction));
      const other = beta.map((value, d) => value + 0.1 * (direction[d] - inRowSpace[d]));
      expect(largest(gradient(x, y, other, 0))).toBeLessThan(1e-11);
      expect(norm(other)).toBeGreaterThan(norm(beta));
    },
  );

  test('two equal columns share their coefficient; a column of zeros gets none', async () => {
    const x = matrix(3, 3, Float64Array.of(1, 1, 0, 2, 2, 0, 3, 3, 0));
    const beta = await leastSquares(x, Float64Array.of(2, 4, 6));
    expect(beta[0]).toBeCloseTo(1, 14);
    expect(beta[1]).toBeCloseTo(1, 14);
    expect(beta[2]).toBeCloseTo(0, 14);
  });

  test('a matrix of zeros gives zeros', async () => {
    expect(await leastSquares(matrix(3, 2), Float64Array.of(1, 2, 3))).toEqual(new Float64Array(2));
  });

  test('counts singular values as 0 up to eps max(N, D) s_max, and no further', async () => {
    const limit = 2 * Number.EPSILON;
    const diagonal = (small: number) => matrix(2, 2, Float64Array.of(1, 0, 0, small));
    const y = Float64Array.of(1, 1);
    expect((await leastSquares(diagonal(limit), y))[1]).toBe(0);
    expect((await leastSquares(diagonal(2 * limit), y))[1] * 2 * limit).toBeCloseTo(1, 12);
  });

  test.each([5e-324, 1e-310, 1e-160, 1e160, 1e308])(
    'features and targets of size %p give the coefficients that those of size 1 give',
    async (size) => {
      const x = matrix(8, 2, new Float64Array(16).fill(size));
      const y = new Float64Array(8).fill(size);
      for (const value of await leastSquares(x, y)) expect(value).toBeCloseTo(0.5, 12);
    },
  );

  test('refuses targets of another number than the rows', async () => {
    await expect(leastSquares(normalMatrix(4, 2, 1), new Float64Array(3))).rejects.toThrow(/4 rows .* 3/);
  });
});

describe('ridge', () => {
  test.each([
    ['tall', 40, 8],
    ['wide', 8, 40],
    ['square', 15, 15],
  ])('the gradient is 0 at the solution of a %s problem', async (_, rows, columns) => {
    const x = normalMatrix(rows, columns, 13);
    const y = normalVector(rows, 14);
    for (const penalty of [1e-6, 0.01, 1, 100]) {
      const beta = await ridge(x, y, penalty);
      expect(largest(gradient(x, y, beta, penalty))).toBeLessThan(1e-11);
    }
  });

  test('is least squares on the rows sqrt(penalty) I beside X', async () => {
    const x = normalMatrix(20, 5, 15);
    const y = normalVector(20, 16);
    const penalty = 0.7;
    const stacked = matrix(25, 5);
    stacked.data.set(x.data);
    for (let d = 0; d < 5; d++) stacked.data[(20 + d) * 5 + d] = Math.sqrt(penalty);
    const targets = new Float64Array(25);
    targets.set(y);
    expect(largest(minus(await ridge(x, y, penalty), await leastSquares(stacked, targets)))).toBeLessThan(
      1e-14,
    );
  });

  test('shrinks as the penalty grows, and penalty 0 is least squares', async () => {
    const x = normalMatrix(20, 6, 17);
    const y = normalVector(20, 18);
    const free = await leastSquares(x, y);
    expect(await ridge(x, y, 0)).toEqual(free);
    let last = norm(free);
    for (const penalty of [0.1, 1, 10, 1e6]) {
      const length = norm(await ridge(x, y, penalty));
      expect(length).toBeLessThan(last);
      last = length;
    }
    expect(last).toBeLessThan(1e-3);
  });

  test.each([
    [5e-324, 1, 0],
    [1e-160, 8e-320, 0.5],
    [1e160, 1, 1],
    [1e308, 1, 1],
  ])(
    'eight features and targets of size %p with penalty %p: 8 x^2 / (8 x^2 + penalty)',
    async (size, penalty, b) => {
      const column = new Float64Array(8).fill(size);
      expect((await ridge(matrix(8, 1, column), column, penalty))[0]).toBeCloseTo(b, 3);
      const zeros = await ridge(
        matrix(
          8,
          2,
          Float64Array.from({ length: 16 }, (_, i) => (i % 2) * size),
        ),
        column,
        penalty,
      );
      expect(Array.from(zeros)).toEqual([0, expect.closeTo(b, 3)]);
    },
  );

  test('a rank-deficient X needs no special case', async () => {
    const beta = await ridge(matrix(2, 2, Float64Array.of(1, 1, 1, 1)), Float64Array.of(1, 1), 1);
    // by symmetry a = b, and 4a - 2 + a = 0
    expect(beta[0]).toBeCloseTo(0.4, 14);
    expect(beta[1]).toBeCloseTo(0.4, 14);
  });
});

describe('what goes beyond the range of numbers', () => {
  const solvers: [string, (x: Matrix, y: Float64Array) => Promise<Float64Array>][] = [
    ['least squares', leastSquares],
    ['ridge', (x, y) => ridge(x, y, 1e-3)],
  ];
  const allFinite = (values: Float64Array) => values.every(Number.isFinite);

  test.each(solvers)(
    '%s: NaN or an infinity among features or targets gives no finite coefficient',
    async (_, solve) => {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        for (const place of [0, 1, 5]) {
          const values = normalVector(6, 21);
          values[place] = bad;
          const nothing = new Float64Array(2).fill(Number.NaN);
          expect(await solve(matrix(3, 2, values), normalVector(3, 22))).toEqual(nothing);
          expect(await solve(normalMatrix(6, 2, 23), values)).toEqual(nothing);
        }
      }
    },
  );

  test.each(solvers)('%s: powers that overflow give no finite coefficient', async (_, solve) => {
    const inputs = normalVector(100, 24).map((value) => 1e10 * value);
    const features = polynomialFeatures(inputs, polynomialTerms(40, 'total', 2));
    expect(allFinite(features.data)).toBe(false);
    expect((await solve(features, normalVector(50, 25))).some(Number.isFinite)).toBe(false);
  });

  test('coefficients that overflow are not finite', async () => {
    const tiny = normalMatrix(9, 3, 26);
    for (let i = 0; i < tiny.data.length; i++) tiny.data[i] *= 1e-200;
    const huge = normalVector(9, 27).map((value) => 1e200 * value);
    expect(allFinite(await leastSquares(tiny, huge))).toBe(false);
    // A penalty far above the features' squares keeps them in range: X'y / penalty.
    expect(largest(await ridge(tiny, huge, 1))).toBeLessThan(100);
  });

  test.each(solvers)('%s: targets of 1e200 give finite coefficients, whose loss is not', async (_, solve) => {
    const x = normalMatrix(9, 3, 28);
    const y = normalVector(9, 29).map((value) => 1e200 * value);
    const beta = await solve(x, y);
    expect(allFinite(beta)).toBe(true);
    expect(largest(beta)).toBeGreaterThan(1e199);
    expect(meanSquaredError(y, multiplyVector(x, beta))).toBe(Number.POSITIVE_INFINITY);
  });

  test.each(solvers)(
    '%s: features of 1e200 and degree 40 that stay in range are fitted',
    async (_, solve) => {
      const x = normalMatrix(9, 3, 30);
      const y = normalVector(9, 31);
      const beta = await solve(
        matrix(
          9,
          3,
          x.data.map((value) => 1e200 * value),
        ),
        y,
      );
      const own = await leastSquares(x, y);
      for (const [d, value] of beta.entries()) expect((value * 1e200) / own[d]).toBeCloseTo(1, 12);
      const powers = polynomialFeatures(
        normalVector(100, 32).map((value) => 1e3 * value),
        polynomialTerms(40, 'total', 2),
      );
      const fitted = await solve(powers, normalVector(50, 33));
      expect(allFinite(fitted)).toBe(true);
      expect(allFinite(multiplyVector(powers, fitted))).toBe(true);
    },
  );
});

test('is accurate at the size of the report: 300 rows, degree 12 in both inputs', async () => {
  const rng = createRng(19, 'data');
  const inputs = Float64Array.from({ length: 600 }, () => rng.uniform() - 0.5);
  const x = polynomialFeatures(inputs, polynomialTerms(12, 'product', 2));
  const y = normalVector(300, 20);
  expect(largest(gradient(x, y, await leastSquares(x, y), 0))).toBeLessThan(1e-4 * largest(y));
  expect(largest(gradient(x, y, await ridge(x, y, 1e-3), 1e-3))).toBeLessThan(1e-11);
});
