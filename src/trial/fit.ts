import type { Matrix } from '../math/matrix.ts';
import { matrix, multiplyVector } from '../math/matrix.ts';
import { divergenceTest } from '../nn/divergence.ts';
import { type Evaluations, epochOfValue } from '../nn/epochs.ts';
import { type LossName, losses } from '../nn/losses.ts';
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
import type { Prepared } from './prepare.ts';

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
  data: Prepared,
  loss: LossName,
  trained: Omit<Trained, 'weights'>,
  evaluations: Evaluations = {},
): Fit {
  const { metric, task, selects, second } = losses[loss];
  const curves: Record<string, (number | null)[]> = {
    [`train_${metric}`]: trained.train.loss.map(inOwnUnit(data, metric)),
    [`test_${metric}`]: trained.test.loss.map(inOwnUnit(data, metric)),
  };
  if (second !== null) {
    curves[`train_${second.metric}`] = trained.train.accuracy.map(inOwnUnit(data, second.metric));
    curves[`test_${second.metric}`] = trained.test.accuracy.map(inOwnUnit(data, second.metric));
  }
  const diverged = trained.divergedAt !== null;
  const values: Record<string, number | null> = {};
  for (const name of metricNames(task)) {
    if (metrics[name].score === null && name !== metric) continue;
    for (const split of ['train', 'test'] as const) {
      const outputs = split === 'train' ? trained.trainOutputs : trained.testOutputs;
      const column = `${split}_${name}`;
      if (diverged) values[column] = null;
      else if (isCurve(loss, name)) values[column] = curves[column].at(-1)!;
      else values[column] = score(name as ScoredMetric, data, split, outputs);
    }
  }
  const best = diverged ? null : bestOf(curves[`test_${selects}`] as number[], selects);
  values[`best_test_${selects}`] = best?.value ?? null;
  values.best_epoch = best === null ? null : epochOfValue(best.index, evaluations);
  const kept = diverged ? null : trained.testOutputs;
  const divergedAt = trained.divergedAt === null ? null : trained.divergedAt + 1;
  const [predictions, probabilities] = task === 'regression' ? [kept, null] : [null, kept];
  return { diverged, divergedAt, metrics: values, curves, predictions, probabilities };
}

/**
 * The scores of a linear model with the coefficients beta [columns]. It counts as diverged as if it had begun with beta = 0.
 * Least squares cannot do worse than that on its training rows, unless float64 is not enough for it.
 */
export function linearFit(data: Prepared, beta: Float64Array): Fit {
  const outputs = {
    train: multiplyVector(featuresOf(data.train), beta),
    test: multiplyVector(featuresOf(data.test), beta),
  };
  const values: Record<string, number | null> = {};
  for (const name of scoredMetricNames('regression')) {
    for (const split of ['train', 'test'] as const) {
      values[`${split}_${name}`] = score(name, data, split, outputs[split]);
    }
  }
  const zeros = new Float64Array(data.train.rows);
  const atZero = () => meanSquaredError(data.train.targets, zeros);
  const lossOf = (split: 'train' | 'test') => {
    const loss = meanSquaredError(data[split].targets, outputs[split]);
    return { loss: finiteOrNull(loss) ?? Number.POSITIVE_INFINITY };
  };
  const diverged = divergenceTest(
    losses.mse,
    data.train,
    atZero,
  )({
    train: lossOf('train'),
    test: lossOf('test'),
  });
  if (diverged) for (const column of Object.keys(values)) values[column] = null;
  return {
    diverged,
    divergedAt: null,
    metrics: values,
    curves: {},
    predictions: diverged ? null : outputs.test,
    probabilities: null,
  };
}

/** The dense inputs as a matrix [rows][columns]. */
export function featuresOf({ rows, inputs }: Samples): Matrix {
  const values = inputs as Float64Array;
  return matrix(rows, values.length / rows, values);
}

function score(
  name: ScoredMetric,
  data: Prepared,
  split: 'train' | 'test',
  outputs: Float64Array,
): number | null {
  const { targets, rows } = data[split];
  return inOwnUnit(data, name)(metrics[name].score(targets, outputs, rows));
}

/**
 * Converts a metric of scaled targets to their own unit; null if it is not finite. With original = scaled * s + offset it
 * is s^power times as large: s^2 for squared errors, 1 for R2.
 */
export function inOwnUnit({ targetScale }: Pick<Prepared, 'targetScale'>, name: MetricName) {
  const s = targetScale?.factor ?? 1;
  const unit = [1, s, s * s][metrics[name].power];
  return (value: number): number | null => finiteOrNull(value * unit);
}

/** The best value of a curve, and the first index at which it is reached. */
function bestOf(curve: readonly number[], name: MetricName): { value: number; index: number } {
  const sign = metrics[name].better === 'lower' ? 1 : -1;
  let best = 0;
  curve.forEach((value, index) => {
    if (sign * value < sign * curve[best]) best = index;
  });
  return { value: curve[best], index: best };
}

/** The metrics by which the losses of a task compare epochs. */
export function selectedMetrics(task: Task): MetricName[] {
  const selected = Object.values(losses)
    .filter((loss) => loss.task === task)
    .map(({ selects }) => selects);
  return [...new Set(selected)];
}
