import { percentile, powerOfTwoNear, standardDeviation } from './describe.ts';
import { normalQuantile } from './normal.ts';
import { studentTTwoSided } from './student-t.ts';

/** A closed interval. An end may be infinite. */
export interface Interval {
  low: number;
  high: number;
}

/**
 * Two-sided p-value: the probability that one further run is as far from the centre as a value known to lie in [low,
 * high].
 *
 * The value is taken to be the point of [low, high] that is closest to the sample's median m. With n runs of standard
 * deviation s, the farthest of which is r from m,
 *
 *     T = |x - m| / (S sqrt(1 + 1/n)),    S = s max(1, r / (1.15 q s))^2,    q = normal quantile of 1 - 1/(2n)
 *     p = P(|t_{n-1}| > T) + min(1 / (2n + 20), P(|t_{n-1}| > T / 2.6))
 *
 * S is s for a sample that reaches no farther than a normal one would, and larger for heavy tails. The second term
 * allows for what n runs may fail to show: outliers, a long tail, another mode. Within the sample's range p is the
 * distribution-free 2 (runs at least as far out on this side, plus 1) / (n + 1). Beyond it p is at most 2 / (n + 1).
 *
 * Assumption: the runs and the further one are exchangeable. The corresponding interval has at least its nominal
 * coverage for any continuous distribution up to level 1 - 2 / (n + 1). Up to level 0.99 this was found by simulation
 * (bench/results/coverage.json) for n = 5 and n = 20 with normal, uniform, bimodal, heavy-tailed (Laplace, logistic,
 * t3, t5), skewed (exponential, log-normal) and contaminated (5 % with 10 times the deviation) runs. Beyond 0.99 it is
 * guaranteed for normal runs only, where the interval is conservative. No n runs can show more than that.
 *
 * Infinite (diverged) runs leave their side unbounded: p = 1 there, and the other side is judged by the finite runs.
 * With fewer than two finite runs p = 1. Equal runs show only that no other value occurred in n runs: p = 1 at that
 * value and 1 / (n + 1) elsewhere. An infinite value that no run has also gives p = 1 / (n + 1).
 *
 * Throws a RangeError if a run is NaN or if low <= high does not hold.
 */
export function predictionPValue(sample: readonly number[], low: number, high: number): number {
  if (!(low <= high)) throw new RangeError(`a published value lies in [low, high], not in [${low}, ${high}]`);
  const shape = describeSample(sample);
  if (shape === undefined) return 1;
  return pValueAt(shape, Math.min(Math.max(shape.center, low), high));
}

/**
 * The prediction interval for one further run at this level, such as 0.99: all x whose `predictionPValue` exceeds 1 -
 * level.
 *
 * An end is infinite if runs diverged to that side, if fewer than two runs are finite, or if equal runs are too few for
 * the level.
 */
export function predictionInterval(sample: readonly number[], level: number): Interval {
  const everything = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const shape = describeSample(sample);
  const alpha = 1 - level;
  if (shape === undefined || alpha <= 0) return everything;
  return { low: intervalEnd(shape, -1, alpha), high: intervalEnd(shape, 1, alpha) };
}

interface SampleShape {
  /** The finite runs in ascending order. */
  sorted: Float64Array;
  center: number;
  /** S sqrt(1 + 1/n) */
  scale: number;
  unboundedBelow: boolean;
  unboundedAbove: boolean;
}

function describeSample(sample: readonly number[]): SampleShape | undefined {
  if (sample.some(Number.isNaN))
    throw new RangeError('a run of the sample is NaN; a diverged run is infinite');
  const sorted = Float64Array.from(sample.filter(Number.isFinite)).sort();
  if (sorted.length < 2) return undefined;
  return {
    sorted,
    ...centerAndScale(sorted),
    unboundedBelow: sample.includes(Number.NEGATIVE_INFINITY),
    unboundedAbove: sample.includes(Number.POSITIVE_INFINITY),
  };
}

/** Median m and S sqrt(1 + 1/n) of two or more finite values in ascending order, S as in `predictionPValue`. */
export function centerAndScale(sorted: Float64Array): { center: number; scale: number } {
  const n = sorted.length;
  const center = percentile(sorted, 50);
  if (sorted[0] === sorted[n - 1]) return { center, scale: 0 };
  const reach = Math.max(sorted[n - 1] - center, center - sorted[0]);
  if (!Number.isFinite(reach)) return { center, scale: Number.POSITIVE_INFINITY };
  const unit = powerOfTwoNear(reach); // the squares of 1e-200 and 1e200 underflow and overflow
  const deviation = standardDeviation(sorted.map((x) => x / unit));
  const excess = reach / unit / (1.15 * normalQuantile(1 - 1 / (2 * n)) * deviation);
  return { center, scale: deviation * Math.max(1, excess) ** 2 * Math.sqrt(1 + 1 / n) * unit };
}

function pValueAt({ sorted, center, scale, unboundedBelow, unboundedAbove }: SampleShape, x: number): number {
  const n = sorted.length;
  if (x === center || (x > center ? unboundedAbove : unboundedBelow)) return 1;
  if (scale === 0 || !Number.isFinite(x)) return 1 / (n + 1);
  const asExtreme = sorted.filter((run) => (x > center ? run >= x : run <= x)).length;
  const byRank = Math.min(1, (2 * (asExtreme + 1)) / (n + 1));
  if (asExtreme > 0) return byRank;
  const distance = Math.abs(x - center) / scale;
  const unseen = Math.min(1 / (2 * n + 20), studentTTwoSided(distance / 2.6, n - 1));
  return Math.min(byRank, studentTTwoSided(distance, n - 1) + unseen);
}

/** The point on this side where the p-value, which falls away from the centre, reaches alpha. */
function intervalEnd(shape: SampleShape, side: -1 | 1, alpha: number): number {
  const unbounded = side * Number.POSITIVE_INFINITY;
  if (side < 0 ? shape.unboundedBelow : shape.unboundedAbove) return unbounded;
  if (shape.scale === 0) return alpha >= 1 / (shape.sorted.length + 1) ? shape.center : unbounded;
  const isInside = (distance: number) => pValueAt(shape, shape.center + side * distance) > alpha;
  let inside = 0;
  let outside = shape.scale;
  while (isInside(outside)) {
    inside = outside;
    outside *= 2;
    if (outside === Number.POSITIVE_INFINITY) return unbounded;
  }
  for (;;) {
    const middle = (inside + outside) / 2;
    if (middle <= inside || middle >= outside) return shape.center + side * outside;
    if (isInside(middle)) inside = middle;
    else outside = middle;
  }
}
