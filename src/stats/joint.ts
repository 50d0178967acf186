import { percentile } from './describe.ts';
import { type Interval, predictionPValue } from './prediction.ts';

/**
 * P-value that a published run as a whole, k numbers from one set of data and one split, is one of the seeds' runs.
 *
 * `runs` is n x k, one row a seed; `published` holds an interval for each of the k numbers (its rounding or reading
 * error), whose middle is the published number. k may exceed n. First the seeds' numbers are rounded to the published
 * one's grid. Then all n + 1 runs are treated alike: with median m_j and median absolute deviation d_j of column j, run i
 * lies this far from the middle of all,
 *
 *     D_i = sqrt(sum_j z_ij^2),    z_ij = asinh((x_ij - m_j) / d_j)
 *
 * where asinh keeps one wild number from outweighing the others. The published D is compared with the seeds' by
 * `predictionPValue`, upwards only: p <= 1 / (n + 1) exactly where it exceeds all of them, which for exchangeable runs
 * happens so often whatever the distributions and the correlation; how small p gets beyond rests on that function's
 * assumptions. It finds a run that is off in many numbers; one that is only combined unusually from usual numbers it does
 * not see, nor one number among many (that is what each number's own p-value is for).
 *
 * Fewer than two runs say nothing: p = 1. A diverged (infinite) number counts as farther than any other. Throws a
 * RangeError for NaN or rows of another length.
 */
export function jointPValue(runs: readonly (readonly number[])[], published: readonly Interval[]): number {
  for (const run of runs) {
    if (run.length !== published.length) {
      throw new RangeError(`a run has ${run.length} numbers, the published one ${published.length}`);
    }
    if (run.some(Number.isNaN)) throw new RangeError('a number of a run is NaN; a diverged run is infinite');
  }
  const deviations = published.map((interval, j) => {
    const seeds = runs.map((run) => roundLike(interval, run[j]));
    return standardize([...seeds, midpoint(interval)]);
  });
  const distances = [...runs, published].map((_, i) => Math.hypot(...deviations.map((column) => column[i])));
  const seeds = distances.slice(0, -1);
  const ofPublished = distances[runs.length];
  const twoSided = predictionPValue(seeds, ofPublished, ofPublished);
  const isAbove = ofPublished > percentile(Float64Array.from(seeds).sort(), 50);
  return isAbove && twoSided < 1 ? twoSided / 2 : 1;
}

function midpoint({ low, high }: Interval): number {
  return low === high ? low : low + (high - low) / 2;
}

/** The value as the report would have printed it: on the grid of the published number, whose step is its width. */
function roundLike(interval: Interval, value: number): number {
  const step = interval.high - interval.low;
  if (!(step > 0) || !Number.isFinite(value)) return value;
  const center = midpoint(interval);
  return center + step * Math.round((value - center) / step);
}

/** asinh((x - median) / MAD) of one column; the mean deviation where more than half are equal; 0 where all are. */
function standardize(column: readonly number[]): number[] {
  const sorted = Float64Array.from(column).sort();
  const finite = sorted.filter(Number.isFinite);
  const center = percentile(finite, 50);
  const deviations = finite.map((x) => Math.abs(x - center)).sort();
  const mean = deviations.reduce((sum, x) => sum + x, 0) / deviations.length;
  const scale = percentile(deviations, 50) || mean || 1;
  return column.map((x) => Math.asinh(Math.max(-farthest, Math.min(farthest, (x - center) / scale))));
}

/** Deviations are cut here, in median absolute deviations: it stands for an infinite one. */
const farthest = 1e6;
