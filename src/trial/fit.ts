import type { Matrix } from '../math/matrix.ts';
import { matrix, multiplyVector } from '../math/matrix.ts';
import { divergenceTest } from '../nn/divergence.ts';
import { type Evaluations, epochOfValue, indexOfEpoch } from '../nn/evaluated-epochs.ts';
import { type LossName, losses } from '../nn/losses.ts';
import type { LayerWeights } from '../nn/network.ts';
import type { Samples } from '../nn/samples.ts';
import type { Trained } from '../nn/train.ts';
import { finiteOrNull } from '../stats/describe.ts';
import {
  type MetricName,
  meanSquaredError,
  metricNames,
  metrics,
  type ScoredMetric,
  scoredMetricNames,
  type Task,
} from '../stats/metrics.ts';
import type { PreparedRows } from './prepare.ts';

/** The results of one fit of the model, before bootstrapping. */
export interface Fit {
  /** Whether the fit diverged (see `divergenceTest`), and for models with epochs after which one (from 1). */
  readonly diverged: boolean;
  readonly divergedAt: number | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly curves: Readonly<Record<string, readonly (number | null)[]>>;
  /** [test rows] of a regression; null for classification or after divergence. */
  readonly predictions: Float64Array | null;
  /** [test rows][outputs] of a classifier; null for regression or after divergence. */
  readonly probabilities: Float64Array | null;
  /** The final weights of each layer; a linear model has one layer. Absent if another library keeps them. */
  readonly weights?: readonly LayerWeights[];
}

/** Whether some metrics need the outputs after the last epoch, because they are not recorded as curves. */
export function needsOutputs(loss: LossName): boolean {
  return scoredMetricNames(losses[loss].task).some((name) => !isCurve(loss, name));
}

/** Whether a metric is recorded for every evaluated epoch: the loss, and what is measured along with it. */
function isCurve(loss: LossName, name: MetricName): boolean {
  const { metric, second } = losses[loss];
  return name === metric || name === second?.metric;
}

/** The curves and the final and best values of a trained network. */
export function trainedFit(
  data: PreparedRows,
  loss: LossName,
  trained: Omit<Trained, 'weights'>,
  evaluations: Evaluations = {},
): Fit {
  const { metric, task, selects, second } = losses[loss];
  const splits = splitsIn(trained);
  const curves: Record<string, (number | null)[]> = {};
  for (const split of splits)
    curves[`${split}_${metric}`] = trained[split]!.loss.map(inOwnUnit(data, metric));
  if (second !== null) {
    for (const split of splits)
      curves[`${split}_${second.metric}`] = trained[split]!.second.map(inOwnUnit(data, second.metric));
  }
  const diverged = trained.divergedAt !== null;
  const last =
    trained.bestEpoch === undefined
      ? trained.train.loss.length - 1
      : indexOfEpoch(trained.bestEpoch, evaluations);
  const values: Record<string, number | null> = {};
  for (const name of metricNames(task)) {
    if (metrics[name].score === null && name !== metric) continue;
    for (const split of splits) {
      const column = `${split}_${name}`;
      if (diverged) values[column] = null;
      else if (isCurve(loss, name)) values[column] = curves[column][last]!;
      else values[column] = score(name as ScoredMetric, data, split, trained[`${split}Outputs`]!);
    }
  }
  Object.assign(
    values,
    diverged ? noBestEpoch(splits, selects) : bestEpochOf(curves, selects, evaluations, trained.bestEpoch),
  );
  const kept = diverged ? null : trained.testOutputs;
  const divergedAt = trained.divergedAt === null ? null : trained.divergedAt + 1;
  const [predictions, probabilities] = task === 'regression' ? [kept, null] : [null, kept];
  return { diverged, divergedAt, metrics: values, curves, predictions, probabilities };
}

/**
 * The scores of a linear model with the coefficients beta [columns]. It counts as diverged as if it had begun with beta = 0.
 * Least squares cannot do worse than that on its training rows, unless float64 is not enough for it.
 */
export function linearFit(data: PreparedRows, beta: Float64Array): Fit {
  const splits = splitsIn(data);
  const outputs = new Map(splits.map((split) => [split, multiplyVector(featuresOf(data[split]!), beta)]));
  const values: Record<string, number | null> = {};
  for (const name of scoredMetricNames('regression')) {
    for (const split of splits) {
      values[`${split}_${name}`] = score(name, data, split, outputs.get(split)!);
    }
  }
  const zeros = new Float64Array(data.train.rows);
  const atZero = () => meanSquaredError(data.train.targets, zeros);
  const lossOf = (split: SplitName) => {
    const loss = meanSquaredError(data[split]!.targets, outputs.get(split)!);
    return { loss: finiteOrNull(loss) ?? Number.POSITIVE_INFINITY };
  };
  const diverged = divergenceTest(
    losses.mse,
    data.train,
    atZero,
  )({
    train: lossOf('train'),
    test: lossOf('test'),
    ...(data.validation === undefined ? {} : { validation: lossOf('validation') }),
  });
  return {
    diverged,
    divergedAt: null,
    metrics: diverged ? noneOf(values) : values,
    curves: {},
    predictions: diverged ? null : outputs.get('test')!,
    probabilities: null,
    ...(diverged ? {} : { weights: [{ kernel: beta, bias: null }] }),
  };
}

/** The metrics without values, as of a fit that diverged. */
export function noneOf(names: Fit['metrics']): Record<string, null> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, null]));
}

/** The dense inputs as a matrix [rows][columns]. */
export function featuresOf({ rows, inputs }: Samples): Matrix {
  const values = inputs as Float64Array;
  return matrix(rows, values.length / rows, values);
}

function score(
  name: ScoredMetric,
  data: PreparedRows,
  split: SplitName,
  outputs: Float64Array,
): number | null {
  const { targets, rows } = data[split]!;
  return inOwnUnit(data, name)(metrics[name].score(targets, outputs, rows));
}

/**
 * Converts a metric of scaled targets to their own unit; null if it is not finite. With original = scaled * s + offset it
 * is s^power times as large: s^2 for squared errors, 1 for R2.
 */
export function inOwnUnit({ targetScale }: Pick<PreparedRows, 'targetScale'>, name: MetricName) {
  const s = targetScale?.factor ?? 1;
  const unit = [1, s, s * s][metrics[name].power];
  return (value: number): number | null => finiteOrNull(value * unit);
}

type SplitName = 'train' | 'test' | 'validation';

/** The splits that something has, in the order of a record. */
function splitsIn(of: { readonly validation?: unknown }): SplitName[] {
  return of.validation === undefined ? ['train', 'test'] : ['train', 'test', 'validation'];
}

/**
 * The best epoch (from 1), and what the metric is there: the first with the best value on the validation rows if there
 * are any, else on the test rows. `restored` is the epoch that early stopping has chosen.
 */
export function bestEpochOf(
  curves: Fit['curves'],
  selects: MetricName,
  evaluations: Evaluations,
  restored?: number,
): Record<string, number | null> {
  const validation = curves[`validation_${selects}`];
  const test = curves[`test_${selects}`];
  const index =
    restored === undefined
      ? indexOfBest((validation ?? test) as number[], selects)
      : indexOfEpoch(restored, evaluations);
  return {
    [`best_test_${selects}`]: test[index],
    ...(validation === undefined ? {} : { [`best_validation_${selects}`]: validation[index] }),
    best_epoch: epochOfValue(index, evaluations),
  };
}

function noBestEpoch(splits: readonly SplitName[], selects: MetricName): Record<string, null> {
  const held = splits.filter((split) => split !== 'train').map((split) => [`best_${split}_${selects}`, null]);
  return { ...Object.fromEntries(held), best_epoch: null };
}

/** The first index of the best value of a curve. */
function indexOfBest(curve: readonly number[], name: MetricName): number {
  const sign = metrics[name].better === 'lower' ? 1 : -1;
  let best = 0;
  curve.forEach((value, index) => {
    if (sign * value < sign * curve[best]) best = index;
  });
  return best;
}

/** The metrics by which the losses of a task compare epochs. */
export function selectedMetrics(task: Task): MetricName[] {
  const selected = Object.values(losses)
    .filter((loss) => loss.task === task)
    .map(({ selects }) => selects);
  return [...new Set(selected)];
}
