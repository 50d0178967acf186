import { log } from '../math/elementary.ts';
import { mean, standardDeviation } from './describe.ts';
import { normalQuantile } from './normal.ts';
import { studentTTwoSided } from './student-t.ts';

/** A sample of normal values has a value so far out, or is so skewed, with these probabilities. */
const farthestAlarm = 1e-4;
const skewedAlarm = 1e-3;
/** The first where the tail on the other side is long: it widens the deviation, and hides what is far out here. */
const farthestAlarmBeside = 0.05;

/** Fewest values for a test of skewness; of three or fewer, none can lie far out. */
const skewnessNeeds = 8;
const farthestNeeds = 4;

/**
 * On which sides of their middle the values have a longer tail than normal ones: one lies farther out there than the
 * farthest of n does in one sample of 10,000, or they are skewed to that side as one sample in 1,000 is.
 */
export function longTails(values: ArrayLike<number>): { readonly below: boolean; readonly above: boolean } {
  const skewed = normalQuantile(1 - skewedAlarm / 2);
  const z = values.length < skewnessNeeds ? 0 : skewnessZ(values);
  const farBelow = farthest(Float64Array.from(values, (x) => -x));
  const farAbove = farthest(values);
  const below = z < -skewed || farBelow <= farthestAlarm;
  const above = z > skewed || farAbove <= farthestAlarm;
  return {
    below: below || (above && farBelow <= farthestAlarmBeside),
    above: above || (below && farAbove <= farthestAlarmBeside),
  };
}

function farthest(values: ArrayLike<number>): number {
  return values.length < farthestNeeds ? 1 : farthestPValue(values);
}

/**
 * The probability, at most, that some of n > 3 normal values lies as far from their mean as the largest one is above it:
 * with G = (max x - m) / s, n P(|t_{n-2}| >= t) for t^2 = G^2 n (n - 2) / ((n - 1)^2 - n G^2).
 *
 * Source: Grubbs, Sample Criteria for Testing Outlying Observations, Annals of Mathematical Statistics 21 (1950).
 */
export function farthestPValue(values: ArrayLike<number>): number {
  const n = values.length;
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) largest = Math.max(largest, values[i]);
  const g = (largest - mean(values)) / standardDeviation(values);
  const rest = (n - 1) ** 2 - n * g ** 2;
  if (rest <= 0) return 0;
  return n * studentTTwoSided(Math.sqrt((g ** 2 * n * (n - 2)) / rest), n - 2);
}

/**
 * The skewness of n >= 8 values as a standard normal value, if they are normal. Positive: the longer tail is above.
 *
 * With g the mean cube over the mean square to 3/2 of the deviations, y = g sqrt((n + 1) (n + 3) / (6 (n - 2))),
 * z = asinh(y / a) / sqrt(log w), where b, w and a follow from n:
 * b = 3 (n^2 + 27 n - 70) (n + 1) (n + 3) / ((n - 2) (n + 5) (n + 7) (n + 9)), w^2 = sqrt(2 (b - 1)) - 1,
 * a^2 = 2 / (w^2 - 1). Source: D'Agostino, Transformation to Normality of the Null Distribution of g1, Biometrika 57 (1970).
 */
export function skewnessZ(values: ArrayLike<number>): number {
  const n = values.length;
  const center = mean(values);
  const deviations = Float64Array.from(values, (x) => x - center);
  const skewness = mean(deviations.map((d) => d ** 3)) / mean(deviations.map((d) => d * d)) ** 1.5;
  const y = skewness * Math.sqrt(((n + 1) * (n + 3)) / (6 * (n - 2)));
  const b = (3 * (n * n + 27 * n - 70) * (n + 1) * (n + 3)) / ((n - 2) * (n + 5) * (n + 7) * (n + 9));
  const square = Math.sqrt(2 * (b - 1)) - 1;
  const ratio = y / Math.sqrt(2 / (square - 1));
  const asinh = Math.sign(ratio) * log(Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
  return asinh / Math.sqrt(log(square) / 2);
}
