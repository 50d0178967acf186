import type { Interval } from './interval.ts';
import { normalQuantile } from './normal.ts';

/**
 * Wilson's score interval for a proportion, from the number of successes in n trials, at a level such as 0.95.
 *
 *     (k + z^2/2 +- z sqrt(k (n - k) / n + z^2/4)) / (n + z^2),    z = normal quantile of (1 + level) / 2
 *
 * It stays within [0, 1] and has a positive width even at 0 and n successes. Without trials it is [0, 1]. Source:
 * Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927).
 */
export function wilsonInterval(successes: number, n: number, level: number): Interval {
  const z = normalQuantile((1 + level) / 2);
  const square = z * z;
  const half = z * Math.sqrt((successes * (n - successes)) / n + square / 4);
  const center = successes + square / 2;
  return {
    low: successes === 0 ? 0 : (center - half) / (n + square), // exactly 0, without a rounding error
    high: successes === n ? 1 : (center + half) / (n + square),
  };
}
