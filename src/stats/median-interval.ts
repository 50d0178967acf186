import jStat from 'jstat';
import type { Interval } from './interval.ts';

/**
 * Interval for the median of the distribution that the values come from, whatever it is: the r-th value from each end,
 * with the largest r for which P(B <= r - 1) <= (1 - level) / 2, B binomial with n tries of 1/2. It has at least this
 * level. Unbounded if the values are too few: six are needed for 95 %.
 *
 * Source: Conover, Practical Nonparametric Statistics (1999), section 3.2.
 */
export function medianInterval(values: readonly number[], level: number): Interval {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let r = 0;
  while (r < n / 2 && binomialAtMost(r, n) <= (1 - level) / 2) r++;
  if (r === 0) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { low: sorted[r - 1], high: sorted[n - r] };
}

/** P(B <= k) for n tries of 1/2, by the incomplete beta function. */
function binomialAtMost(k: number, n: number): number {
  return k >= n ? 1 : jStat.ibeta(0.5, n - k, k + 1);
}
