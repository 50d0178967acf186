import jStat from 'jstat';

/** The quantile of the standard normal distribution, for 0 < probability < 1. */
export function normalQuantile(probability: number): number {
  return jStat.normal.inv(probability, 0, 1);
}
