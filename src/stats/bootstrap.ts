import type { Rng } from '../math/rng.ts';
import { mean, percentile, standardDeviation } from './describe.ts';
import { type MetricName, metrics, type ScoredMetric, scoredMetricNames } from './metrics.ts';

/** The distribution of a metric over the resamples. */
export interface BootstrapSummary {
  mean: number;
  /** The bootstrap's standard error of the metric (n - 1 in the denominator). */
  standardDeviation: number;
  /** 2.5th percentile */
  low: number;
  /** 97.5th percentile */
  high: number;
}

/** The metrics of a regression over the resamples; null for a metric with a value that is not finite. */
export type Bootstrapped = { readonly [Name in MetricName]?: FiniteSummary | null };

/** A summary of which a part may overflow although the mean does not: then it is null. */
export type FiniteSummary = { readonly mean: number } & {
  readonly [Part in keyof Omit<BootstrapSummary, 'mean'>]: number | null;
};

/** Collects the targets and predictions of resamples, one at a time. */
export interface Resamples {
  add(targets: ArrayLike<number>, predictions: ArrayLike<number>): void;
  summaries(): Bootstrapped;
}

/** Computes the metrics of each resample, and summarises them at the end. */
export function createResamples(): Resamples {
  const values = new Map(scoredMetricNames('regression').map((name): [ScoredMetric, number[]] => [name, []]));
  return {
    add(targets, predictions) {
      for (const [name, scores] of values) {
        scores.push(metrics[name].score(targets, predictions, targets.length));
      }
    },
    summaries: () => Object.fromEntries(Array.from(values, ([name, scores]) => [name, finite(scores)])),
  };
}

/**
 * Non-parametric bootstrap of the test error: each resample draws N of the N test rows with replacement, and the
 * metrics are computed on that draw.
 *
 * The model is fitted once, and its predictions are fixed. The spread is therefore that of the test set alone, not of
 * the training. R^2 is undefined for a draw whose targets are all equal; it then has no summary. Source: Efron &
 * Tibshirani, An Introduction to the Bootstrap (1993), chapters 6 and 13.
 */
export function bootstrapTest(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  resamples: number,
  rng: Rng,
): Bootstrapped {
  const rows = targets.length;
  const drawnTargets = new Float64Array(rows);
  const drawnPredictions = new Float64Array(rows);
  const drawn = createResamples();
  for (let b = 0; b < resamples; b++) {
    for (let i = 0; i < rows; i++) {
      const row = rng.below(rows);
      drawnTargets[i] = targets[row];
      drawnPredictions[i] = predictions[row];
    }
    drawn.add(drawnTargets, drawnPredictions);
  }
  return drawn.summaries();
}

/** Mean, standard deviation and the 95 % percentile interval; all NaN if a value is NaN. */
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

/** The summary, or null if its mean is not finite; so is a part that overflows: JSON has no NaN. */
function finite(values: readonly number[]): FiniteSummary | null {
  const summary = summarize(values);
  if (!Number.isFinite(summary.mean)) return null;
  const parts = Object.entries(summary).map(([part, value]) => [part, Number.isFinite(value) ? value : null]);
  return Object.fromEntries(parts) as FiniteSummary;
}
