import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { mean, percentile, powerOfTwoNear } from './describe.ts';
import { centerAndScale, type Interval } from './prediction.ts';
import { studentTUpper } from './student-t.ts';

/**
 * P-value of the hypothesis that a published run (k numbers from one dataset and one split) was drawn like the runs of
 * the seeds.
 *
 * `runs` is n x k, one row per seed. `published` holds one interval for each of the k numbers: the published number is
 * its midpoint, and its rounding or reading error gives the width. k may exceed n. The seeds' numbers are first rounded
 * to the grid of the published number. Then all n + 1 runs are treated alike. With median m_j and median absolute
 * deviation d_j of column j,
 *
 *     z_ij = asinh((x_ij - m_j) / d_j)        (asinh: one outlier does not outweigh the others)
 *     size_i  = |z_i|                         off in many numbers
 *     shape_i = sqrt(u^T (0.9 C + 0.1 v I)^{-1} u),  u = z_i - mean,  v = median |z - mean|^2 / k
 *                                             an unusual combination: high where the others are low together
 *
 * where the mean and covariance C are those of the n other runs (v: of all runs). Each of the two distances D is
 * compared with those of the seeds: with their median m and scale S (as in `predictionPValue`), its p-value is
 * P(t_{n-1} > (D - m) / (1.5 S sqrt(1 + 1/n))). The result is twice the smaller of the two. The factor 1.5 was found by
 * simulation (bench/results/coverage.json): of runs drawn like the others, fewer than 5 % have p <= 0.05 and 1 % have p
 * <= 0.01. The shares rise to 6 % and 3 % if long-tailed values affect all numbers of a run at once. One unusual number
 * among many is not detected; each number's own p-value is for that.
 *
 * With fewer than three runs p = 1. A diverged (infinite) number counts as farther away than any other. Throws a
 * RangeError for NaN or for rows of a different length.
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
    const seeds = runs.map((run) => roundAsPublished(interval, run[j]));
    return standardize([...seeds, midpoint(interval)]);
  });
  const rows = [...runs, published].map((_, i) => columns.map((column) => column[i]));
  const size = oneSidedPValue(rows.map((row) => Math.hypot(...row)));
  const shape = oneSidedPValue(mahalanobis(rows));
  return Math.min(1, 2 * size, 2 * shape);
}

/** One-sided p-value of the last distance, compared with the others. */
function oneSidedPValue(distances: readonly number[]): number {
  const n = distances.length - 1;
  const published = distances[n];
  const { center, scale } = centerAndScale(Float64Array.from(distances.slice(0, n)).sort());
  if (published <= center) return 1;
  if (scale === 0) return 1 / (n + 1); // all seeds are equal: no other value was seen in n runs
  return studentTUpper((published - center) / (1.5 * scale), n - 1);
}

function midpoint({ low, high }: Interval): number {
  return low === high ? low : low + (high - low) / 2;
}

/** Rounds a value as the report would have: to the grid of the published number, whose step is the interval's width. */
function roundAsPublished(interval: Interval, value: number): number {
  const step = interval.high - interval.low;
  if (!(step > 0) || !Number.isFinite(value)) return value;
  const center = midpoint(interval);
  const steps = Math.round((value - center) / step);
  return Number.isFinite(steps) ? center + step * steps : value; // the grid is finer than float64 can count
}

/**
 * asinh((x - median) / MAD) of one column. If more than half are equal, the mean deviation replaces the MAD; if all
 * are, 0.
 */
function standardize(raw: readonly number[]): number[] {
  const unit = powerOfTwoNear(
    raw.filter(Number.isFinite).reduce((most, x) => Math.max(most, Math.abs(x)), 0),
  );
  const column = raw.map((x) => x / unit);
  const finite = Float64Array.from(column.filter(Number.isFinite)).sort();
  const center = percentile(finite, 50);
  const deviations = finite.map((x) => Math.abs(x - center)).sort();
  const scale = percentile(deviations, 50) || mean(deviations) || 1;
  return column.map((x) => Math.asinh(Math.max(-maxDeviation, Math.min(maxDeviation, (x - center) / scale))));
}

/** Deviations are clipped here, in units of the MAD. An infinite one becomes this. */
const maxDeviation = 1e6;

/**
 * Mahalanobis distance of each row z_i from the mean of the others, with their covariance C_i shrunk to 0.9 C_i + 0.1 v I.
 *
 * One factorisation serves all rows. With y_i = z_i - mean of all and M = 0.9/n sum_i y_i y_i^T + 0.1 v I, leaving out
 * row i is a rank-one update, so that with q_i = y_i^T M^{-1} y_i the formula of Sherman & Morrison (1950) gives D_i^2
 * = ((n + 1) / n)^2 q_i / (1 - 0.9 (n + 1) / n^2 q_i).
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
