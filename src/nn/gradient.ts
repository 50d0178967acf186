import type { Kernels, SparseWorkspace } from '../kernels/kernels.ts';
import { evaluationRows, type Score } from './evaluate.ts';
import { forwardHidden, multiplyByDerivativeInPlace } from './forward.ts';
import type { Loss } from './losses.ts';
import type { LayerMemory } from './network.ts';
import type { SampleMemory } from './samples.ts';

/**
 * Returns the mean loss over all rows and what it measures `second`, and writes to `gradient` the derivative of that
 * loss with respect to every weight: for each layer in turn the kernel [inputs][units], then the bias [units].
 *
 * Rows are processed in order, `evaluationRows` at a time, and the gradients of these chunks are added in float64.
 */
export function lossAndGradient(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  sorted: SparseWorkspace,
  loss: Loss,
  gradient: Float64Array,
): Score {
  const output = layers[layers.length - 1];
  let sum = 0;
  let second = 0;
  gradient.fill(0);
  for (let from = 0; from < samples.rows; from += evaluationRows) {
    const N = Math.min(evaluationRows, samples.rows - from);
    const inputs = samples.dense + from * layers[0].inputs;
    const rows = samples.csrRows + from;
    const targets = samples.targets + from * output.units;
    forwardHidden(kernels, layers, samples, inputs, rows, N);
    sum += loss.forwardSum(kernels, output, targets, N);
    if (loss.second !== null) second += loss.second.sum(kernels, output, targets, N);
    loss.backward(kernels, output, targets, N, N);
    backward(kernels, layers, samples, inputs, rows, sorted, N, false);
    addGradient(kernels, layers, N / samples.rows, gradient);
  }
  return { loss: sum / samples.rows, second: loss.second === null ? null : second / samples.rows };
}

/**
 * From the output layer's delta to the gradients of all layers: delta_{l-1} = delta_l W_l' * f'(z_{l-1}). `continued`: the
 * rows continue a batch, whose gradients so far they are added to. `leavesSparse` leaves out the kernel of a first layer
 * with sparse inputs.
 */
export function backward(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  denseInputs: number,
  rows: number,
  sorted: SparseWorkspace,
  N: number,
  continued: boolean,
  leavesSparse = false,
): void {
  for (let l = layers.length - 1; l >= 0; l--) {
    const { delta, bias, biasGradient, kernel, kernelGradient, transposed, inputs, units, stride } =
      layers[l];
    if (bias >= 0) kernels.backwardBias(delta, biasGradient, N, units, continued);
    if (l > 0) {
      const below = layers[l - 1];
      kernels.denseBackwardWeights(below.fed, delta, kernelGradient, N, inputs, units, continued);
      kernels.backwardInputs(delta, kernel, transposed, below.delta, N, inputs, units, continued);
      if (below.mask >= 0) kernels.multiply(below.delta, below.mask, below.delta, N * below.units);
      multiplyByDerivativeInPlace(kernels, below, N);
    } else if (samples.csr === null) {
      kernels.denseBackwardWeights(denseInputs, delta, kernelGradient, N, inputs, units, continued);
    } else if (!leavesSparse) {
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
        continued,
      );
    }
  }
}

/** gradient += share * the gradient in the layers' memory. */
function addGradient(
  { floats }: Kernels,
  layers: readonly LayerMemory[],
  share: number,
  gradient: Float64Array,
): void {
  let to = 0;
  for (const { kernelGradient, bias, biasGradient, inputs, units, stride } of layers) {
    for (let d = 0; d < inputs; d++) {
      const row = kernelGradient + d * stride;
      for (let h = 0; h < units; h++) gradient[to++] += share * floats[row + h];
    }
    if (bias < 0) continue;
    for (let h = 0; h < units; h++) gradient[to++] += share * floats[biasGradient + h];
  }
}
