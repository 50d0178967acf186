import { foldRows, type Split } from '../datasets/split.ts';
import type { Labels } from '../datasets/stratify.ts';
import type { Checkpoints } from '../nn/epochs.ts';
import { type Evaluations, epochOfValue, indexOfEpoch } from '../nn/evaluated-epochs.ts';
import { mean, standardDeviation } from '../stats/describe.ts';
import type { MetricName } from '../stats/metrics.ts';
import { bestEpochOf, type Fit, noneOf } from './fit.ts';
import type { FitHooks } from './solvers/solver.ts';

/** What a fit to all rows but one fold says of the trial. It is JSON, so that checkpoints can hold it. */
export type FoldFit = Omit<Fit, 'predictions' | 'probabilities' | 'weights'>;

/** The rows of each fold's fit: its own rows are what it is tested on, so that nothing else needs to know of folds. */
export function foldSplits(
  train: Int32Array,
  folds: number,
  seed: number,
  labels: Labels | null = null,
): Split[] {
  return foldRows(train, folds, seed, labels).map(({ train: rest, validation }) => ({
    train: rest,
    validation: new Int32Array(),
    test: validation,
  }));
}

/**
 * Fits one fold after the other until one diverges. A trial with a checkpoint has the fits of the folds before it.
 *
 * `epochs` is the most that one fit takes. It gives each fit hooks that count the trial's epochs on, and returns those of the fit
 * to all rows with the fits of the folds.
 */
export async function fitFolds(
  folds: number,
  epochs: number,
  hooks: FitHooks,
  fitFold: (fold: number, hooks: FitHooks) => Promise<Fit>,
): Promise<{ fits: FoldFit[]; hooks: FitHooks }> {
  const fits = [...((hooks.checkpoints?.resume?.before?.results as FoldFit[] | undefined) ?? [])];
  const saved = fits.length;
  const hooksFor = (fold: number): FitHooks => {
    const { checkpoints, onEpoch, ...rest } = hooks;
    const before = { results: fits, epochs: fold * epochs };
    const own: Checkpoints | undefined = checkpoints && {
      resume: fold === saved ? checkpoints.resume : null,
      due: checkpoints.due,
      keep: (state) => checkpoints.keep(fold === 0 ? state : { ...state, before }),
    };
    return {
      ...rest,
      ...(onEpoch === undefined ? {} : { onEpoch: (epoch) => onEpoch(before.epochs + epoch) }),
      ...(own === undefined ? {} : { checkpoints: own }),
    };
  };
  for (let fold = saved; fold < folds; fold++) {
    const { attach: _, ...own } = hooksFor(fold);
    const { predictions: __, probabilities: ___, weights: ____, ...result } = await fitFold(fold, own);
    fits.push(result);
    if (result.diverged) break;
  }
  return { fits, hooks: hooksFor(folds) };
}

/**
 * The epochs of the fit to all rows where each fold stopped early: the evaluated epoch nearest to the mean of the folds'
 * best epochs, the later one of two.
 */
export function epochsOfFolds(fits: readonly FoldFit[], evaluations: Evaluations): number {
  const best = mean(fits.map(({ metrics }) => metrics.best_epoch!));
  const after = indexOfEpoch(best, evaluations);
  const [earlier, later] = [after - 1, after].map((index) => epochOfValue(index, evaluations));
  return after > 0 && best - earlier < later - best ? earlier : later;
}

/**
 * The fit to all rows with what its folds say of it: the mean and the standard deviation over the folds of each metric
 * of the rows that a fold leaves out, and the mean curves. Where each fold stopped early on its own, there are no mean
 * curves, and the best epoch is the one that they chose for all rows.
 */
export function withFolds(
  fit: Fit,
  fits: readonly FoldFit[],
  selects: MetricName,
  evaluations: Evaluations,
  chosenEpochs: number | null,
): Fit {
  if (fit.diverged) return fit;
  const metrics: Record<string, number | null> = { ...fit.metrics };
  for (const name of Object.keys(fits[0].metrics).filter((key) => key.startsWith('test_'))) {
    const values = fits.map((one) => one.metrics[name] ?? null);
    const all = values.filter((value) => value !== null);
    const column = name.replace('test_', 'validation_');
    const known = all.length === values.length;
    metrics[column] = known ? mean(all) : null;
    metrics[`${column}_sd`] = known ? standardDeviation(all) : null;
  }
  const curves: Record<string, Fit['curves'][string]> = { ...fit.curves };
  if (chosenEpochs !== null) {
    const chosen = bestEpochOf(curves, selects, evaluations, chosenEpochs);
    const best = { [`best_validation_${selects}`]: metrics[`validation_${selects}`] };
    return { ...fit, metrics: { ...metrics, ...chosen, ...best, epochs_run: chosenEpochs } };
  }
  for (const name of Object.keys(fits[0].curves).filter((key) => key.startsWith('test_'))) {
    const each = fits.map((one) => one.curves[name] as number[]);
    curves[name.replace('test_', 'validation_')] = each[0].map((_, epoch) =>
      mean(each.map((curve) => curve[epoch])),
    );
  }
  const chosen = `validation_${selects}` in curves ? bestEpochOf(curves, selects, evaluations) : {};
  return { ...fit, curves, metrics: { ...metrics, ...chosen } };
}

/** A fit that ends as diverged because a fit to a part of the rows did: its setting cannot be judged. */
export function divergedFold({ divergedAt, metrics }: FoldFit): Fit {
  return {
    diverged: true,
    divergedAt,
    metrics: noneOf(metrics),
    curves: {},
    predictions: null,
    probabilities: null,
  };
}
