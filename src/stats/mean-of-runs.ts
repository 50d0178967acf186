import type { Rng } from '../math/rng.ts';
import { mean, standardDeviation } from './describe.ts';
import { type OneMoreRun, oneMoreRun } from './one-more-run.ts';
import type { Scale } from './scales.ts';
import { simulated } from './simulated.ts';
import { studentTQuantile, studentTTwoSided } from './student-t.ts';

/** How many means are simulated. */
const draws = 20_000;
/** A mean of more runs is compared as a mean of this many: what is left of its own variation hardly counts. */
const mostRuns = 100;

/**
 * Predicts the mean of N further runs from the n finite values of others, like `oneMoreRun` predicts a single one. Means are
 * taken of the values themselves; what is compared, as everything in `OneMoreRun`, is their place on the scale.
 *
 * - On the plain scale, for runs that are near normal: with their mean m and standard deviation s,
 *   t = (x - m) / (s sqrt(1/N + 1/n)) has n - 1 degrees of freedom.
 * - On another scale, such as the logarithm, a mean of the values is no mean on the scale, and it is skewed. With m and s on
 *   the scale, means of N values back(m* + s* Z) are simulated, where s* = s sqrt((n - 1) / chi2_{n-1}) and
 *   m* = m + s* Z / sqrt(n) are what m and s leave open: for N = 1, that is `oneMoreRun`.
 * - Runs that are not near normal: the values are averaged in groups of N, and these are what `oneMoreRun` compares with;
 *   right for any distribution, but there are only n / N of them.
 *
 * Source of the second: Krishnamoorthy & Mathew, Inferences on the means of lognormal distributions using generalized
 * p-values and generalized confidence intervals, Journal of Statistical Planning and Inference 115 (2003); here for a mean of
 * N values instead of the expectation.
 */
export function meanOfRuns(values: readonly number[], scale: Scale, runs: number, rng: Rng): OneMoreRun {
  const scaled = values.map(scale.forward);
  const n = scaled.length;
  const one = oneMoreRun(scaled);
  if (one.method === 'few') return one;
  const count = scale.ratio ? Math.min(runs, mostRuns) : runs;
  const summary = { mean: mean(scaled), deviation: standardDeviation(scaled) / Math.sqrt(count) };
  if (one.method !== 'normal') {
    const groups = oneMoreRun(groupMeans(values, runs).map(scale.forward));
    return groups.method === 'few' ? { ...groups, ...summary } : groups;
  }
  return scale.ratio
    ? { ...summary, method: 'normal', ...bySimulation(scaled, scale, count, rng) }
    : {
        ...summary,
        method: 'normal',
        ...byStudentT(summary.mean, standardDeviation(scaled) * Math.sqrt(1 / runs + 1 / n), n),
      };
}

type Prediction = Pick<OneMoreRun, 'mean' | 'pValue' | 'interval'>;

function byStudentT(center: number, unit: number, n: number): Prediction {
  return {
    mean: center,
    pValue: (x) => studentTTwoSided((x - center) / unit, n - 1),
    interval: (probability) => {
      const half = unit * studentTQuantile(1 - probability / 2, n - 1);
      return { low: center - half, high: center + half };
    },
  };
}

function bySimulation(scaled: readonly number[], scale: Scale, count: number, rng: Rng): Prediction {
  const n = scaled.length;
  const [center, deviation] = [mean(scaled), standardDeviation(scaled)];
  const means = Float64Array.from({ length: draws }, () => {
    let squares = 0;
    for (let k = 1; k < n; k++) squares += rng.normal() ** 2;
    const spread = deviation * Math.sqrt((n - 1) / squares);
    const middle = center + (spread * rng.normal()) / Math.sqrt(n);
    let sum = 0;
    let farthest = middle;
    for (let k = 0; k < count; k++) {
      const value = middle + spread * rng.normal();
      if (Math.abs(value - center) > Math.abs(farthest - center)) farthest = value;
      sum += scale.back(value);
    }
    const onScale = scale.forward(sum / count);
    // A value so far out that it is too large for a number, or rounded to the end of the scale, decides alone.
    return Number.isFinite(onScale) ? onScale : farthest;
  });
  const upper = simulated(means.slice());
  const lower = simulated(means.map((x) => -x));
  return {
    mean: upper.valueAt(0.5),
    pValue: (x) => Math.min(1, 2 * Math.min(upper.probabilityBeyond(x), lower.probabilityBeyond(-x))),
    interval: (probability) => ({
      low: -lower.valueAt(probability / 2),
      high: upper.valueAt(probability / 2),
    }),
  };
}

/** Means of as many groups of `runs` values as there are. */
function groupMeans(values: readonly number[], runs: number): number[] {
  return Array.from({ length: Math.floor(values.length / runs) }, (_, group) =>
    mean(values.slice(group * runs, (group + 1) * runs)),
  );
}
