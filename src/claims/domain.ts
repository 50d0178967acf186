import { isMetric, metricColumn } from '../trial/metrics.ts';
import type { Quantity } from './claims.ts';

/** The range of values that a quantity can have, ends included. */
export function domainOf({ statistic, curve }: Quantity): { readonly low: number; readonly high: number } {
  if (typeof curve === 'object' && 'within' in curve) return { low: 1, high: Number.POSITIVE_INFINITY };
  // A statistic that is not a metric counts layers.
  const [low, high] = isMetric(statistic) ? metricColumn(statistic).domain : [0, Number.POSITIVE_INFINITY];
  return { low, high };
}
