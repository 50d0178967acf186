import type { Quantity } from './claims.ts';

/** Where a quantity can lie at all, ends included. */
export function domainOf({ statistic, curve }: Quantity): { readonly low: number; readonly high: number } {
  const unbounded = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  if (typeof curve === 'object' && 'within' in curve) return { ...unbounded, low: 1 };
  if (/accuracy$/.test(statistic)) return { low: 0, high: 1 };
  if (/r2$/.test(statistic)) return { ...unbounded, high: 1 };
  return /(mse|cross_entropy|_sd|_layers|epoch|iterations)$/.test(statistic)
    ? { ...unbounded, low: 0 }
    : unbounded;
}
