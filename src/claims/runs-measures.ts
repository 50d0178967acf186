import type { Interval } from '../stats/interval.ts';
import { scaleDomains } from '../stats/scales.ts';
import type { Metrics } from './claims.ts';
import { metricNamed } from './column-metric.ts';
import type { Measure } from './domain.ts';
import { canonicalName } from './runs-cells.ts';

/** What is known of a column before its values are read. */
export interface Statistic {
  /** The column's name, and its place in the file. */
  readonly name: string;
  readonly column: number;
  /** The value of a run that diverged, the worst that there is; null: not known. */
  readonly worst: number | null;
  /** From the claims file, or because it has the name of a metric; null: it is inferred from the values. */
  readonly measure: Measure | null;
  /** Whether the claims file says so: then no value may lie outside. */
  readonly stated: boolean;
}

/** What is known of a column by its name. */
export function statisticOf(name: string, column: number, stated: Metrics = {}): Statistic {
  const key = Object.keys(stated).find((other) => canonicalName(other) === canonicalName(name));
  const own = key === undefined ? undefined : stated[key];
  const metric = metricNamed(name);
  const better = own?.better ?? metric?.better ?? null;
  const fixed = own?.scale !== undefined || own?.low !== undefined || own?.high !== undefined;
  const scale = own?.scale ?? (fixed ? 'plain' : undefined);
  const [low, high] = scale === undefined ? [0, 0] : scaleDomains[scale];
  return {
    name,
    column,
    worst: better === null ? null : better === 'lower' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
    measure:
      scale === undefined
        ? metric === null
          ? null
          : { scale: metric.scale, domain: { low: metric.domain[0], high: metric.domain[1] } }
        : { scale, domain: { low: own?.low ?? low, high: own?.high ?? high } },
    stated: fixed,
  };
}

/**
 * How the values of a column are compared: as stated or as the metric of its name is, if all runs can be values of it.
 * Otherwise by their logarithm if all runs and published numbers are positive, as errors, losses, times and percentages
 * are, and as they are if not. Nothing then rules out a value by itself.
 */
export function columnMeasure({ measure }: Statistic, runs: Interval, leastPublished: number): Measure {
  if (measure !== null && runs.low >= measure.domain.low && runs.high <= measure.domain.high) return measure;
  const scale = runs.low > 0 && leastPublished > 0 ? 'log' : 'plain';
  const [low, high] = scaleDomains[scale];
  return { scale, domain: { low, high } };
}
