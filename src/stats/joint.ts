import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { mean, percentile, standardDeviation } from './describe.ts';
import type { Interval } from './prediction.ts';
import { studentTUpper } from './student-t.ts';

/**
 * P-value that a published run as a whole, k numbers with one set of data and one split, is one of the seeds' runs.
 *
 * `runs` is n x k, one row a seed; `published` holds an interval for each of the k numbers (its rounding or reading
 * error). k may exceed n. The seeds' numbers are rounded to the published one's grid. All n + 1 runs are then treated
 * alike: each column is centred by its median, divided by its median absolute deviation and drawn in by asinh, so that
 * no single number decides; each run i gets its Mahalanobis distance from the mean of the n others,
 *
 *     D_i^2 = (z_i - mean)^T ((1 - w) C + w v I)^{-1} (z_i - mean),    v = trace(C) / k
 *
 * with their covariance C, shrunk by Ledoit & Wolf's weight w. The published run's log D is compared with the seeds' by
 * a one-sided t prediction: p = P(t_{n-1} > (log D - mean) / (s sqrt(1 + 1/n))).
 *
 * Exchangeable runs make the log distances exchangeable; beyond their range (p < 1 / (n + 1)) their logarithms are taken
 * for no heavier-tailed than normal, which simulation bears out (joint.test.ts). Fewer than three runs say nothing:
 * p = 1. Diverged (infinite) numbers count as very far out. Throws a RangeError for NaN or rows of another length. Source
 * of the shrinkage: Ledoit & Wolf, A Well-Conditioned Estimator for Large-Dimensional Covariance Matrices, J. Multivar.
 * Anal. 88 (2004).
 */
export function jointPValue(runs: readonly (readonly number[])[], published: readonly Interval[]): number {
  for (const run of runs) {
    if (run.length !== published.length) {
      throw new RangeError(`a run has ${run.length} numbers, the published one ${published.length}`);
    }
    if (run.some(Number.isNaN)) throw new RangeError('a number of a run is NaN; a diverged run is infinite');
  }
  const n = runs.length;
  if (n < 3) return 1;
  const columns = published
    .map((interval, j) =>
      standardize([...runs.map((run) => roundLike(interval, run[j])), midpoint(interval)]),
    )
    .filter((column) => column.some((z) => z !== 0));
  if (columns.length === 0) return 1;
  const rows = Array.from({ length: n + 1 }, (_, i) => columns.map((column) => column[i]));
  const logDistances = rows.map((row, i) => Math.log(distance(row, rows.toSpliced(i, 1))));
  const ofSeeds = logDistances.slice(0, n);
  const spread = standardDeviation(ofSeeds) * Math.sqrt(1 + 1 / n);
  const excess = logDistances[n] - mean(ofSeeds);
  if (!(spread > 0)) return excess > 0 ? 1 / (n + 1) : 1; // all seeds alike: another value was not seen in n
  return studentTUpper(excess / spread, n - 1);
}

function midpoint({ low, high }: Interval): number {
  return low + (high - low) / 2;
}

/** The value as the report would have printed it: on the grid of the published number, whose step is its width. */
function roundLike(interval: Interval, value: number): number {
  const step = interval.high - interval.low;
  if (!(step > 0) || !Number.isFinite(value)) return value;
  const center = midpoint(interval);
  return center + step * Math.round((value - center) / step);
}

/** asinh((x - median) / MAD) of one column; all 0 where all are equal. */
function standardize(column: readonly number[]): number[] {
  const center = median(column);
  const deviations = column.map((x) => Math.abs(x - center));
  const finite = deviations.filter(Number.isFinite);
  const scale = median(deviations) || mean(finite) || 1;
  const farthest = 1000; // stands for an infinite deviation
  return column.map((x) => {
    const z = Number.isFinite(x - center) ? (x - center) / scale : Math.sign(x) * farthest;
    return Math.asinh(Math.max(-farthest, Math.min(farthest, z)));
  });
}

function median(values: readonly number[]): number {
  return percentile(Float64Array.from(values).sort(), 50);
}

/** Mahalanobis distance of a row from the mean of others, with their shrunk covariance. */
function distance(row: readonly number[], others: readonly (readonly number[])[]): number {
  const k = row.length;
  const center = row.map((_, j) => mean(others.map((other) => other[j])));
  const centered = new Matrix(others.map((other) => other.map((z, j) => z - center[j])));
  const covariance = centered.transpose().mmul(centered).div(others.length);
  const variance = covariance.trace() / k;
  const weight = shrinkage(centered, covariance, variance);
  const shrunk = covariance.mul(1 - weight).add(Matrix.eye(k).mul(weight * variance));
  const offset = Matrix.columnVector(row.map((z, j) => z - center[j]));
  return Math.sqrt(offset.dot(new CholeskyDecomposition(shrunk).solve(offset)));
}

/** Ledoit & Wolf's weight of the target v I: the sampling error of C over its distance from the target, at most 1. */
function shrinkage(centered: Matrix, covariance: Matrix, variance: number): number {
  const n = centered.rows;
  const k = centered.columns;
  const square = (matrix: Matrix) => matrix.norm('frobenius') ** 2;
  const dispersion = square(Matrix.sub(covariance, Matrix.eye(k).mul(variance)));
  if (dispersion === 0) return 1;
  let error = 0;
  for (let i = 0; i < n; i++) {
    const row = centered.getRowVector(i);
    error += square(Matrix.sub(row.transpose().mmul(row), covariance));
  }
  return Math.max(0.01, Math.min(1, error / n ** 2 / dispersion)); // some of it always: C may be singular
}
