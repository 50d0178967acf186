import type { Kernels, SparseWorkspace } from '../kernels/kernels.ts';
import type { Arena } from './arena.ts';
import { forwardHidden, isRelu2H1, multiplyByDerivativeInPlace } from './forward.ts';
import { type Loss, losses } from './losses.ts';
import type { LayerMemory } from './network.ts';
import type { Optimizer } from './optimizers.ts';
import { columnsOf, isSparse, maxRowEntries, type SampleMemory, type Samples } from './samples.ts';

/** A penalty lambda sum(w^2) that is added to the loss. Its gradient is 2 lambda w. */
export interface Penalty {
  readonly lambda: number;
  /** Whether the penalty includes biases, or only kernels. */
  readonly penalizeBiases: boolean;
}

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
  const entries = batchSize * maxRowEntries(samples);
  return {
    rows: arena.ints(batchSize),
    csrRows: sparse ? arena.ints(batchSize) : -1,
    sorted: { ints: arena.ints(sparse ? columns + entries : 0), floats: arena.floats(entries) },
    inputs: sparse ? -1 : arena.floats(batchSize * columns),
    targets: arena.floats(batchSize * outputs),
  };
}

/** Performs one step on the N rows whose indices are at `rows` in the step's memory. `step` counts from 1. */
export type Step = (N: number, rate: number, step: number) => void;

/**
 * Creates the step of a training run: a single kernel if one computes the complete step, otherwise separate kernels.
 */
export function createStep(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  memory: StepMemory,
  loss: Loss,
  penalty: Penalty,
  optimizer: Optimizer,
): Step {
  const output = layers[layers.length - 1];
  const { targets, dense } = samples;
  const { rows, inputs } = memory;
  const { lambda } = penalty;
  const biasLambda = penalty.penalizeBiases ? lambda : 0;
  const plain = loss === losses.mse && output.activation === 'linear' && optimizer.isPlain;
  if (plain && layers.length === 1 && output.units === 1 && samples.csr === null) {
    const { kernel: w, bias: b, delta, inputs: D } = output;
    return (N, rate) =>
      kernels.linearSgdStep(dense, targets, rows, w, b, delta, N, D, rate, lambda, biasLambda);
  }
  if (plain && isRelu2H1(layers, samples)) {
    const { kernel: w, bias: b, output: a, units: H } = layers[0];
    const { kernel: v, bias: c, delta } = output;
    return (N, rate) =>
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
      );
  }
  const update = createUpdate(kernels, penalty, optimizer);
  return (N, rate, step) => trainStep(kernels, layers, samples, memory, N, loss, update, rate, step);
}

function trainStep(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  memory: StepMemory,
  N: number,
  loss: Loss,
  update: Update,
  rate: number,
  step: number,
): void {
  const last = layers.length - 1;
  if (samples.csr === null)
    kernels.gatherRows(samples.dense, memory.rows, memory.inputs, N, layers[0].inputs);
  kernels.gatherRows(samples.targets, memory.rows, memory.targets, N, layers[last].units);

  if (samples.csr !== null) copyCsrRows(kernels.ints, samples.csrRows, memory, N);
  forwardHidden(kernels, layers, samples, memory.inputs, memory.csrRows, N);
  loss.forward(kernels, layers[last], N);
  loss.backward(kernels, layers[last], memory.targets, N);

  for (let l = last; l >= 0; l--) {
    const layer = layers[l];
    const { delta, kernelGradient, inputs, units, stride } = layer;
    if (layer.bias >= 0) kernels.backwardBias(delta, layer.biasGradient, N, units);
    if (l > 0) {
      const below = layers[l - 1];
      kernels.denseBackwardWeights(below.output, delta, kernelGradient, N, inputs, units);
      kernels.backwardInputs(delta, layer.kernel, layer.transposed, below.delta, N, inputs, units);
      multiplyByDerivativeInPlace(kernels, below, N);
      update.layer(layer, rate, step);
    } else if (samples.csr === null) {
      kernels.denseBackwardWeights(memory.inputs, delta, kernelGradient, N, inputs, units);
      update.layer(layer, rate, step);
    } else if (update.movesEveryWeight) {
      const { csrRows, sorted } = memory;
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
      update.layer(layer, rate, step);
    } else {
      const { csrRows, sorted } = memory;
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
      update.bias(layer, rate, step);
    }
  }
}

/** Maps a batch's sample indices to rows of the sparse matrix. */
function copyCsrRows(ints: Int32Array, csrRows: number, step: StepMemory, N: number): void {
  for (let n = 0; n < N; n++) ints[step.csrRows + n] = ints[csrRows + ints[step.rows + n]];
}

/** Updates the weights of a layer when its gradients are complete. */
interface Update {
  layer(layer: LayerMemory, rate: number, step: number): void;
  /** Updates only the biases. */
  bias(layer: LayerMemory, rate: number, step: number): void;
  /** Whether weights can change even if the gradient of the loss is 0. */
  readonly movesEveryWeight: boolean;
}

function createUpdate(kernels: Kernels, { lambda, penalizeBiases }: Penalty, optimizer: Optimizer): Update {
  const bias: Update['bias'] = (layer, rate, step) => {
    if (layer.bias < 0) return;
    const { bias, biasGradient, biasState, units } = layer;
    if (penalizeBiases && lambda !== 0) kernels.addPenalty(biasGradient, bias, lambda, units);
    optimizer.update(kernels, bias, biasGradient, biasState, units, rate, step);
  };
  return {
    layer(layer, rate, step) {
      const { kernel, kernelGradient, kernelState, inputs, stride } = layer;
      if (lambda !== 0) kernels.addPenalty(kernelGradient, kernel, lambda, inputs * stride);
      optimizer.update(kernels, kernel, kernelGradient, kernelState, inputs * stride, rate, step);
      bias(layer, rate, step);
    },
    bias,
    movesEveryWeight: !optimizer.isPlain || lambda !== 0,
  };
}
