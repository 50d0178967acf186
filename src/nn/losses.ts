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
  /** The metric by which epochs are compared: `metric`, or the accuracy if correct rows are counted. */
  readonly selects: MetricName;
  /** The output layer's activation, and its number of units P for the given number of classes (1 for regression). */
  readonly output: LayerSpec['activation'];
  readonly units: (classes: number) => number;
  /** The number of classes that it is for; null for any. */
  readonly classes: number | null;
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
  /** Writes the output layer's delta [N,P] = dC/dz from its a and the targets y [N,P]. */
  backward(kernels: Kernels, output: LayerMemory, targets: number, N: number): void;
  /** Replaces z by a and returns the sum of C_n over the N rows. */
  forwardSum(kernels: Kernels, output: LayerMemory, targets: number, N: number): number;
  /** The number of the N rows that a [N,P] assigns to the same class as y; null for regression. */
  readonly countCorrect:
    | ((kernels: Kernels, output: LayerMemory, targets: number, N: number) => number)
    | null;
}

export const losses = {
  /** C_n = sum over outputs of (a - y)^2; dC/da = 2 (a - y) / N. */
  mse: {
    title: 'mean squared error',
    task: 'regression',
    metric: 'mse',
    selects: 'mse',
    output: 'linear',
    units: () => 1,
    classes: null,
    encode: values,
    guess: variance,
    unattained: false,
    forward: activateInPlace,
    backward(kernels, layer, targets, N) {
      kernels.scaledDifference(layer.output, targets, 2 / N, layer.delta, N * layer.units);
      multiplyByDerivativeInPlace(kernels, layer, N);
    },
    forwardSum(kernels, layer, targets, N) {
      activateInPlace(kernels, layer, N);
      return kernels.squaredError(layer.output, targets, N * layer.units);
    },
    countCorrect: null,
  },
  /** C_n = -sum y ln softmax(z); with targets that sum to 1, dC/dz = (a - y) / N (equation 5 of the report). */
  cross_entropy: {
    title: 'cross-entropy',
    task: 'classification',
    metric: 'cross_entropy',
    selects: 'accuracy',
    output: 'softmax',
    units: (classes) => classes,
    classes: null,
    encode: oneHot,
    guess: (targets, rows) => log(targets.length / rows),
    unattained: true,
    forward: (kernels, { output, units }, N) => kernels.softmaxForwardInPlace(output, N, units),
    backward: (kernels, { output, delta, units }, targets, N) =>
      kernels.scaledDifference(output, targets, 1 / N, delta, N * units),
    forwardSum: (kernels, { output, units }, targets, N) =>
      kernels.softmaxCrossEntropyInPlace(output, targets, N, units),
    countCorrect: (kernels, { output, units }, targets, N) => kernels.countCorrect(output, targets, N, units),
  },
  /**
   * For two classes, with one sigmoid output a, the probability of the second one: C_n = -y ln a - (1 - y) ln(1 - a), computed
   * from the logits; dC/dz = (a - y) / N.
   */
  binary_cross_entropy: {
    title: 'binary cross-entropy',
    task: 'classification',
    metric: 'cross_entropy',
    selects: 'accuracy',
    output: 'sigmoid',
    units: () => 1,
    classes: 2,
    encode: values,
    guess: () => log(2),
    unattained: true,
    forward: activateInPlace,
    backward: (kernels, { output, delta }, targets, N) =>
      kernels.scaledDifference(output, targets, 1 / N, delta, N),
    forwardSum(kernels, layer, targets, N) {
      const sum = kernels.binaryCrossEntropy(layer.output, targets, N);
      activateInPlace(kernels, layer, N);
      return sum;
    },
    countCorrect: (kernels, { output }, targets, N) => kernels.countCorrectBinary(output, targets, N),
  },
} as const satisfies Record<string, Loss>;

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

/** The variance of the targets [rows][P], summed over the P outputs. */
function variance(targets: ArrayLike<number>, rows: number): number {
  const P = targets.length / rows;
  let sum = 0;
  for (let p = 0; p < P; p++) {
    let mean = 0;
    for (let n = 0; n < rows; n++) mean += targets[n * P + p] / rows;
    for (let n = 0; n < rows; n++) sum += (targets[n * P + p] - mean) ** 2 / rows;
  }
  return sum;
}

/** Labels 0 .. classes - 1 as one-hot rows. */
function oneHot(targets: ArrayLike<number>, rows: Int32Array, classes: number): Float64Array {
  const encoded = new Float64Array(rows.length * classes);
  rows.forEach((row, n) => {
    encoded[n * classes + targets[row]] = 1;
  });
  return encoded;
}
