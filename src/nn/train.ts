import { createKernels } from '../kernels/index.ts';
import type { Kernels, SparseWorkspace } from '../kernels/kernels.ts';
import type { Dtype } from '../math/dtype.ts';
import type { Batches } from './batches.ts';
import { type Curve, evaluate, evaluationRows, predict } from './evaluate.ts';
import { forwardHidden, multiplyByDerivativeInPlace } from './forward.ts';
import { type Loss, type LossName, losses } from './losses.ts';
import { createArena, type LayerMemory, type LayerSpec, type LayerWeights, layOut } from './network.ts';
import { movesEveryWeight, type Sgd, sgdStep, sgdStepBias } from './optimizers.ts';
import { layOutSamples, loadSamples, type SampleMemory, type Samples } from './samples.ts';
import type { Schedule } from './schedules.ts';

export interface Training {
  readonly layers: readonly LayerSpec[];
  /** Initial weights, one entry a layer. */
  readonly weights: readonly LayerWeights[];
  readonly loss: LossName;
  readonly sgd: Sgd;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly batches: Batches;
  readonly epochs: number;
  readonly dtype: Dtype;
}

export interface Trained {
  readonly train: Curve;
  readonly test: Curve;
  /** The epoch (from 0) after which a loss was no longer finite and training stopped; null when it ran to its end. */
  readonly divergedAt: number | null;
  /** [test rows][outputs] after the last epoch */
  readonly testOutputs: Float64Array;
  /** [train rows][outputs] after the last epoch */
  readonly trainOutputs: Float64Array;
  readonly weights: LayerWeights[];
}

/**
 * Trains a feed-forward network by mini-batch stochastic gradient descent and backpropagation.
 *
 * For each batch: a_l = f(a_{l-1} W_l + b_l); delta_L = dC/dz_L; delta_{l-1} = delta_l W_l' * f'(z_{l-1});
 * dC/dW_l = a_{l-1}' delta_l; dC/db_l = sum of delta_l (equations 1 to 5 of the report). Linear and logistic
 * regression are networks without hidden layers. `onEpoch` hears of each epoch from 1.
 */
export async function train(
  trainSamples: Samples,
  testSamples: Samples,
  training: Training,
  onEpoch: (epoch: number) => void = () => {},
): Promise<Trained> {
  const { layers, batches, sgd, schedule, learningRate, epochs } = training;
  const loss = losses[training.loss];
  const outputs = layers[layers.length - 1].units;

  const arena = createArena();
  const trainRows = layOutSamples(trainSamples, arena);
  const testRows = layOutSamples(testSamples, arena);
  const columns = columnsOf(trainSamples);
  const capacity = Math.max(batches.size, evaluationRows);
  const sparse = trainRows.csr !== null;
  const entries = batches.size * columns;
  const memory = layOut(layers, columns, capacity, sgd.momentum !== 0, sparse, arena);
  const step: StepMemory = {
    rows: arena.ints(Math.max(capacity, trainRows.rows, testRows.rows)),
    everyRow: arena.ints(Math.max(trainRows.rows, testRows.rows)),
    sorted: { ints: arena.ints(sparse ? columns + entries : 0), floats: arena.floats(sparse ? entries : 0) },
    inputs: trainRows.csr === null ? arena.floats(capacity * columns) : -1,
    targets: arena.floats(capacity * outputs),
  };

  const kernels = await createKernels(training.dtype, arena.size());
  loadSamples(trainSamples, trainRows, kernels);
  loadSamples(testSamples, testRows, kernels);
  memory.forEach((layer, index) => {
    const { kernel, bias } = training.weights[index];
    for (let d = 0; d < layer.inputs; d++) {
      const row = kernel.subarray(d * layer.units, (d + 1) * layer.units);
      kernels.floats.set(row, layer.kernel + d * layer.stride);
    }
    if (bias !== null) kernels.floats.set(bias, layer.bias);
  });
  for (let row = 0; row < Math.max(trainRows.rows, testRows.rows); row++)
    kernels.ints[step.everyRow + row] = row;

  const curves = { train: emptyCurve(), test: emptyCurve() };
  let divergedAt: number | null = null;
  for (let epoch = 0; epoch < epochs && divergedAt === null; epoch++) {
    batches.startEpoch(epoch);
    for (let index = 0; index < batches.steps; index++) {
      batches.fill(index, kernels.ints, step.rows);
      const rate = schedule(learningRate, epoch, index, batches.steps);
      trainStep(kernels, memory, trainRows, step, batches.size, loss, sgd, rate);
    }
    evaluate(kernels, memory, trainRows, step.everyRow, loss, curves.train);
    evaluate(kernels, memory, testRows, step.everyRow, loss, curves.test);
    const finite = Number.isFinite(curves.train.loss[epoch]) && Number.isFinite(curves.test.loss[epoch]);
    if (!finite) divergedAt = epoch;
    onEpoch(epoch + 1);
  }
  return {
    ...curves,
    divergedAt,
    testOutputs: predict(kernels, memory, testRows, step.everyRow, loss),
    trainOutputs: predict(kernels, memory, trainRows, step.everyRow, loss),
    weights: memory.map((layer) => weightsOf(kernels, layer)),
  };
}

interface StepMemory {
  /** in ints: the batch's row indices */
  readonly rows: number;
  /** in ints: 0, 1, 2, ... */
  readonly everyRow: number;
  readonly sorted: SparseWorkspace;
  /** [capacity][columns], or -1 when the inputs are sparse */
  readonly inputs: number;
  /** [capacity][outputs] */
  readonly targets: number;
}

function trainStep(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  step: StepMemory,
  N: number,
  loss: Loss,
  sgd: Sgd,
  rate: number,
): void {
  const last = layers.length - 1;
  if (samples.csr === null) kernels.gatherRows(samples.dense, step.rows, step.inputs, N, layers[0].inputs);
  kernels.gatherRows(samples.targets, step.rows, step.targets, N, layers[last].units);

  forwardHidden(kernels, layers, samples, step.inputs, step.rows, N);
  loss.forward(kernels, layers[last], N);
  loss.backward(kernels, layers[last], step.targets, N);

  for (let l = last; l >= 0; l--) {
    const layer = layers[l];
    const { delta, kernelGradient, inputs, units, stride } = layer;
    if (layer.bias >= 0) kernels.backwardBias(delta, layer.biasGradient, N, units);
    if (l > 0) {
      const below = layers[l - 1];
      kernels.denseBackwardWeights(below.output, delta, kernelGradient, N, inputs, units);
      kernels.backwardInputs(delta, layer.kernel, layer.transposed, below.delta, N, inputs, units);
      multiplyByDerivativeInPlace(kernels, below, N);
      sgdStep(kernels, layer, sgd, rate);
    } else if (samples.csr === null) {
      kernels.denseBackwardWeights(step.inputs, delta, kernelGradient, N, inputs, units);
      sgdStep(kernels, layer, sgd, rate);
    } else if (movesEveryWeight(sgd)) {
      const { rows, sorted } = step;
      kernels.sparseBackwardWeights(
        samples.csr,
        rows,
        delta,
        kernelGradient,
        sorted,
        N,
        inputs,
        units,
        stride,
      );
      sgdStep(kernels, layer, sgd, rate);
    } else {
      const { rows, sorted } = step;
      kernels.sparseSgdInPlace(
        samples.csr,
        rows,
        delta,
        kernelGradient,
        layer.kernel,
        rate,
        sorted,
        N,
        inputs,
        units,
        stride,
      );
      sgdStepBias(kernels, layer, sgd, rate);
    }
  }
}

function weightsOf({ floats }: Kernels, layer: LayerMemory): LayerWeights {
  const { inputs, units, stride } = layer;
  const kernel = new Float64Array(inputs * units);
  for (let d = 0; d < inputs; d++) {
    const row = layer.kernel + d * stride;
    kernel.set(floats.subarray(row, row + units), d * units);
  }
  const bias = layer.bias < 0 ? null : Float64Array.from(floats.subarray(layer.bias, layer.bias + units));
  return { kernel, bias };
}

function columnsOf({ rows, inputs }: Samples): number {
  return 'starts' in inputs ? inputs.columns : inputs.length / rows;
}

function emptyCurve(): Curve {
  return { loss: [], accuracy: [] };
}
