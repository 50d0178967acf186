import { log } from '../math/elementary.ts';
import { mean } from './describe.ts';
import type { ScaleName } from './scales.ts';

export type Task = 'regression' | 'classification';

/** A measure of how well outputs fit targets. */
export interface Metric {
  readonly task: Task;
  /** Its name in tables and on axes. */
  readonly title: string;
  /** Its name within a sentence, for the descriptions of columns. */
  readonly description: string;
  readonly better: 'lower' | 'higher';
  /** The lowest and the highest value that it can have. */
  readonly domain: readonly [number, number];
  /** The scale on which its values over many seeds are nearly normal. */
  readonly scale: ScaleName;
  /** The power of the targets' unit in which it is measured: with targets s times as large it is s^power times as large. */
  readonly power: 0 | 1 | 2;
  /**
   * Its value for targets [rows][P] and outputs [rows][P]; NaN where it is undefined. null for the value of a loss, which
   * only trials that minimise it have.
   */
  readonly score: ((targets: ArrayLike<number>, outputs: ArrayLike<number>, rows: number) => number) | null;
}

/** Every metric. A trial's record holds those of its task that have a score, and that of its loss. */
export const metrics = {
  mse: {
    task: 'regression',
    title: 'MSE',
    description: 'mean squared error',
    better: 'lower',
    domain: [0, Number.POSITIVE_INFINITY],
    scale: 'log',
    power: 2,
    score: meanSquaredError,
  },
  r2: {
    task: 'regression',
    title: 'R2',
    description: 'R2',
    better: 'higher',
    domain: [Number.NEGATIVE_INFINITY, 1],
    scale: 'log_distance',
    power: 0,
    score: r2Score,
  },
  mae: {
    task: 'regression',
    title: 'MAE',
    description: 'mean absolute error',
    better: 'lower',
    domain: [0, Number.POSITIVE_INFINITY],
    scale: 'log',
    power: 1,
    score: null,
  },
  /** With targets s times as large, its width is s times as large too. */
  huber: {
    task: 'regression',
    title: 'Huber loss',
    description: 'mean Huber loss',
    better: 'lower',
    domain: [0, Number.POSITIVE_INFINITY],
    scale: 'log',
    power: 2,
    score: null,
  },
  /** Of targets in [0, 1]; below 0 is possible for test targets outside. */
  binary_cross_entropy: {
    task: 'regression',
    title: 'binary cross-entropy',
    description: 'mean binary cross-entropy',
    better: 'lower',
    domain: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    scale: 'plain',
    power: 0,
    score: null,
  },
  /** -(1/N) sum over rows and outputs of y ln a. One output is the probability of the second of two classes. */
  cross_entropy: {
    task: 'classification',
    title: 'cross-entropy',
    description: 'mean cross-entropy',
    better: 'lower',
    domain: [0, Number.POSITIVE_INFINITY],
    scale: 'log',
    power: 0,
    score: (targets, outputs, rows) => {
      let sum = 0;
      for (let i = 0; i < targets.length; i++) {
        if (targets[i] !== 0) sum -= targets[i] * log(outputs[i]);
        if (targets.length === rows && targets[i] !== 1) sum -= (1 - targets[i]) * log(1 - outputs[i]);
      }
      return sum / rows;
    },
  },
  /** The share of rows whose largest output is in the same column as the largest target; one output is split at 0.5. */
  accuracy: {
    task: 'classification',
    title: 'accuracy',
    description: 'accuracy',
    better: 'higher',
    domain: [0, 1],
    scale: 'logit',
    power: 0,
    score: (targets, outputs, rows) => {
      const P = targets.length / rows;
      let correct = 0;
      for (let n = 0; n < rows; n++) if (argmax(targets, n, P) === argmax(outputs, n, P)) correct++;
      return correct / rows;
    },
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

/** The names of a task's metrics, or of all, in the order of the table. */
export function metricNames(task?: Task): MetricName[] {
  return (Object.keys(metrics) as MetricName[]).filter(
    (name) => task === undefined || metrics[name].task === task,
  );
}

/** A metric that every trial of its task has. */
export type ScoredMetric = {
  [Name in MetricName]: (typeof metrics)[Name]['score'] extends null ? never : Name;
}[MetricName];

/** The names of the metrics that every trial of a task has. */
export function scoredMetricNames(task: Task): ScoredMetric[] {
  return metricNames(task).filter((name): name is ScoredMetric => metrics[name].score !== null);
}

/** Mean squared error, (1/n) sum (y_i - p_i)^2, in the square of the targets' unit; NaN without rows. */
export function meanSquaredError(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  return sumOfSquaredErrors(targets, predictions) / targets.length;
}

/**
 * Coefficient of determination, R^2 = 1 - SS_res / SS_tot with SS_res = sum (y_i - p_i)^2 and
 * SS_tot = sum (y_i - mean(y))^2.
 *
 * 1 is a perfect fit, 0 is as good as the mean of the targets, and below 0 is worse. NaN if all targets are equal
 * (SS_tot = 0), since R^2 is then undefined.
 */
export function r2Score(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  const residual = sumOfSquaredErrors(targets, predictions);
  const center = mean(targets);
  let total = 0;
  for (let i = 0; i < targets.length; i++) {
    const deviation = targets[i] - center;
    total += deviation * deviation;
  }
  return total === 0 ? Number.NaN : 1 - residual / total;
}

function sumOfSquaredErrors(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  if (targets.length !== predictions.length) {
    throw new RangeError(
      `${targets.length} targets cannot be compared with ${predictions.length} predictions`,
    );
  }
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    const error = targets[i] - predictions[i];
    sum += error * error;
  }
  return sum;
}

/** The column of the largest of the P values of row n; on ties the first one. One value is that of column 1, of two. */
function argmax(values: ArrayLike<number>, n: number, P: number): number {
  if (P === 1) return Number(values[n] >= 0.5);
  let largest = 0;
  for (let p = 1; p < P; p++) if (values[n * P + p] > values[n * P + largest]) largest = p;
  return largest;
}
