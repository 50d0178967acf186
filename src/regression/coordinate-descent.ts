import type { Matrix } from '../math/matrix.ts';
import { addScaled, dot } from '../math/vector.ts';
import { activeOf, descendFace, residualInto } from './face.ts';

/** The penalties, relative to the sum of squares, and when to stop. */
export interface ElasticNet {
  readonly l2: number;
  readonly l1: number;
  /** Stops when no coefficient violates its optimality condition by more than this share of |x_d| |y|. */
  readonly tolerance: number;
  readonly maxSweeps: number;
}

/** While signs change, coordinate descent is the cheaper way; but not forever. */
const unstableSweeps = 10;

export interface ElasticNetFit {
  /** [D] */
  readonly beta: Float64Array;
  readonly sweeps: number;
  readonly converged: boolean;
}

/**
 * Lasso and elastic net: a beta that minimises |y - X beta|^2 + l2 |beta|^2 + l1 sum(|beta|), every column penalised,
 * including the constant one.
 *
 * Sweeps of coordinate descent, beta_d <- soft(x_d'r + |x_d|^2 beta_d, l1/2) / (|x_d|^2 + l2), find which coefficients
 * are not 0. After each sweep, beta moves towards the minimum among coefficients of the same signs (`descendFace`), which
 * for correlated columns would take coordinate descent many thousands of sweeps. At the minimum g = X'r - l2 beta has
 * g_d = sign(beta_d) l1/2 where beta_d is not 0, and |g_d| <= l1/2 elsewhere. The penalties are relative to the sum of
 * squares: for the loss mean squares + lambda |beta|^2 + l1 sum(|beta|), pass N lambda and N l1.
 *
 * If several beta have the same minimum (l2 = 0, and columns with a coefficient are linearly dependent), X beta and
 * sum(|beta|) are still unique, and one beta is returned whose columns are independent: equal columns share one
 * coefficient, others have 0. x: [N][D]; y: [N]; l2 >= 0; l1 > 0. Where X or y, or their squares, are not finite, the
 * coefficients are NaN. Sources: J. Friedman, T. Hastie and R. Tibshirani, J. Stat. Softw. 33 (2010), sec. 2; M. Osborne,
 * B. Presnell and B. Turlach, IMA J. Numer. Anal. 20 (2000), sec. 3.
 */
export function elasticNet(
  x: Matrix,
  y: Float64Array,
  { l2, l1, tolerance, maxSweeps }: ElasticNet,
): ElasticNetFit {
  if (y.length !== x.rows) throw new RangeError(`${x.rows} rows cannot be fitted to ${y.length} targets`);
  const D = x.columns;
  const beta = new Float64Array(D);
  const columns = columnsOf(x);
  const squares = Float64Array.from(columns, (column) => dot(column, column));
  const size = Math.sqrt(dot(y, y));
  if (!squares.every(Number.isFinite) || !Number.isFinite(size)) {
    return { beta: beta.fill(Number.NaN), sweeps: 0, converged: false };
  }
  const known: (Float64Array | undefined)[] = [];
  const products = (d: number): Float64Array => {
    known[d] ??= Float64Array.from(columns, (column) => dot(column, columns[d]));
    return known[d];
  };
  const problem = { columns, squares, products, y, l2, l1 };
  const residual = new Float64Array(x.rows);
  const gradient = new Float64Array(D);

  /** How far the gradient of coefficient d is from the nearest one that is optimal. */
  const violation = (d: number): number =>
    beta[d] === 0
      ? Math.max(0, Math.abs(gradient[d]) - l1 / 2)
      : Math.abs(gradient[d] - (Math.sign(beta[d]) * l1) / 2);

  /** Returns whether every sign stayed as it was. */
  const sweep = (): boolean => {
    let stable = true;
    for (let d = 0; d < D; d++) {
      if (squares[d] === 0 || violation(d) === 0) continue;
      const curvature = squares[d] + l2;
      const before = beta[d];
      beta[d] = soft(gradient[d] + curvature * before, l1 / 2) / curvature;
      const change = beta[d] - before;
      if (change === 0) continue;
      addScaled(gradient, -change, products(d));
      gradient[d] -= change * l2;
      stable &&= Math.sign(before) === Math.sign(beta[d]);
    }
    return stable;
  };

  for (let sweeps = 0; ; ) {
    residualInto(residual, problem, activeOf(beta), beta);
    for (let d = 0; d < D; d++) gradient[d] = dot(columns[d], residual) - l2 * beta[d];
    const converged = columns.every((_, d) => violation(d) <= tolerance * Math.sqrt(squares[d]) * size);
    if (converged || sweeps === maxSweeps) return { beta, sweeps, converged };
    const last = Math.min(sweeps + unstableSweeps, maxSweeps);
    do sweeps++;
    while (!sweep() && sweeps < last);
    descendFace(problem, beta);
  }
}

/** sign(z) max(|z| - threshold, 0). */
function soft(z: number, threshold: number): number {
  return Math.sign(z) * Math.max(0, Math.abs(z) - threshold);
}

function columnsOf({ rows, columns, data }: Matrix): Float64Array[] {
  const all = Array.from({ length: columns }, () => new Float64Array(rows));
  for (let n = 0; n < rows; n++) for (let d = 0; d < columns; d++) all[d][n] = data[n * columns + d];
  return all;
}
