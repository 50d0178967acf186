import type { Kernels, SparseWorkspace } from '../kernels/kernels.ts';
import type { Arena } from './arena.ts';
import { forwardHidden, isRelu2H1, multiplyByDerivativeInPlace } from './forward.ts';
import { type Loss, losses } from './losses.ts';
import type { LayerMemory } from './network.ts';
import type { Optimizer } from './optimizers.ts';
import { columnsOf, isSparse, layOutSparseWorkspace, type SampleMemory, type Samples } from './samples.ts';

/**
 * A penalty lambda sum(w^2) + l1 sum(|w|) that is added to the loss. Its gradient is 2 lambda w + l1 sign(w), with
 * sign(0) = 0.
 */
export interface Penalty {
  readonly lambda: number;
  /** 0 if it is left out. */
  readonly l1?: number;
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
  return {
    rows: arena.ints(batchSize),
    csrRows: sparse ? arena.ints(batchSize) : -1,
    sorted: layOutSparseWorkspace(samples, batchSize, arena),
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
  const { lambda, l1 = 0 } = penalty;
  const biasLambda = penalty.penalizeBiases ? lambda : 0;
  const plain = loss === losses.mse && output.activation === 'linear' && optimizer.isPlain && l1 === 0;
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
      kernels.denseBackwardWeights(below.fed, delta, kernelGradient, N, inputs, units);
      kernels.backwardInputs(delta, layer.kernel, layer.transposed, below.delta, N, inputs, units);
      if (below.mask >= 0) kernels.multiply(below.delta, below.mask, below.delta, N * below.units);
      multiplyByDerivativeInPlace(kernels, below, N);
    } else if (samples.csr === null) {
      kernels.denseBackwardWeights(memory.inputs, delta, kernelGradient, N, inputs, units);
    } else {
      const { csrRows, sorted } = memory;
      const { csr } = samples;
      if (!update.movesEveryWeight) {
        const { kernel } = layer;
        kernels.sparseSgdInPlace(
          csr,
          csrRows,
          delta,
          kernelGradient,
          kernel,
          rate,
          sorted,
          N,
          inputs,
          units,
          stride,
        );
        update.bias(layer, rate, step);
        continue;
      }
      kernels.sparseBackwardWeights(csr, csrRows, delta, kernelGradient, sorted, N, inputs, units, stride);
    }
    update.layer(layer, rate, step);
  }
  update.end(layers, rate, step);
}

/** Maps a batch's sample indices to rows of the sparse matrix. */
function copyCsrRows(ints: Int32Array, csrRows: number, step: StepMemory, N: number): void {
  for (let n = 0; n < N; n++) ints[step.csrRows + n] = ints[csrRows + ints[step.rows + n]];
}

/** Updates the weights. */
interface Update {
  /** Called when the gradients of a layer are complete. */
  layer(layer: LayerMemory, rate: number, step: number): void;
  /** Updates only the biases of a layer, when its gradients are complete. */
  bias(layer: LayerMemory, rate: number, step: number): void;
  /** Called when the gradients of all layers are complete. */
  end(layers: readonly LayerMemory[], rate: number, step: number): void;
  /** Whether weights can change even if the gradient of the loss is 0. */
  readonly movesEveryWeight: boolean;
}

function createUpdate(
  kernels: Kernels,
  { lambda, l1 = 0, penalizeBiases }: Penalty,
  optimizer: Optimizer,
): Update {
  const { clipNorm } = optimizer;
  const addTo = (gradient: number, w: number, count: number): void => {
    if (lambda !== 0) kernels.addPenalty(gradient, w, lambda, count);
    if (l1 !== 0) kernels.addAbsolutePenalty(gradient, w, l1, count);
  };
  const penalizeBias = ({ bias, biasGradient, units }: LayerMemory): void => {
    if (bias >= 0 && penalizeBiases) addTo(biasGradient, bias, units);
  };
  const moveBias: Update['bias'] = ({ bias, biasGradient, biasState, units }, rate, step) => {
    if (bias >= 0) optimizer.update(kernels, bias, biasGradient, biasState, units, rate, step);
  };
  const penalize = (layer: LayerMemory): void => {
    const { kernel, kernelGradient, inputs, stride } = layer;
    addTo(kernelGradient, kernel, inputs * stride);
    penalizeBias(layer);
  };
  const move: Update['layer'] = (layer, rate, step) => {
    const { kernel, kernelGradient, kernelState, inputs, stride } = layer;
    optimizer.update(kernels, kernel, kernelGradient, kernelState, inputs * stride, rate, step);
    moveBias(layer, rate, step);
  };
  const bias: Update['bias'] = (layer, rate, step) => {
    penalizeBias(layer);
    moveBias(layer, rate, step);
  };
  const movesEveryWeight = !optimizer.isPlain || lambda !== 0 || l1 !== 0;
  if (clipNorm === Infinity)
    return {
      layer(layer, rate, step) {
        penalize(layer);
        move(layer, rate, step);
      },
      bias,
      end: () => {},
      movesEveryWeight,
    };
  return {
    layer: penalize,
    bias,
    end(layers, rate, step) {
      clip(kernels, layers, clipNorm);
      for (const layer of layers) move(layer, rate, step);
    },
    movesEveryWeight,
  };
}

/**
 * Scales the gradients of all layers so that their norm is at most `clipNorm`, as torch.nn.utils.clip_grad_norm_ does:
 * gradient <- gradient min(1, clipNorm / (norm + 1e-6)).
 */
function clip(kernels: Kernels, layers: readonly LayerMemory[], clipNorm: number): void {
  let squares = 0;
  for (const { kernelGradient, bias, biasGradient, inputs, units, stride } of layers) {
    squares += kernels.sumOfSquares(kernelGradient, inputs * stride);
    if (bias >= 0) squares += kernels.sumOfSquares(biasGradient, units);
  }
  const factor = clipNorm / (Math.sqrt(squares) + 1e-6);
  if (!(factor < 1)) return;
  for (const { kernelGradient, bias, biasGradient, inputs, units, stride } of layers) {
    kernels.scaleInPlace(kernelGradient, factor, inputs * stride);
    if (bias >= 0) kernels.scaleInPlace(biasGradient, factor, units);
  }
}
