import type { Kernels } from '../kernels/kernels.ts';
import { activations } from './activations.ts';
import type { LayerMemory } from './network.ts';
import type { SampleMemory } from './samples.ts';

/**
 * z_l = a_{l-1} W_l + b_l and a_l = f(z_l) for the N given rows: leaves a in every hidden layer, z in the output layer.
 *
 * Dense inputs start at `denseInputs`; of sparse ones the rows that ints list at `rows` are taken.
 */
export function forwardHidden(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  denseInputs: number,
  rows: number,
  N: number,
): void {
  for (let l = 0; l < layers.length; l++) {
    const { kernel, bias, output, inputs, units, stride } = layers[l];
    if (l > 0) kernels.denseForward(layers[l - 1].output, kernel, bias, output, N, inputs, units);
    else if (samples.csr === null) kernels.denseForward(denseInputs, kernel, bias, output, N, inputs, units);
    else kernels.sparseForward(samples.csr, rows, kernel, bias, output, N, units, stride);
    if (l < layers.length - 1) activateInPlace(kernels, layers[l], N);
  }
}

/** a = f(z) in the layer's output [N, units]. Softmax is the loss's affair. */
export function activateInPlace(
  kernels: Kernels,
  { activation, output, units }: LayerMemory,
  N: number,
): void {
  if (activation !== 'softmax' && activation !== 'linear') {
    kernels.activationForwardInPlace(activations[activation], output, N * units);
  }
}

/** delta <- delta * f'(z) in the layer's delta [N, units]. */
export function multiplyByDerivativeInPlace(
  kernels: Kernels,
  { activation, output, delta, units }: LayerMemory,
  N: number,
): void {
  if (activation !== 'softmax' && activation !== 'linear') {
    kernels.activationBackwardInPlace(activations[activation], output, delta, N * units);
  }
}
