import { divergenceTest } from '../nn/divergence.ts';
import type { Score } from '../nn/evaluate.ts';
import { isEvaluated } from '../nn/evaluated-epochs.ts';
import { type LossName, losses } from '../nn/losses.ts';
import { hyperparametersOf, type OptimizerConfig } from '../nn/optimizers.ts';
import { columnsOf, isSparse, type Samples } from '../nn/samples.ts';
import type { Trained, Training } from '../nn/train.ts';
import {
  loadTensorFlow,
  type Optimizer,
  type Sequential,
  type Tensor,
  type TensorFlow,
  type TfjsVersions,
} from './tensorflow.ts';

/** The number of rows that are evaluated at a time. */
const evaluationRows = 1000;

/** The Layers API's names for the losses that it supports. */
const lossNames = { mse: 'meanSquaredError', cross_entropy: 'categoricalCrossentropy' } as const;

/** Its names for the activations that it supports. leaky_relu is a separate layer there. */
const activationNames = {
  sigmoid: 'sigmoid',
  relu: 'relu',
  linear: 'linear',
  softmax: 'softmax',
  leaky_relu: 'linear',
} as const;

/** The first part of a training run that the Layers API does not support, in words; null if it supports everything. */
export function missingInTfjs({
  layers,
  loss,
  l1,
  optimizer,
  schedule,
}: Pick<Training, 'layers' | 'loss' | 'optimizer'> & {
  readonly l1: number;
  readonly schedule: string;
}): string | null {
  const activation = layers.find((layer) => !(layer.activation in activationNames))?.activation;
  if (activation !== undefined) return `the activation ${activation}`;
  if (!(loss in lossNames)) return `the loss ${loss}`;
  if (layers.some((layer) => layer.dropout !== undefined)) return 'dropout with masks from the seed';
  // Its derivative of |w| at 0 is -1, which moves biases that begin with 0.
  if (l1 !== 0) return 'an L1 penalty with derivative 0 at 0';
  if (optimizer.name !== 'sgd') return `the optimiser ${optimizer.name}`;
  // Its velocity does not contain the rate, so it equals ours only where the rate is constant.
  if ((optimizer.momentum ?? 0) !== 0 && schedule !== 'constant')
    return 'momentum with a learning rate that changes';
  const { name: _, momentum: __, ...others } = optimizer;
  const known = hyperparametersOf('sgd');
  const other = Object.entries(others).find(([field, value]) => value !== known[field]?.default);
  return other === undefined ? null : `the hyperparameter ${other[0]} of SGD`;
}

/**
 * Trains the network of `training` with the Layers API of TensorFlow.js, in float32, its only float type.
 *
 * The data, initial weights, mini-batches and learning rates are those of `train` in nn/train.ts, and it returns the
 * same kinds of curves and outputs. Like `train` it stops when it has diverged. Errors: versions other than
 * the expected ones.
 */
export async function trainWithTfjs(
  train: Samples,
  test: Samples,
  training: Omit<Training, 'dtype'>,
  expected: TfjsVersions,
  onEpoch: (epoch: number) => void = () => {},
): Promise<Omit<Trained, 'weights'>> {
  const { batches, epochs, learningRate, schedule, loss } = training;
  // `missingInTfjs` rejects every optimiser except SGD.
  const { momentum = 0 } = training.optimizer as OptimizerConfig & { name: 'sgd' };
  const tf = await loadTensorFlow(expected);
  const optimizer = momentum === 0 ? tf.train.sgd(learningRate) : tf.train.momentum(learningRate, momentum);
  const model = createModel(tf, training, columnsOf(train), optimizer);
  const rows = new Int32Array(batches.size);
  const curves = { train: { loss: [], second: [] }, test: { loss: [], second: [] } } as Curves;
  const initialLoss = (): number => {
    const initial = createModel(tf, training, columnsOf(train), optimizer);
    const { loss: value } = evaluate(tf, initial, train, loss);
    initial.dispose();
    return value;
  };
  const hasDiverged = divergenceTest(losses[loss], train, initialLoss);
  let divergedAt: number | null = null;
  let outputs: Record<keyof Curves, Float64Array> = { train: new Float64Array(), test: new Float64Array() };
  for (let epoch = 0; epoch < epochs && divergedAt === null; epoch++) {
    batches.startEpoch(epoch);
    for (let step = 0; step < batches.steps; step++) {
      batches.fill(step, rows, 0);
      optimizer.setLearningRate(schedule(learningRate, epoch, step, batches.steps));
      const batch = takeRows(tf, train, rows);
      await model.trainOnBatch(batch.inputs, batch.targets);
      tf.dispose(batch);
    }
    if (!isEvaluated(epoch + 1, training)) {
      onEpoch(epoch + 1);
      continue;
    }
    const evaluated = { train: evaluate(tf, model, train, loss), test: evaluate(tf, model, test, loss) };
    for (const part of ['train', 'test'] as const) {
      const score = evaluated[part];
      curves[part].loss.push(score.loss);
      if (score.second !== null) curves[part].second.push(score.second);
    }
    if (hasDiverged(evaluated)) divergedAt = epoch;
    outputs = { train: evaluated.train.outputs, test: evaluated.test.outputs };
    onEpoch(epoch + 1);
  }
  model.dispose();
  optimizer.dispose();
  return { ...curves, divergedAt, trainOutputs: outputs.train, testOutputs: outputs.test };
}

type Curves = Pick<Trained, 'train' | 'test'>;

function createModel(
  tf: TensorFlow,
  { layers, weights, loss, penalty: { lambda, penalizeBiases } }: Omit<Training, 'dtype'>,
  columns: number,
  optimizer: Optimizer,
): Sequential {
  const model = tf.sequential();
  const penalty = lambda === 0 ? null : tf.regularizers.l2({ l2: lambda });
  layers.forEach(({ units, activation, biasInit }, index) => {
    const dense = tf.layers.dense({
      units,
      activation: activationNames[activation as keyof typeof activationNames],
      useBias: biasInit !== null,
      kernelInitializer: 'zeros', // replaced below
      kernelRegularizer: penalty,
      biasRegularizer: penalizeBiases ? penalty : null,
      ...(index === 0 ? { inputShape: [columns] } : {}),
    });
    model.add(dense);
    if (activation === 'leaky_relu') model.add(tf.layers.leakyReLU({ alpha: 0.01 }));
  });
  const initial = weights.flatMap(({ kernel, bias }, index) => {
    const { units } = layers[index];
    const tensors = [tf.tensor(Float32Array.from(kernel), [kernel.length / units, units])];
    if (bias !== null) tensors.push(tf.tensor(Float32Array.from(bias), [units]));
    return tensors;
  });
  model.setWeights(initial);
  tf.dispose(initial);
  model.compile({ optimizer, loss: lossNames[loss as keyof typeof lossNames] });
  return model;
}

interface Evaluated extends Score {
  /** [rows][outputs] */
  readonly outputs: Float64Array;
}

/** The mean loss over all rows without the penalty, and the accuracy, computed by the library for each row. */
function evaluate(tf: TensorFlow, model: Sequential, samples: Samples, loss: LossName): Evaluated {
  const classifies = losses[loss].task === 'classification';
  const outputs = new Float64Array(samples.targets.length);
  const width = outputs.length / samples.rows;
  let sum = 0;
  let correct = 0;
  for (let from = 0; from < samples.rows; from += evaluationRows) {
    const count = Math.min(evaluationRows, samples.rows - from);
    const rows = Int32Array.from({ length: count }, (_, n) => from + n);
    tf.tidy(() => {
      const { inputs, targets } = takeRows(tf, samples, rows);
      const output = model.predictOnBatch(inputs);
      outputs.set(output.dataSync(), from * width);
      sum += sumOf(tf.metrics[lossNames[loss as keyof typeof lossNames]](targets, output));
      if (classifies) correct += sumOf(tf.metrics.categoricalAccuracy(targets, output));
    });
  }
  // The library clips probabilities before taking their logarithm, which would hide a NaN.
  const lossValue = outputs.some(Number.isNaN) ? Number.NaN : sum / samples.rows;
  return { loss: lossValue, second: classifies ? correct / samples.rows : null, outputs };
}

function sumOf(perRow: Tensor): number {
  return perRow.dataSync().reduce((sum, value) => sum + value, 0);
}

/** Selected rows as tensors: inputs [N][D], targets [N][P]. */
function takeRows(tf: TensorFlow, samples: Samples, rows: Int32Array): { inputs: Tensor; targets: Tensor } {
  const columns = columnsOf(samples);
  const width = samples.targets.length / samples.rows;
  const inputs = new Float32Array(rows.length * columns);
  const targets = new Float32Array(rows.length * width);
  rows.forEach((row, n) => {
    targets.set(samples.targets.subarray(row * width, (row + 1) * width), n * width);
    fillInputs(samples, row, inputs.subarray(n * columns, (n + 1) * columns));
  });
  return {
    inputs: tf.tensor(inputs, [rows.length, columns]),
    targets: tf.tensor(targets, [rows.length, width]),
  };
}

function fillInputs({ inputs }: Samples, row: number, to: Float32Array): void {
  if (!isSparse(inputs)) {
    to.set(inputs.subarray(row * to.length, (row + 1) * to.length));
    return;
  }
  const { starts, indices, values } = inputs.csr;
  const sparseRow = inputs.rows[row];
  for (let entry = starts[sparseRow]; entry < starts[sparseRow + 1]; entry++) {
    to[indices[entry]] = values[entry];
  }
}
