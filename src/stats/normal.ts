import jStat from 'jstat';
import { exp } from '../math/elementary.ts';

/** The quantile of the standard normal distribution, for 0 < probability < 1. */
export function normalQuantile(probability: number): number {
  return jStat.normal.inv(probability, 0, 1);
}

/** From this x on, the continued fraction replaces the series. It then needs this many terms for 15 digits. */
const seriesLimit = 3;
const fractionTerms = 100;

/**
 * P(|z| >= x) of the standard normal distribution, for x >= 0: relative error below 1e-13, also far out in the tail.
 *
 *     x < 3:   1 - 2 phi(x) (x + x^3/3 + x^5/(3 5) + ...)
 *     else:    2 phi(x) / (x + 1/(x + 2/(x + 3/(x + ...))))
 *
 * Source: Abramowitz & Stegun (1964), 26.2.11 and 26.2.14.
 */
export function normalTwoSided(x: number): number {
  const density = exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x >= seriesLimit) {
    let fraction = x;
    for (let k = fractionTerms; k >= 1; k--) fraction = x + k / fraction;
    return (2 * density) / fraction;
  }
  let term = x;
  let sum = 0;
  for (let k = 1; sum + term !== sum; k++) {
    sum += term;
    term *= (x * x) / (2 * k + 1);
  }
  return 1 - 2 * density * sum;
}
