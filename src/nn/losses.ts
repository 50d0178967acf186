import type { Kernels } from '../kernels/kernels.ts';
import { log } from '../math/elementary.ts';
import type { MetricName, Task } from '../stats/metrics.ts';
import { activateInPlace, multiplyByDerivativeInPlace } from './forward.ts';
import type { LayerMemory, LayerSpec } from './network.ts';

/** A loss C, the mean over rows of C_n, and the output layer that it needs. */
export interface Loss {
  readonly title: string;
  readonly task: Task;
  /** The metric that equals C. */
  readonly metric: MetricName;
  /** The metric by which epochs are compared, the same for all losses of a task: `metric`, or that of `second`. */
  readonly selects: MetricName;
  /** The output layer's activation, and its number of units P for the given number of classes (1 for regression). */
  readonly output: LayerSpec['activation'];
  readonly units: (classes: number) => number;
  /** Whether `output` is only what the output layer has unless another activation is chosen. */
  readonly anyOutput: boolean;
  /** The number of classes that it is for; null for any. */
  readonly classes: number | null;
  /** The least and the largest target of a training row; null for any. */
  readonly targets: readonly [number, number] | null;
  /** The same loss with another width delta; null if it has none. */
  readonly withDelta: ((delta: number) => Loss) | null;
  /** Whether its gradient is continuous. */
  readonly smooth: boolean;
  /** Encodes the dataset's targets of the given rows as y [rows][P]. */
  readonly encode: (targets: ArrayLike<number>, rows: Int32Array, classes: number) => Float64Array;
  /**
   * C of the guess that ignores the inputs, from the encoded targets y [rows][P]: the mean target, or the same
   * probability for each class. It is the scale by which a loss is large.
   */
  readonly guess: (targets: ArrayLike<number>, rows: number) => number;
  /**
   * Whether C falls towards a bound that no weights reach once every row is classified correctly: weights c times as large,
   * c > 1, make C lower. Then there is no optimum without a penalty.
   */
  readonly unattained: boolean;
  /** Replaces the output layer's z [N,P] by a. */
  forward(kernels: Kernels, output: LayerMemory, N: number): void;
  /**
   * Writes the output layer's delta [N,P] = dC/dz from its a and the targets y [N,P], where C is the mean over a batch of
   * `rows` rows, of which these N are a part.
   */
  backward(kernels: Kernels, output: LayerMemory, targets: number, N: number, rows: number): void;
  /** Replaces z by a and returns the sum of C_n over the N rows. */
  forwardSum(kernels: Kernels, output: LayerMemory, targets: number, N: number): number;
  /** What is measured along with C: a metric, and its sum over the N rows of a [N,P] and y; null for nothing. */
  readonly second: SecondMetric | null;
}

interface SecondMetric {
  readonly metric: MetricName;
  sum(kernels: Kernels, output: LayerMemory, targets: number, N: number): number;
}

/** What the losses of regression have in common: one output with any activation, and the squared error next to C. */
const ofRegression = {
  task: 'regression',
  selects: 'mse',
  output: 'linear',
  units: () => 1,
  anyOutput: true,
  classes: null,
  targets: null,
  withDelta: null,
  smooth: true,
  encode: values,
  unattained: false,
  forward: activateInPlace,
  second: {
    metric: 'mse',
    sum: (kernels, { output, units }, targets, N) => kernels.squaredError(output, targets, N * units),
  },
} as const satisfies Partial<Loss>;

const ofClassification = {
  task: 'classification',
  selects: 'accuracy',
  anyOutput: false,
  targets: null,
  withDelta: null,
  smooth: true,
  unattained: true,
} as const satisfies Partial<Loss>;

/** C_n = -y ln a - (1 - y) ln(1 - a) for a sigmoid output a, computed from the logits; dC/dz = (a - y) / N. */
const fromLogits = {
  output: 'sigmoid',
  units: () => 1,
  guess: () => log(2),
  forward: activateInPlace,
  backward: (kernels, { output, delta }, targets, N, rows) =>
    kernels.scaledDifference(output, targets, 1 / rows, delta, N),
  forwardSum(kernels, layer, targets, N) {
    const sum = kernels.binaryCrossEntropy(layer.output, targets, N);
    activateInPlace(kernels, layer, N);
    return sum;
  },
} as const satisfies Partial<Loss>;

export const losses = {
  /** C_n = sum over outputs of (a - y)^2; dC/da = 2 (a - y) / N. */
  mse: {
    ...ofRegression,
    title: 'mean squared error',
    metric: 'mse',
    guess: meanOf((e) => e ** 2),
    backward(kernels, layer, targets, N, rows) {
      kernels.scaledDifference(layer.output, targets, 2 / rows, layer.delta, N * layer.units);
      multiplyByDerivativeInPlace(kernels, layer, N);
    },
    forwardSum(kernels, layer, targets, N) {
      activateInPlace(kernels, layer, N);
      return kernels.squaredError(layer.output, targets, N * layer.units);
    },
    second: null,
  },
  /** C_n = sum over outputs of |a - y|; dC/da = sign(a - y) / N, with sign(0) = 0. */
  mae: {
    ...ofRegression,
    title: 'mean absolute error',
    metric: 'mae',
    smooth: false,
    guess: meanOf(Math.abs),
    backward(kernels, layer, targets, N, rows) {
      kernels.signOfDifference(layer.output, targets, 1 / rows, layer.delta, N * layer.units);
      multiplyByDerivativeInPlace(kernels, layer, N);
    },
    forwardSum(kernels, layer, targets, N) {
      activateInPlace(kernels, layer, N);
      return kernels.absoluteError(layer.output, targets, N * layer.units);
    },
  },
  huber: huber(1),
  /** For targets in [0, 1]; see `fromLogits`. */
  sigmoid_cross_entropy: {
    ...ofRegression,
    ...fromLogits,
    title: 'binary cross-entropy',
    metric: 'binary_cross_entropy',
    anyOutput: false,
    targets: [0, 1],
  },
  /** C_n = -sum y ln softmax(z); with targets that sum to 1, dC/dz = (a - y) / N (equation 5 of the report). */
  cross_entropy: {
    ...ofClassification,
    title: 'cross-entropy',
    metric: 'cross_entropy',
    output: 'softmax',
    units: (classes) => classes,
    classes: null,
    encode: oneHot,
    guess: (targets, rows) => log(targets.length / rows),
    forward: (kernels, { output, units }, N) => kernels.softmaxForwardInPlace(output, N, units),
    backward: (kernels, { output, delta, units }, targets, N, rows) =>
      kernels.scaledDifference(output, targets, 1 / rows, delta, N * units),
    forwardSum: (kernels, { output, units }, targets, N) =>
      kernels.softmaxCrossEntropyInPlace(output, targets, N, units),
    second: {
      metric: 'accuracy',
      sum: (kernels, { output, units }, targets, N) => kernels.countCorrect(output, targets, N, units),
    },
  },
  /** For two classes; the output is the probability of the second one. See `fromLogits`. */
  binary_cross_entropy: {
    ...ofClassification,
    ...fromLogits,
    title: 'binary cross-entropy',
    metric: 'cross_entropy',
    classes: 2,
    encode: values,
    second: {
      metric: 'accuracy',
      sum: (kernels, { output }, targets, N) => kernels.countCorrectBinary(output, targets, N),
    },
  },
} as const satisfies Record<string, Loss>;

/**
 * C_n = sum over outputs of e^2/2 where |e| <= delta, else delta (|e| - delta/2), with e = a - y; dC/da is e limited to
 * [-delta, delta], divided by N (P. J. Huber, Robust estimation of a location parameter, Ann. Math. Statist. 35, 1964).
 */
function huber(width: number) {
  return {
    ...ofRegression,
    title: 'Huber loss',
    metric: 'huber',
    withDelta: (delta: number): Loss => huber(delta),
    guess: meanOf((e) => (Math.abs(e) <= width ? (e * e) / 2 : width * (Math.abs(e) - width / 2))),
    backward(kernels, layer, targets, N, rows) {
      kernels.limitedDifference(layer.output, targets, width, 1 / rows, layer.delta, N * layer.units);
      multiplyByDerivativeInPlace(kernels, layer, N);
    },
    forwardSum(kernels, layer, targets, N) {
      activateInPlace(kernels, layer, N);
      return kernels.huberError(layer.output, targets, width, N * layer.units);
    },
  } as const satisfies Loss;
}

/** A loss by name; `delta` counts for one that has it. */
export function lossOf(name: LossName, delta = defaultDelta): Loss {
  const loss: Loss = losses[name];
  return loss.withDelta?.(delta) ?? loss;
}

export const defaultDelta = 1;

export type LossName = keyof typeof losses;
export const lossNames = Object.keys(losses) as LossName[];

/** The losses of a task. The first one is the default. */
export function lossesOf(task: Task): LossName[] {
  return lossNames.filter((name) => losses[name].task === task);
}

/** The real targets of the given rows, unchanged. */
function values(targets: ArrayLike<number>, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => targets[row]);
}

/** The mean over rows of an error e of the mean target, summed over the P outputs, for targets [rows][P]. */
function meanOf(errorOf: (e: number) => number): Loss['guess'] {
  return (targets, rows) => {
    const P = targets.length / rows;
    let sum = 0;
    for (let p = 0; p < P; p++) {
      let mean = 0;
      for (let n = 0; n < rows; n++) mean += targets[n * P + p] / rows;
      for (let n = 0; n < rows; n++) sum += errorOf(targets[n * P + p] - mean) / rows;
    }
    return sum;
  };
}

/** Labels 0 .. classes - 1 as one-hot rows. */
function oneHot(targets: ArrayLike<number>, rows: Int32Array, classes: number): Float64Array {
  const encoded = new Float64Array(rows.length * classes);
  rows.forEach((row, n) => {
    encoded[n * classes + targets[row]] = 1;
  });
  return encoded;
}
