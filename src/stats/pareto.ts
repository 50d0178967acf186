import { exp, log } from '../math/elementary.ts';
import { mean } from './describe.ts';

/** A generalised Pareto distribution of how far values lie beyond a threshold. */
export interface Pareto {
  /** Its tail index xi: 0 exponential, above 0 heavier, below 0 bounded. */
  readonly shape: number;
  readonly scale: number;
}

/** Below this, a shape counts as 0: the formulas would lose all digits. */
const nearZero = 1e-9;

/** P(Y > y) = (1 + xi y / sigma)^(-1 / xi), for y >= 0; exp(-y / sigma) for xi = 0. */
export function paretoTail({ shape, scale }: Pareto, y: number): number {
  if (y === Number.POSITIVE_INFINITY) return 0;
  if (Math.abs(shape) < nearZero) return exp(-y / scale);
  const base = 1 + (shape * y) / scale;
  return base <= 0 ? 0 : exp(-log(base) / shape);
}

/** The y beyond which a value lies with this probability: the inverse of `paretoTail`, for 0 < probability <= 1. */
export function paretoQuantile({ shape, scale }: Pareto, probability: number): number {
  if (Math.abs(shape) < nearZero) return -scale * log(probability);
  return (scale * (exp(-shape * log(probability)) - 1)) / shape;
}

/**
 * Fits the distribution to excesses over a threshold, by probability-weighted moments. With the excesses in ascending
 * order and p_i = (i - 0.35) / n,
 *
 *     a0 = mean y_i,   a1 = mean (1 - p_i) y_i,   xi = 2 - a0 / (a0 - 2 a1),   sigma = 2 a0 a1 / (a0 - 2 a1)
 *
 * Source: Hosking & Wallis, Parameter and Quantile Estimation for the Generalized Pareto Distribution, Technometrics 29
 * (1987). For the far tail of a simulated distribution: Knijnenburg et al., Fewer Permutations, More Accurate P-values,
 * Bioinformatics 25 (2009).
 */
export function fitPareto(ascending: ArrayLike<number>): Pareto {
  const n = ascending.length;
  const a0 = mean(ascending);
  let a1 = 0;
  for (let i = 0; i < n; i++) a1 += (1 - (i + 0.65) / n) * ascending[i];
  a1 /= n;
  const difference = a0 - 2 * a1;
  return { shape: 2 - a0 / difference, scale: (2 * a0 * a1) / difference };
}
