import type { Kernels } from '../kernels/kernels.ts';
import { activations } from './activations.ts';
import type { LayerMemory } from './network.ts';
import type { SampleMemory } from './samples.ts';

/**
 * z_l = a_{l-1} W_l + b_l and a_l = f(z_l) for the N given rows: writes a to every hidden layer and z to the output
 * layer.
 *
 * Dense inputs start at `denseInputs`. Of sparse inputs, the rows listed in ints at `rows` are used.
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
    if (l > 0) kernels.denseForward(layers[l - 1].fed, kernel, bias, output, N, inputs, units);
    else if (samples.csr === null) kernels.denseForward(denseInputs, kernel, bias, output, N, inputs, units);
    else kernels.sparseForward(samples.csr, rows, kernel, bias, output, N, units, stride);
    if (l === layers.length - 1) return;
    activateInPlace(kernels, layers[l], N);
    const { mask, fed } = layers[l];
    if (mask >= 0) kernels.multiply(output, mask, fed, N * units);
  }
}

/**
 * Whether the kernels for surfaces support the network: two dense inputs, one hidden layer of relu without dropout, one output unit.
 */
export function isRelu2H1(layers: readonly LayerMemory[], samples: SampleMemory): boolean {
  if (layers.length !== 2 || samples.csr !== null) return false;
  const [hidden, output] = layers;
  const { inputs, units, activation } = hidden;
  const fits = inputs === 2 && units % 8 === 0 && activation === 'relu' && output.units === 1;
  return fits && hidden.bias >= 0 && output.bias >= 0 && hidden.mask < 0;
}

/** As `forwardHidden`, but only z of the output layer is defined: the hidden layers may keep old values. */
export function forwardOutput(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  denseInputs: number,
  rows: number,
  N: number,
): void {
  if (!isRelu2H1(layers, samples)) {
    forwardHidden(kernels, layers, samples, denseInputs, rows, N);
    return;
  }
  const [{ kernel, bias, units }, output] = layers;
  kernels.relu2H1Forward(denseInputs, kernel, bias, output.kernel, output.bias, output.output, N, units);
}

/** a = f(z) in the layer's output [N, units]; z is kept if the derivative needs it. Softmax is applied by the loss. */
export function activateInPlace(
  kernels: Kernels,
  { activation, output, z, units }: LayerMemory,
  N: number,
): void {
  if (activation === 'softmax' || activation === 'linear') return;
  if (z >= 0) kernels.copy(output, z, N * units);
  kernels.activationForwardInPlace(activations[activation], output, N * units);
}

/** delta <- delta * f'(z) in the layer's delta [N, units]. */
export function multiplyByDerivativeInPlace(
  kernels: Kernels,
  { activation, output, z, delta, units }: LayerMemory,
  N: number,
): void {
  if (activation === 'softmax' || activation === 'linear') return;
  kernels.activationBackwardInPlace(activations[activation], z >= 0 ? z : output, delta, N * units);
}
