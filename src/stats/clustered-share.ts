import type { Interval } from './interval.ts';
import { wilsonInterval } from './wilson.ts';

/** What was counted at one place: outcomes that may depend on each other. */
export interface Cluster {
  readonly count: number;
  readonly successes: number;
}

/**
 * The share of successes over clusters whose outcomes depend on each other, with Wilson's interval for as many independent
 * outcomes as would be as uncertain. With p the share, m_i the counts and x_i the successes of S clusters,
 *
 *     variance = S / (S - 1) sum (x_i - p m_i)^2 / (sum m_i)^2,   outcomes = p (1 - p) / variance
 *
 * between S and sum m_i; S where p is 0 or 1, or there is one cluster. Source: Korn & Graubard, Confidence Intervals for
 * Proportions with Small Expected Number of Positive Counts Estimated from Survey Data, Survey Methodology 24 (1998).
 */
export function clusteredShare(
  clusters: readonly Cluster[],
  level: number,
): { readonly share: number } & Interval {
  const s = clusters.length;
  const count = clusters.reduce((sum, cluster) => sum + cluster.count, 0);
  const share = clusters.reduce((sum, cluster) => sum + cluster.successes, 0) / count;
  const squares = clusters.reduce((sum, own) => sum + (own.successes - share * own.count) ** 2, 0);
  const variance = (s / (s - 1)) * (squares / count ** 2);
  const spread = share * (1 - share);
  const outcomes = spread === 0 || s < 2 ? s : Math.min(count, Math.max(s, spread / variance));
  return { share, ...wilsonInterval(share * outcomes, outcomes, level) };
}
