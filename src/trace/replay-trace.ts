import { matrix, multiplyVector } from '../math/matrix.ts';
import { recordedBatches } from '../nn/batches.ts';
import type { LayerSpec, LayerWeights } from '../nn/network.ts';
import type { Samples } from '../nn/samples.ts';
import { schedules } from '../nn/schedules.ts';
import { type Trained, type Training, train } from '../nn/train.ts';
import { leastSquares, ridge } from '../regression/least-squares.ts';
import { polynomialFeatures } from '../regression/polynomial.ts';
import { meanSquaredError, r2Score } from '../stats/metrics.ts';
import { lossNamed, optimizerConfig, type Trace } from './trace-schema.ts';

export interface TraceDifference {
  readonly quantity: string;
  /** See `relativeDifference`. */
  readonly difference: number;
}

/** Repeats the training from the recorded data, weights and batches, and compares every recorded result. */
export async function replayTrace(trace: Trace): Promise<TraceDifference[]> {
  const { model, expect, batches } = trace;
  if (model.kind === 'polynomial-closed-form') return replayClosedForm(trace, model);
  const training: Training = {
    ...(model.kind === 'ffnn' ? networkOf(model) : linearModelOf(model)),
    ...howOf(trace),
    batches: recordedBatches(batches!),
    epochs: batches!.length,
    endBeyondUse: false,
    dtype: 'float64',
  };
  const [trainSamples, testSamples] = [samplesOf(trace, 'train'), samplesOf(trace, 'test')];
  const trained = await train(trainSamples, testSamples, training);
  const pairs: Compared[] = [
    ...(await firstGradients(trainSamples, training, expect)),
    ['train_loss', trained.train.loss, asList(expect.train_loss)],
    ['test_loss', trained.test.loss, asList(expect.test_loss)],
    ['train_accuracy', trained.train.second, expect.train_accuracy],
    ['test_accuracy', trained.test.second, expect.test_accuracy],
    ['test_output', trained.testOutputs, expect.test_output.flat()],
    ...finalWeights(trained, expect),
  ];
  return pairs.flatMap(([quantity, replayed, recorded]) =>
    recorded === undefined ? [] : [{ quantity, difference: relativeDifference(replayed, recorded) }],
  );
}

type Compared = [quantity: string, replayed: ArrayLike<number>, recorded: ArrayLike<number> | undefined];

/** The penalty, the optimiser and the learning rate. */
function howOf(trace: Trace): Pick<Training, 'penalty' | 'optimizer' | 'learningRate' | 'schedule'> {
  if (trace.format === 'fys-nn-trace/2') {
    const { l2, l1, penalize } = trace.model;
    const { learning_rate, schedule } = trace.optimizer;
    return {
      penalty: { lambda: l2, l1, penalizeBiases: penalize === 'all' },
      optimizer: optimizerConfig(trace.optimizer),
      learningRate: learning_rate,
      schedule: schedules[schedule],
    };
  }
  const { model, sgd } = trace;
  const lambda = model.kind === 'ffnn' ? model.layers[0].l2 : model.l2;
  return {
    penalty: { lambda, penalizeBiases: true },
    optimizer: { name: 'sgd', momentum: sgd!.momentum },
    learningRate: sgd!.learning_rate,
    schedule: sgd!.decay ? schedules.decay : schedules.constant,
  };
}

/** The gradients of the first step, penalties included, as what a step of plain SGD at rate 1 subtracts. */
async function firstGradients(
  samples: Samples,
  training: Training,
  { first_gradients }: Trace['expect'],
): Promise<Compared[]> {
  if (first_gradients === undefined) return [];
  const rows = new Int32Array(training.batches.size);
  training.batches.startEpoch(0);
  training.batches.fill(0, rows, 0);
  const stepped = await train(samples, samples, {
    ...training,
    optimizer: { name: 'sgd' },
    learningRate: 1,
    schedule: schedules.constant,
    batches: recordedBatches([[[...rows]]]),
    epochs: 1,
  });
  const moved = training.weights.map(({ kernel, bias }, layer) => ({
    kernel: kernel.map((w, i) => w - stepped.weights[layer].kernel[i]),
    bias: bias!.map((w, i) => w - stepped.weights[layer].bias![i]),
  }));
  return ofLayers('first_gradients', moved, first_gradients);
}

type NetworkModel = Extract<Trace['model'], { kind: 'ffnn' }>;
type PolynomialModel = Extract<Trace['model'], { kind: 'polynomial' }>;
type ClosedFormModel = Extract<Trace['model'], { kind: 'polynomial-closed-form' }>;

function networkOf({ layers, loss, ...others }: NetworkModel) {
  return {
    layers: layers.map(({ units, activation }) => layerSpec(units, activation)),
    weights: layers.map(({ kernel, bias }) => ({
      kernel: transposed(kernel),
      bias: Float64Array.from(bias),
    })),
    loss: lossNamed(loss),
    delta: 'delta' in others ? others.delta : undefined,
  };
}

/** A polynomial model is a network on the polynomial features, without hidden layers or biases. */
function linearModelOf({ beta }: PolynomialModel) {
  const weights: LayerWeights[] = [{ kernel: Float64Array.from(beta), bias: null }];
  const layers: LayerSpec[] = [{ ...layerSpec(1, 'linear'), biasInit: null }];
  return { layers, weights, loss: 'mse' as const };
}

function layerSpec(units: number, activation: LayerSpec['activation']): LayerSpec {
  return { units, activation, kernelInit: 'glorot_uniform', biasInit: 'zeros' };
}

function samplesOf({ data, model }: Trace, part: 'train' | 'test'): Samples {
  const x = part === 'train' ? data.x_train : data.x_test;
  const y = part === 'train' ? data.y_train : data.y_test;
  const raw = Float64Array.from(x.flat());
  const inputs = model.kind === 'ffnn' ? raw : polynomialFeatures(raw, model.terms).data;
  return { rows: x.length, inputs, targets: Float64Array.from(y.flat()) };
}

async function replayClosedForm(trace: Trace, { l2, terms }: ClosedFormModel): Promise<TraceDifference[]> {
  const { expect } = trace;
  const train = samplesOf(trace, 'train');
  const test = samplesOf(trace, 'test');
  const features = matrix(train.rows, terms.length, train.inputs as Float64Array);
  const targets = train.targets as Float64Array;
  const beta = l2 === 0 ? await leastSquares(features, targets) : await ridge(features, targets, l2);
  const outputs = multiplyVector(matrix(test.rows, terms.length, test.inputs as Float64Array), beta);
  const compare = (quantity: string, replayed: ArrayLike<number>, recorded: ArrayLike<number>) => ({
    quantity,
    difference: relativeDifference(replayed, recorded),
  });
  return [
    compare('test_output', outputs, expect.test_output.flat()),
    compare('test_loss', [meanSquaredError(test.targets, outputs)], asList(expect.test_loss)!),
    compare('test_r2', [r2Score(test.targets, outputs)], [expect.test_r2!]),
  ];
}

function finalWeights(trained: Trained, { final_beta, final_layers }: Trace['expect']): Compared[] {
  if (final_beta !== undefined) return [['final_beta', trained.weights[0].kernel, final_beta]];
  return ofLayers('final_layers', trained.weights, final_layers ?? []);
}

type RecordedLayers = NonNullable<Trace['expect']['final_layers']>;

function ofLayers(name: string, replayed: readonly LayerWeights[], recorded: RecordedLayers): Compared[] {
  return recorded.flatMap(({ kernel, bias }, index) => [
    [`${name}.${index}.kernel`, replayed[index].kernel, transposed(kernel)],
    [`${name}.${index}.bias`, replayed[index].bias!, bias],
  ]);
}

/** Converts a recorded kernel [units][inputs] to the program's row-major [inputs][units]. */
function transposed(kernel: readonly (readonly number[])[]): Float64Array {
  const units = kernel.length;
  const values = new Float64Array(units * kernel[0].length);
  kernel.forEach((row, unit) => {
    row.forEach((weight, input) => {
      values[input * units + unit] = weight;
    });
  });
  return values;
}

/**
 * How far a replay is from the recording: max |replayed - recorded| / max |recorded| over a quantity's values.
 *
 * Infinite if the lengths differ or any value is not finite, even if both are the same infinity: no tolerance accepts it.
 */
export function relativeDifference(replayed: ArrayLike<number>, recorded: ArrayLike<number>): number {
  if (replayed.length !== recorded.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let scale = 0;
  for (let i = 0; i < recorded.length; i++) {
    const difference = Math.abs(replayed[i] - recorded[i]);
    if (!Number.isFinite(difference)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, difference);
    scale = Math.max(scale, Math.abs(recorded[i]));
  }
  return largest === 0 ? 0 : largest / scale;
}

function asList(value: number | number[] | undefined): number[] | undefined {
  return typeof value === 'number' ? [value] : value;
}
