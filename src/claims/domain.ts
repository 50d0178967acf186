import { isMetric, metricColumn } from '../trial/metrics.ts';
import type { Quantity } from './claims.ts';

/** Where a quantity can lie at all, ends included. */
export function domainOf({ statistic, curve }: Quantity): { readonly low: number; readonly high: number } {
  if (typeof curve === 'object' && 'within' in curve) return { low: 1, high: Number.POSITIVE_INFINITY };
  // What is no metric counts something of the architecture.
  const [low, high] = isMetric(statistic) ? metricColumn(statistic).domain : [0, Number.POSITIVE_INFINITY];
  return { low, high };
}
