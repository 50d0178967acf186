import { UserError } from '../errors.ts';
import type { Matrix } from '../math/matrix.ts';

/**
 * Ordinary least squares: the beta that minimises |y - X beta|^2, and of all such the one of smallest norm.
 *
 * beta = V diag(1/s) U'y with the singular value decomposition X = U diag(s) V'. Singular values up to
 * eps max(N, D) s_max count as 0 (the rule of NumPy's lstsq and matrix_rank), so X may be wide or of any rank.
 * x: [N][D]; y: [N]; returns [D]. Values that are not finite are a UserError.
 */
export async function leastSquares(x: Matrix, y: Float64Array): Promise<Float64Array> {
  return solveBySvd(x, y, (s, largest) => {
    const negligible = Number.EPSILON * Math.max(x.rows, x.columns) * largest;
    return s > negligible ? 1 / s : 0;
  });
}

/**
 * Ridge regression: the beta that minimises |y - X beta|^2 + penalty |beta|^2.
 *
 * beta = V diag(s / (s^2 + penalty)) U'y, every column penalised, also the constant one. The penalty stands against
 * the sum of squares: for a loss of mean squares + lambda |beta|^2, give N lambda. Penalty 0 is `leastSquares`.
 * x: [N][D]; y: [N]; penalty >= 0; returns [D]. Values that are not finite are a UserError. Source: Hoerl & Kennard
 * (1970); Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, eq. 3.47.
 */
export async function ridge(x: Matrix, y: Float64Array, penalty: number): Promise<Float64Array> {
  if (penalty === 0) return leastSquares(x, y);
  return solveBySvd(x, y, (s) => s / (s * s + penalty));
}

/** V diag(inverse(s, largest s)) U'y, where X = U diag(s) V'. */
async function solveBySvd(
  x: Matrix,
  y: Float64Array,
  inverse: (s: number, largest: number) => number,
): Promise<Float64Array> {
  if (y.length !== x.rows) throw new RangeError(`${x.rows} rows cannot be fitted to ${y.length} targets`);
  requireFinite('the features', x.data);
  requireFinite('the targets', y);

  const { Matrix: MlMatrix, SingularValueDecomposition } = await import('ml-matrix');
  const design = MlMatrix.from1DArray(x.rows, x.columns, x.data);
  const svd = new SingularValueDecomposition(design, { autoTranspose: true });
  const { leftSingularVectors: U, rightSingularVectors: V, diagonal: s } = svd;
  const largest = Math.max(...s);

  const beta = new Float64Array(x.columns);
  for (let k = 0; k < s.length; k++) {
    const factor = inverse(s[k], largest);
    if (factor === 0) continue;
    let projection = 0;
    for (let n = 0; n < x.rows; n++) projection += U.get(n, k) * y[n];
    for (let d = 0; d < x.columns; d++) beta[d] += V.get(d, k) * factor * projection;
  }
  return beta;
}

/** The decomposition would return wrong numbers for such values, without a word. */
function requireFinite(name: string, values: Float64Array): void {
  const position = values.findIndex((value) => !Number.isFinite(value));
  if (position === -1) return;
  throw new UserError({
    what: `${name} of a closed-form fit are not all finite`,
    expected: 'finite numbers only',
    received: values[position],
    remedy: 'check the data for missing values, scale the inputs, or lower the polynomial degree',
  });
}
