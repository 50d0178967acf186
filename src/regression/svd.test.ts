import { describe, expect, test } from '@jest/globals';
import { Matrix as MlMatrix, SingularValueDecomposition } from 'ml-matrix';
import { type Matrix, matrix } from '../math/matrix.ts';
import { createRng } from '../math/rng.ts';
import { polynomialFeatures, polynomialTerms } from './polynomial.ts';
import { singularValueDecomposition } from './svd.ts';

function uniform(rows: number, columns: number, seed: number): Matrix {
  const rng = createRng(seed, 'data');
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => rng.uniform() - 0.5),
  );
}

/** The largest difference between X and U diag(s) V'. */
function misfit(x: Matrix): number {
  const { left, right, s } = singularValueDecomposition(x);
  let worst = 0;
  for (let n = 0; n < x.rows; n++) {
    for (let d = 0; d < x.columns; d++) {
      let sum = 0;
      for (let k = 0; k < s.length; k++) sum += left[k][n] * s[k] * right[k][d];
      worst = Math.max(worst, Math.abs(sum - x.data[n * x.columns + d]));
    }
  }
  return worst;
}

describe('singularValueDecomposition', () => {
  const features = polynomialFeatures(uniform(60, 2, 1).data, polynomialTerms(9, 'product', 2));
  const lowRank = matrix(
    9,
    6,
    uniform(9, 6, 2).data.map((value, i) => (i % 6 < 4 ? value : 0)),
  );

  test.each<[string, Matrix]>([
    ['1 x 1', uniform(1, 1, 3)],
    ['one column', uniform(7, 1, 4)],
    ['one row', uniform(1, 7, 5)],
    ['two columns', uniform(2, 2, 6)],
    ['tall', uniform(41, 13, 7)],
    ['wide', uniform(13, 41, 8)],
    ['square', uniform(23, 23, 9)],
    ['polynomial, nearly of low rank, and wide', features],
    ['with columns of zeros', lowRank],
    ['zeros', matrix(4, 3)],
  ])("a matrix %s: the bits of ml-matrix's decomposition", (_, x) => {
    const { left, right, s } = singularValueDecomposition(x);
    const theirs = new SingularValueDecomposition(MlMatrix.from1DArray(x.rows, x.columns, x.data), {
      autoTranspose: true,
    });
    expect(Array.from(s)).toEqual(theirs.diagonal);
    s.forEach((_value, k) => {
      expect(Array.from(left[k])).toEqual(theirs.leftSingularVectors.getColumn(k));
      expect(Array.from(right[k])).toEqual(theirs.rightSingularVectors.getColumn(k));
    });
  });

  test.each([25, 40])(
    '%i equal columns, whose rounding errors become denormal, come to an end',
    (columns) => {
      const { data } = uniform(60, 1, 10);
      const x = matrix(
        60,
        columns,
        Float64Array.from({ length: 60 * columns }, (_, i) => data[Math.floor(i / columns)]),
      );
      const { s } = singularValueDecomposition(x);
      expect(s[0]).toBeCloseTo(Math.hypot(...x.data), 12);
      expect(s[1]).toBeLessThan(1e-13);
      expect(misfit(x)).toBeLessThan(1e-14);
    },
  );

  test('denormal columns beside ordinary ones come to an end', () => {
    const x = matrix(
      60,
      3,
      Float64Array.from({ length: 180 }, (_, i) => (i % 3 === 0 ? 1 : 5e-324)),
    );
    expect(singularValueDecomposition(x).s[0]).toBeCloseTo(Math.sqrt(60), 13);
    expect(misfit(x)).toBeLessThan(1e-14);
  });
});
