import type { Rng } from '../math/rng.ts';
import { mean, percentile, standardDeviation } from './describe.ts';
import { meanSquaredError, r2Score } from './metrics.ts';

/** How a metric is distributed over the resamples. */
export interface BootstrapSummary {
  mean: number;
  /** The bootstrap's standard error of the metric (n - 1 in the denominator). */
  standardDeviation: number;
  /** 2.5th percentile */
  low: number;
  /** 97.5th percentile */
  high: number;
}

/**
 * Non-parametric bootstrap of the test error: each resample draws as many test rows as there are, with replacement,
 * and takes MSE and R^2 of that one draw.
 *
 * The model is fitted once and its predictions are given, so the spread is that of the test set alone, not of the
 * training. R^2 is not defined for a draw whose targets are all equal; its summary is then NaN throughout. Source:
 * Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapters 6 and 13.
 */
export function bootstrapTest(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  resamples: number,
  rng: Rng,
): { mse: BootstrapSummary; r2: BootstrapSummary } {
  const rows = targets.length;
  const drawnTargets = new Float64Array(rows);
  const drawnPredictions = new Float64Array(rows);
  const mse = new Float64Array(resamples);
  const r2 = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    for (let i = 0; i < rows; i++) {
      const row = rng.below(rows);
      drawnTargets[i] = targets[row];
      drawnPredictions[i] = predictions[row];
    }
    mse[b] = meanSquaredError(drawnTargets, drawnPredictions);
    r2[b] = r2Score(drawnTargets, drawnPredictions);
  }
  return { mse: summarize(mse), r2: summarize(r2) };
}

/** Mean, standard deviation and the 95 % percentile interval; all NaN where one of the values is NaN. */
export function summarize(values: ArrayLike<number>): BootstrapSummary {
  const sorted = Float64Array.from(values).sort(); // numerically, NaN last
  if (Number.isNaN(sorted.at(-1))) {
    return { mean: Number.NaN, standardDeviation: Number.NaN, low: Number.NaN, high: Number.NaN };
  }
  return {
    mean: mean(values),
    standardDeviation: standardDeviation(values),
    low: percentile(sorted, 2.5),
    high: percentile(sorted, 97.5),
  };
}
