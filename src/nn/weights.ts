import type { Kernels } from '../kernels/kernels.ts';
import type { LayerMemory, LayerWeights } from './network.ts';

/** Puts weights where their layers lie; a kernel's rows may be further apart there than its units. */
export function storeWeights(
  { floats }: Kernels,
  layers: readonly LayerMemory[],
  weights: readonly LayerWeights[],
): void {
  layers.forEach((layer, index) => {
    const { kernel, bias } = weights[index];
    const { inputs, units, stride } = layer;
    for (let d = 0; d < inputs; d++) {
      floats.set(kernel.subarray(d * units, (d + 1) * units), layer.kernel + d * stride);
    }
    if (bias !== null) floats.set(bias, layer.bias);
  });
}

/** The layers with one slot of the optimiser's state in place of their weights: both are laid out alike. */
export function stateMemory(layers: readonly LayerMemory[], slot: number): LayerMemory[] {
  return layers.map((layer) => ({
    ...layer,
    kernel: layer.kernelState[slot],
    bias: layer.biasState[slot] ?? -1,
  }));
}

/** A copy of the weights as they are now. */
export function copyWeights({ floats }: Kernels, layers: readonly LayerMemory[]): LayerWeights[] {
  return layers.map((layer) => {
    const { inputs, units, stride } = layer;
    const kernel = new Float64Array(inputs * units);
    for (let d = 0; d < inputs; d++) {
      const row = layer.kernel + d * stride;
      kernel.set(floats.subarray(row, row + units), d * units);
    }
    const bias = layer.bias < 0 ? null : Float64Array.from(floats.subarray(layer.bias, layer.bias + units));
    return { kernel, bias };
  });
}
