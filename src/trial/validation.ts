import type { Evaluations } from '../nn/epochs.ts';
import type { MetricName } from '../stats/metrics.ts';
import { bestEpochOf, type Fit } from './fit.ts';
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
  if (other.diverged)
    return { ...fit, diverged: true, divergedAt: other.divergedAt, predictions: null, probabilities: null };
  const curves = { ...fit.curves, ...renamed(other.curves) };
  const chosen = `test_${selects}` in fit.curves ? bestEpochOf(curves, selects, evaluations) : {};
  return { ...fit, curves, metrics: { ...fit.metrics, ...renamed(other.metrics), ...chosen } };
}

/** The values of the test rows as those of the validation rows. */
function renamed<Value>(values: Readonly<Record<string, Value>>): Record<string, Value> {
  const own = Object.entries(values).filter(([name]) => name.startsWith('test_'));
  return Object.fromEntries(own.map(([name, value]) => [name.replace('test_', 'validation_'), value]));
}
