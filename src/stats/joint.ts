import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { mean, percentile, unitOf } from './describe.ts';
import { centerAndScale, type Interval } from './prediction.ts';
import { studentTUpper } from './student-t.ts';

/**
 * P-value that a published run as a whole, k numbers from one set of data and one split, is one of the seeds' runs.
 *
 * `runs` is n x k, one row a seed; `published` holds an interval for each of the k numbers (its rounding or reading
 * error), whose middle is the published number. k may exceed n. First the seeds' numbers are rounded to the published
 * one's grid. Then all n + 1 runs are treated alike: with median m_j and median absolute deviation d_j of column j,
 *
 *     z_ij = asinh((x_ij - m_j) / d_j)        (asinh: one wild number does not outweigh the others)
 *     size_i  = |z_i|                         off in many numbers
 *     shape_i = sqrt(u^T (0.9 C + 0.1 v I)^{-1} u),  u = z_i - mean,  v = median |z - mean|^2 / k
 *                                             combined unusually: up where the others are down together
 *
 * with mean and covariance C of the n other runs (v: of all). Each of the two is compared with the seeds': with median m
 * and scale S of theirs (as in `predictionPValue`) P(t_{n-1} > (D - m) / (1.5 S sqrt(1 + 1/n))), and p is twice the
 * smaller one. The factor 1.5 was found by simulation (bench/results/coverage.json): of runs like the others fewer than
 * 5 % have p <= 0.05, and 1 % p <= 0.01; up to 6 % and 3 % where long-tailed values strike all numbers of a run at once.
 * One unusual number among many stays unseen: that is what each number's own p-value is for.
 *
 * Fewer than three runs say nothing: p = 1. A diverged (infinite) number counts as farther than any other. Throws a
 * RangeError for NaN or rows of another length.
 */
export function jointPValue(runs: readonly (readonly number[])[], published: readonly Interval[]): number {
  for (const run of runs) {
    if (run.length !== published.length) {
      throw new RangeError(`a run has ${run.length} numbers, the published one ${published.length}`);
    }
    if (run.some(Number.isNaN)) throw new RangeError('a number of a run is NaN; a diverged run is infinite');
  }
  if (runs.length < 3) return 1;
  const columns = published.map((interval, j) => {
    const seeds = runs.map((run) => roundLike(interval, run[j]));
    return standardize([...seeds, midpoint(interval)]);
  });
  const rows = [...runs, published].map((_, i) => columns.map((column) => column[i]));
  const size = upperPValue(rows.map((row) => Math.hypot(...row)));
  const shape = upperPValue(mahalanobis(rows));
  return Math.min(1, 2 * size, 2 * shape);
}

/** One-sided p-value of the last distance among the others. */
function upperPValue(distances: readonly number[]): number {
  const n = distances.length - 1;
  const published = distances[n];
  const { center, scale } = centerAndScale(Float64Array.from(distances.slice(0, n)).sort());
  if (published <= center) return 1;
  if (scale === 0) return 1 / (n + 1); // the seeds are all alike: another value was not seen in n
  return studentTUpper((published - center) / (1.5 * scale), n - 1);
}

function midpoint({ low, high }: Interval): number {
  return low === high ? low : low + (high - low) / 2;
}

/** The value as the report would have printed it: on the grid of the published number, whose step is its width. */
function roundLike(interval: Interval, value: number): number {
  const step = interval.high - interval.low;
  if (!(step > 0) || !Number.isFinite(value)) return value;
  const center = midpoint(interval);
  const steps = Math.round((value - center) / step);
  return Number.isFinite(steps) ? center + step * steps : value; // beyond all numbers: the grid is finer than they are
}

/** asinh((x - median) / MAD) of one column; the mean deviation where more than half are equal; 0 where all are. */
function standardize(raw: readonly number[]): number[] {
  const unit = unitOf(raw.filter(Number.isFinite).reduce((most, x) => Math.max(most, Math.abs(x)), 0));
  const column = raw.map((x) => x / unit);
  const finite = Float64Array.from(column.filter(Number.isFinite)).sort();
  const center = percentile(finite, 50);
  const deviations = finite.map((x) => Math.abs(x - center)).sort();
  const scale = percentile(deviations, 50) || mean(deviations) || 1;
  return column.map((x) => Math.asinh(Math.max(-farthest, Math.min(farthest, (x - center) / scale))));
}

/** Deviations are cut here, in median absolute deviations: it stands for an infinite one. */
const farthest = 1e6;

/**
 * Mahalanobis distance of each row z_i from the mean of the others, with their covariance C_i shrunk to 0.9 C_i + 0.1 v I.
 *
 * One factorisation serves all: with y_i = z_i - mean of all and M = 0.9/n sum_i y_i y_i^T + 0.1 v I, leaving row i out
 * is a change of rank one, and for q_i = y_i^T M^{-1} y_i Sherman & Morrison (1950) give
 * D_i^2 = ((n + 1) / n)^2 q_i / (1 - 0.9 (n + 1) / n^2 q_i).
 */
function mahalanobis(rows: readonly (readonly number[])[]): number[] {
  const n = rows.length - 1;
  const center = rows[0].map((_, j) => mean(rows.map((row) => row[j])));
  const y = new Matrix(rows.map((row) => row.map((z, j) => z - center[j])));
  const squares = y.to2DArray().map((row) => Math.hypot(...row) ** 2);
  const variance = (percentile(Float64Array.from(squares).sort(), 50) || mean(squares)) / y.columns;
  if (variance === 0) return rows.map(() => 0);
  const scatter = y
    .transpose()
    .mmul(y)
    .mul(0.9 / n);
  const shrunk = scatter.add(Matrix.eye(y.columns).mul(0.1 * variance));
  const solved = new CholeskyDecomposition(shrunk).solve(y.transpose());
  return rows.map((_, i) => {
    const q = y.getRowVector(i).mmul(solved.getColumnVector(i)).get(0, 0);
    return ((n + 1) / n) * Math.sqrt(q / (1 - ((0.9 * (n + 1)) / n ** 2) * q));
  });
}
