import type { Kernels, SparseWorkspace } from '../kernels/kernels.ts';
import type { Arena } from './arena.ts';
import { forwardHidden, isSurface, multiplyByDerivativeInPlace } from './forward.ts';
import { type Loss, losses } from './losses.ts';
import type { LayerMemory } from './network.ts';
import { movesEveryWeight, type Sgd, sgdStep, sgdStepBias } from './optimizers.ts';
import { columnsOf, isSparse, mostEntries, type SampleMemory, type Samples } from './samples.ts';

export interface StepMemory {
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

/** Lays out the work space of steps. */
export function layOutStep(samples: Samples, batchSize: number, outputs: number, arena: Arena): StepMemory {
  const sparse = isSparse(samples.inputs);
  const columns = columnsOf(samples);
  const entries = batchSize * mostEntries(samples);
  return {
    rows: arena.ints(batchSize),
    csrRows: sparse ? arena.ints(batchSize) : -1,
    sorted: { ints: arena.ints(sparse ? columns + entries : 0), floats: arena.floats(entries) },
    inputs: sparse ? -1 : arena.floats(batchSize * columns),
    targets: arena.floats(batchSize * outputs),
  };
}

/** One step on the N rows whose numbers stand at `rows` of the step's memory. */
export type Step = (N: number, rate: number) => void;

/** The step for a training: one call where there is a kernel for the whole of it, else the kernels one by one. */
export function createStep(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  memory: StepMemory,
  loss: Loss,
  sgd: Sgd,
): Step {
  const output = layers[layers.length - 1];
  const { targets, dense } = samples;
  const { rows, inputs } = memory;
  const { lambda } = sgd;
  const biasLambda = sgd.penalizeBiases ? lambda : 0;
  const plain = loss === losses.mse && output.activation === 'linear' && sgd.momentum === 0;
  if (plain && layers.length === 1 && output.units === 1 && samples.csr === null) {
    const { kernel: w, bias: b, delta, inputs: D } = output;
    return (N, rate) => kernels.linearStep(dense, targets, rows, w, b, delta, N, D, rate, lambda, biasLambda);
  }
  if (plain && isSurface(layers, samples)) {
    const { kernel: w, bias: b, output: a, units: H } = layers[0];
    const { kernel: v, bias: c, delta } = output;
    return (N, rate) =>
      kernels.surfaceStep(dense, targets, rows, w, b, v, c, inputs, a, delta, N, H, rate, lambda, biasLambda);
  }
  return (N, rate) => trainStep(kernels, layers, samples, memory, N, loss, sgd, rate);
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
