import { createKernels } from '../kernels/index.ts';
import type { Kernels, SparseWorkspace } from '../kernels/kernels.ts';
import type { Dtype } from '../math/dtype.ts';
import type { Batches } from './batches.ts';
import { type Checkpoints, type Curve, createRecord, noCheckpoints, runEpochs } from './epochs.ts';
import { evaluate, evaluationRows, predict, type Scores } from './evaluate.ts';
import type { EvaluatorTask, LendCore } from './evaluator.ts';
import { forwardHidden, multiplyByDerivativeInPlace } from './forward.ts';
import { type Loss, type LossName, losses } from './losses.ts';
import { createArena, type LayerMemory, type LayerSpec, type LayerWeights, layOut } from './network.ts';
import { movesEveryWeight, type Sgd, sgdStep, sgdStepBias } from './optimizers.ts';
import {
  columnsOf,
  layOutSamples,
  loadSamples,
  mostEntries,
  type SampleMemory,
  type Samples,
} from './samples.ts';
import type { Schedule } from './schedules.ts';
import { copyWeights, storeWeights, velocityMemory } from './weights.ts';

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
  /** [train rows][outputs] after the last epoch; empty for classification */
  readonly trainOutputs: Float64Array;
  readonly weights: LayerWeights[];
}

/**
 * Trains a feed-forward network by mini-batch stochastic gradient descent and backpropagation.
 *
 * For each batch: a_l = f(a_{l-1} W_l + b_l); delta_L = dC/dz_L; delta_{l-1} = delta_l W_l' * f'(z_{l-1});
 * dC/dW_l = a_{l-1}' delta_l; dC/db_l = sum of delta_l (equations 1 to 5 of the report). Linear and logistic
 * regression are networks without hidden layers. `onEpoch` hears of each epoch from 1. With a core that `lendCore` lends,
 * one epoch is evaluated there while the next one trains here: the same bits, sooner. One that goes on from a
 * checkpoint ends with the same bits as one that was never stopped: each epoch draws its batches from a stream of its own.
 */
export async function train(
  trainSamples: Samples,
  testSamples: Samples,
  training: Training,
  onEpoch: (epoch: number) => void = () => {},
  lendCore: LendCore = () => null,
  checkpoints: Checkpoints = noCheckpoints,
): Promise<Trained> {
  const { layers, batches, sgd, schedule, learningRate, epochs } = training;
  const loss = losses[training.loss];
  const outputs = layers[layers.length - 1].units;

  const arena = createArena();
  const [trainRows, testRows] = layOutSamples([trainSamples, testSamples], arena);
  const columns = columnsOf(trainSamples);
  const capacity = Math.max(batches.size, evaluationRows);
  const sparse = trainRows.csr !== null;
  const entries = batches.size * mostEntries(trainSamples);
  const memory = layOut(layers, columns, capacity, sgd.momentum !== 0, sparse, arena);
  const step: StepMemory = {
    rows: arena.ints(batches.size),
    csrRows: sparse ? arena.ints(batches.size) : -1,
    sorted: { ints: arena.ints(sparse ? columns + entries : 0), floats: arena.floats(entries) },
    inputs: sparse ? -1 : arena.floats(batches.size * columns),
    targets: arena.floats(batches.size * outputs),
  };

  const kernels = await createKernels(training.dtype, arena.size());
  loadSamples([trainSamples, testSamples], [trainRows, testRows], kernels);
  const { resume } = checkpoints;
  const velocities = velocityMemory(memory);
  storeWeights(kernels, memory, resume?.weights ?? training.weights);
  if (resume !== null && resume.velocities !== null) storeWeights(kernels, velocities, resume.velocities);

  const trainEpoch = (epoch: number): void => {
    batches.startEpoch(epoch);
    for (let index = 0; index < batches.steps; index++) {
      batches.fill(index, kernels.ints, step.rows);
      const rate = schedule(learningRate, epoch, index, batches.steps);
      trainStep(kernels, memory, trainRows, step, batches.size, loss, sgd, rate);
    }
  };
  const evaluateHere = (): Scores => ({
    train: evaluate(kernels, memory, trainRows, loss),
    test: evaluate(kernels, memory, testRows, loss),
  });
  const { dtype } = training;
  const task: EvaluatorTask = { train: trainSamples, test: testSamples, layers, loss: training.loss, dtype };
  const record = createRecord(onEpoch, resume);
  const copy = () => copyWeights(kernels, memory);
  const copyVelocities = () => (sgd.momentum === 0 ? null : copyWeights(kernels, velocities));
  await runEpochs({
    epochs,
    trainEpoch,
    evaluateHere,
    copy,
    copyVelocities,
    record,
    task,
    lendCore,
    checkpoints,
  });
  return {
    train: record.train,
    test: record.test,
    divergedAt: record.divergedAt(),
    testOutputs: predict(kernels, memory, testRows, loss),
    trainOutputs: loss.task === 'regression' ? predict(kernels, memory, trainRows, loss) : new Float64Array(),
    weights: copy(),
  };
}

interface StepMemory {
  /** in ints: the batch's row indices */
  readonly rows: number;
  /** in ints: the sparse matrix's row of each of them; -1 for dense inputs */
  readonly csrRows: number;
  readonly sorted: SparseWorkspace;
  /** [batch][columns], or -1 when the inputs are sparse */
  readonly inputs: number;
  /** [batch][outputs] */
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

  if (samples.csr !== null) takeCsrRows(kernels.ints, samples.csrRows, step, N);
  forwardHidden(kernels, layers, samples, step.inputs, step.csrRows, N);
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
      const { csrRows, sorted } = step;
      kernels.sparseBackwardWeights(
        samples.csr,
        csrRows,
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
      const { csrRows, sorted } = step;
      kernels.sparseSgdInPlace(
        samples.csr,
        csrRows,
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

/** From a batch's sample numbers to rows of the sparse matrix. */
function takeCsrRows(ints: Int32Array, csrRows: number, step: StepMemory, N: number): void {
  for (let n = 0; n < N; n++) ints[step.csrRows + n] = ints[csrRows + ints[step.rows + n]];
}
