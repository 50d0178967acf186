import type { Kernels, SparseWorkspace } from '../kernels/kernels.ts';
import type { Arena } from './arena.ts';
import { evaluationRows, type Score } from './evaluate.ts';
import { forwardHidden, isRelu2H1 } from './forward.ts';
import { createFullBatchSteps } from './full-batch.ts';
import { backward } from './gradient.ts';
import { type Loss, losses } from './losses.ts';
import type { LayerMemory } from './network.ts';
import type { Optimizer } from './optimizers.ts';
import { columnsOf, isSparse, layOutSparseWorkspace, type SampleMemory, type Samples } from './samples.ts';
import { createUpdate, type Penalty, type Update } from './update.ts';

export interface StepMemory {
  /** in ints: the batch's row indices */
  readonly rows: number;
  /** in ints: the row of the sparse matrix for each of them; -1 for dense inputs */
  readonly csrRows: number;
  readonly sorted: SparseWorkspace;
  /** [batch][columns], or -1 when the inputs are sparse */
  readonly inputs: number;
  /** [batch][outputs] */
  readonly targets: number;
}

/** Lays out the working memory of the steps. */
export function layOutStep(samples: Samples, batchSize: number, outputs: number, arena: Arena): StepMemory {
  const sparse = isSparse(samples.inputs);
  const columns = columnsOf(samples);
  return {
    rows: arena.ints(batchSize),
    csrRows: sparse ? arena.ints(batchSize) : -1,
    sorted: layOutSparseWorkspace(samples, batchSize, arena),
    inputs: sparse ? -1 : arena.floats(batchSize * columns),
    targets: arena.floats(batchSize * outputs),
  };
}

export interface Steps {
  /** Performs one step on the N rows whose indices are at `rows` in the step's memory. `step` counts from 1. */
  run(N: number, rate: number, step: number): void;
  /** Evaluates the training rows as `evaluate` does, and does most of the next step with it; absent if it cannot. */
  readonly evaluate?: () => Score;
}

/**
 * Creates the steps of a training run: a single kernel if one computes the complete step, otherwise separate kernels.
 * `inOrder`: every batch is all rows in order.
 */
export function createSteps(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  memory: StepMemory,
  loss: Loss,
  penalty: Penalty,
  optimizer: Optimizer,
  inOrder: boolean,
): Steps {
  const output = layers[layers.length - 1];
  const { targets, dense } = samples;
  const { rows, inputs } = memory;
  const { lambda, l1 = 0 } = penalty;
  const biasLambda = penalty.penalizeBiases ? lambda : 0;
  const plain = loss === losses.mse && output.activation === 'linear' && optimizer.isPlain && l1 === 0;
  if (plain && layers.length === 1 && output.units === 1 && samples.csr === null) {
    const { kernel: w, bias: b, delta, inputs: D } = output;
    return {
      run: (N, rate) =>
        kernels.linearSgdStep(dense, targets, rows, w, b, delta, N, D, rate, lambda, biasLambda),
    };
  }
  if (plain && isRelu2H1(layers, samples)) {
    const { kernel: w, bias: b, output: a, units: H } = layers[0];
    const { kernel: v, bias: c, delta } = output;
    return {
      run: (N, rate) =>
        kernels.relu2H1SgdStep(
          dense,
          targets,
          rows,
          w,
          b,
          v,
          c,
          inputs,
          a,
          delta,
          N,
          H,
          rate,
          lambda,
          biasLambda,
        ),
    };
  }
  const update = createUpdate(kernels, penalty, optimizer);
  const hasMasks = layers.some(({ mask }) => mask >= 0);
  if (inOrder && !hasMasks)
    return createFullBatchSteps(kernels, layers, samples, memory.sorted, loss, update);
  // A part of the rows at a time, so that its activations stay in the cache. Masks are for the whole batch.
  const most = hasMasks ? Infinity : evaluationRows;
  return {
    run: (N, rate, step) => trainStep(kernels, layers, samples, memory, N, most, loss, update, rate, step),
  };
}

/** One step on N rows, of which at most `most` are processed at a time. */
function trainStep(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  memory: StepMemory,
  N: number,
  most: number,
  loss: Loss,
  update: Update,
  rate: number,
  step: number,
): void {
  const [first, output] = [layers[0], layers[layers.length - 1]];
  const { csr } = samples;
  const { inputs, csrRows, targets, sorted } = memory;
  // The first layer moves while its gradient is computed, if no part of the gradient is missing.
  const inPlace = csr !== null && !update.movesEveryWeight && N <= most;
  for (let from = 0; from < N; from += most) {
    const count = Math.min(most, N - from);
    const rows = memory.rows + from;
    if (csr === null) kernels.gatherRows(samples.dense, rows, inputs, count, first.inputs);
    else copyCsrRows(kernels.ints, samples.csrRows, rows, csrRows, count);
    kernels.gatherRows(samples.targets, rows, targets, count, output.units);
    forwardHidden(kernels, layers, samples, inputs, csrRows, count);
    loss.forward(kernels, output, count);
    loss.backward(kernels, output, targets, count, N);
    backward(kernels, layers, samples, inputs, csrRows, sorted, count, from > 0, inPlace);
  }
  for (let l = layers.length - 1; l >= (inPlace ? 1 : 0); l--) update.layer(layers[l], rate, step);
  if (inPlace) {
    const { delta, kernel, kernelGradient, inputs: D, units, stride } = first;
    kernels.sparseSgdInPlace(csr, csrRows, delta, kernelGradient, kernel, rate, sorted, N, D, units, stride);
    update.bias(first, rate, step);
  }
  update.end(layers, rate, step);
}

/** Maps the sample indices at `rows` to rows of the sparse matrix. */
function copyCsrRows(ints: Int32Array, ofSamples: number, rows: number, csrRows: number, N: number): void {
  for (let n = 0; n < N; n++) ints[csrRows + n] = ints[ofSamples + ints[rows + n]];
}
