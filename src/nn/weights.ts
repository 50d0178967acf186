import type { Kernels } from '../kernels/kernels.ts';
import type { LayerMemory, LayerWeights } from './network.ts';

/** Copies weights to their layers in memory, where the rows of a kernel may be further apart. */
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

/** The layers with one slot of the optimiser's state instead of their weights. Both have the same layout. */
export function slotMemory(layers: readonly LayerMemory[], slot: number): LayerMemory[] {
  return layers.map((layer) => ({
    ...layer,
    kernel: layer.kernelState[slot],
    bias: layer.biasState[slot] ?? -1,
  }));
}

/** A copy of the current weights. */
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
