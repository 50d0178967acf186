import type { Matrix } from '../math/matrix.ts';
import { singularValueDecomposition } from './svd.ts';

/**
 * Ordinary least squares: the beta of smallest norm that minimises |y - X beta|^2.
 *
 * beta = V diag(1/s) U'y with the singular value decomposition X = U diag(s) V'. Singular values up to eps max(N, D)
 * s_max count as 0 (the rule of NumPy's lstsq and matrix_rank), so X may be wide or rank-deficient. x: [N][D]; y: [N];
 * returns [D]. Some coefficients are not finite if X, y or they exceed the range of float64.
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
 * beta = V diag(s / (s^2 + penalty)) U'y, every column penalised, including the constant one. The penalty is relative
 * to the sum of squares: for the loss mean squares + lambda |beta|^2, pass N lambda. Penalty 0 is `leastSquares`. x:
 * [N][D]; y: [N]; penalty >= 0; returns [D], under the same conditions finite as `leastSquares`. Source: Hoerl &
 * Kennard (1970); Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, eq. 3.47.
 */
export async function ridge(x: Matrix, y: Float64Array, penalty: number): Promise<Float64Array> {
  if (penalty === 0) return leastSquares(x, y);
  return solveBySvd(x, y, (s, _largest, scale) => (s === 0 ? 0 : s / (s * s + penalty * scale * scale)));
}

/** V diag(inverse(s, largest s, scale)) U'y with scale X = U diag(s) V', rescaled to X. */
async function solveBySvd(
  x: Matrix,
  y: Float64Array,
  inverse: (s: number, largest: number, scale: number) => number,
): Promise<Float64Array> {
  if (y.length !== x.rows) throw new RangeError(`${x.rows} rows cannot be fitted to ${y.length} targets`);
  // The decomposition of non-finite values could return finite numbers.
  if (!x.data.every(Number.isFinite) || !y.every(Number.isFinite)) {
    return new Float64Array(x.columns).fill(Number.NaN);
  }
  const xScale = scaleFor(x.data);
  const yScale = scaleFor(y);
  const targets = scaled(y, yScale);
  const { left, right, s } = singularValueDecomposition({ ...x, data: scaled(x.data, xScale) });

  const beta = new Float64Array(x.columns);
  for (let k = 0; k < s.length; k++) {
    const factor = inverse(s[k], s[0], xScale);
    if (factor === 0) continue;
    let projection = 0;
    for (let n = 0; n < x.rows; n++) projection += left[k][n] * targets[n];
    for (let d = 0; d < x.columns; d++) beta[d] += right[k][d] * factor * projection;
  }
  return scaled(scaled(beta, xScale), 1 / yScale);
}

/**
 * The factor that brings the largest value between 2^-500 and 2^500, where neither its square nor its rounding error
 * exceeds the range of float64. It is nearly always 1, and always a power of two, which changes no bits.
 */
function scaleFor(values: Float64Array): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return 1;
  if (largest < 2 ** -500) return 2 ** 600;
  return largest > 2 ** 500 ? 2 ** -600 : 1;
}

function scaled(values: Float64Array, scale: number): Float64Array {
  return scale === 1 ? values : values.map((value) => value * scale);
}
