import { isMetric, metricColumn } from '../trial/metrics.ts';
import type { ConclusionClaim } from './claims.ts';

/** What the effect of a conclusion is measured in: the metric that all of its quantities share; empty if they differ. */
export function effectUnit({ quantities }: Pick<ConclusionClaim, 'quantities'>): string {
  const titles = new Set(
    Object.values(quantities).map(({ statistic, curve }) =>
      typeof curve === 'object' && 'within' in curve ? 'epochs' : titleOf(statistic),
    ),
  );
  return titles.size === 1 ? [...titles][0] : '';
}

function titleOf(statistic: string): string {
  return isMetric(statistic) ? metricColumn(statistic).title : statistic.replaceAll('_', ' ');
}
