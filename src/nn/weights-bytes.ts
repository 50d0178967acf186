import type { Dtype } from '../math/dtype.ts';
import { elementBytes, numbersFromBytes, numbersToBytes } from '../math/number-bytes.ts';
import type { LayerSpec, LayerWeights } from './network.ts';

/**
 * Encodes weights: each layer's kernel [inputs][units], row by row, then its bias [units], little-endian, in the given
 * element type.
 */
export function weightsToBytes(weights: readonly LayerWeights[], dtype: Dtype): Uint8Array<ArrayBuffer> {
  const arrays = weights.flatMap(({ kernel, bias }) => (bias === null ? [kernel] : [kernel, bias]));
  const size = elementBytes[dtype];
  const bytes = new Uint8Array(size * arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of arrays) {
    bytes.set(numbersToBytes(values, dtype), at);
    at += size * values.length;
  }
  return bytes;
}

/** Decodes weights; null if the length does not fit the layers. The number of inputs follows from the length. */
export function weightsFromBytes(
  bytes: Uint8Array,
  layers: readonly LayerSpec[],
  dtype: Dtype,
): LayerWeights[] | null {
  const size = elementBytes[dtype];
  const above = layers.slice(1).reduce((sum, { units }, l) => sum + layers[l].units * units, 0);
  const biases = layers.reduce((sum, { units, biasInit }) => sum + (biasInit === null ? 0 : units), 0);
  let inputs = (bytes.length / size - above - biases) / layers[0].units;
  if (!Number.isInteger(inputs) || inputs < 1) return null;
  let at = 0;
  const take = (count: number) => {
    const from = at;
    at += size * count;
    return numbersFromBytes(bytes.subarray(from, at), dtype);
  };
  return layers.map(({ units, biasInit }) => {
    const kernel = take(inputs * units);
    inputs = units;
    return { kernel, bias: biasInit === null ? null : take(units) };
  });
}
