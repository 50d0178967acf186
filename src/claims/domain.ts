import type { Interval } from '../stats/interval.ts';
import type { ScaleName } from '../stats/scales.ts';
import { isMetric, metricColumn } from '../trial/metrics.ts';
import type { Quantity } from './claims.ts';

/** How the values of a statistic are compared. */
export interface Measure {
  readonly scale: ScaleName;
  /** The lowest and the highest value that it can have. */
  readonly domain: Interval;
}

/** How this program's runs of a quantity are compared. */
export function measureOf(quantity: Quantity): Measure {
  return { scale: scaleOf(quantity), domain: domainOf(quantity) };
}

/** The range of values that a quantity can have, ends included. */
export function domainOf({ statistic, curve }: Quantity): { readonly low: number; readonly high: number } {
  if (typeof curve === 'object' && 'within' in curve) return { low: 1, high: Number.POSITIVE_INFINITY };
  // A statistic that is not a metric counts layers.
  const [low, high] = isMetric(statistic) ? metricColumn(statistic).domain : [0, Number.POSITIVE_INFINITY];
  return { low, high };
}

/** The scale on which a quantity's runs are compared. Epochs and counts of layers are compared as they are. */
export function scaleOf({ statistic, curve }: Quantity): ScaleName {
  const isCount = typeof curve === 'object' && 'within' in curve;
  return isCount || !isMetric(statistic) ? 'plain' : metricColumn(statistic).scale;
}
