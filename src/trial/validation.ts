import type { Evaluations } from '../nn/evaluated-epochs.ts';
import type { MetricName } from '../stats/metrics.ts';
import { bestEpochOf, type Fit, noneOf } from './fit.ts';
import type { Prepared } from './prepare.ts';

/**
 * Adds the scores of the validation rows to a fit by a solver that knows of none: the same fit again, tested on these
 * rows. No fit depends on the rows that it is tested on, unless it stops early.
 */
export async function withValidation(
  fit: Fit,
  data: Prepared,
  selects: MetricName,
  evaluations: Evaluations,
  again: (data: Prepared) => Promise<Fit>,
): Promise<Fit> {
  const { validation, ...rest } = data;
  const has = (name: string) => name.startsWith('validation_');
  if (validation === undefined || fit.diverged || Object.keys(fit.metrics).some(has)) return fit;
  const other = await again({ ...rest, test: validation });
  const curves = { ...untilEndOf(other.curves, fit.curves), ...renamed(other.curves) };
  const chosen = `test_${selects}` in fit.curves ? bestEpochOf(curves, selects, evaluations) : {};
  const metrics = { ...fit.metrics, ...renamed(other.metrics), ...chosen };
  if (!other.diverged) return { ...fit, curves, metrics };
  const { diverged, divergedAt } = other;
  return { diverged, divergedAt, metrics: noneOf(metrics), curves, predictions: null, probabilities: null };
}

/** The curves as far as those of a fit that may have ended earlier. */
function untilEndOf(ended: Fit['curves'], curves: Fit['curves']): Fit['curves'] {
  const length = Object.values(ended).at(0)?.length;
  return Object.fromEntries(Object.entries(curves).map(([name, curve]) => [name, curve.slice(0, length)]));
}

/** The values of the test rows as those of the validation rows. */
function renamed<Value>(values: Readonly<Record<string, Value>>): Record<string, Value> {
  const own = Object.entries(values).filter(([name]) => name.startsWith('test_'));
  return Object.fromEntries(own.map(([name, value]) => [name.replace('test_', 'validation_'), value]));
}
