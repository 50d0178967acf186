import type { Dtype } from '../math/dtype.ts';
import type { LayerSpec, LayerWeights } from './network.ts';

const elementBytes: Readonly<Record<Dtype, number>> = { float32: 4, float64: 8 };

/**
 * Encodes weights: each layer's kernel [inputs][units], row by row, then its bias [units], little-endian, in the given
 * element type.
 */
export function weightsToBytes(weights: readonly LayerWeights[], dtype: Dtype): Uint8Array<ArrayBuffer> {
  const size = elementBytes[dtype];
  const arrays = weights.flatMap(({ kernel, bias }) => (bias === null ? [kernel] : [kernel, bias]));
  const view = new DataView(new ArrayBuffer(size * arrays.reduce((sum, { length }) => sum + length, 0)));
  let at = 0;
  for (const values of arrays) {
    for (const value of values) {
      if (dtype === 'float32') view.setFloat32(at, value, true);
      else view.setFloat64(at, value, true);
      at += size;
    }
  }
  return new Uint8Array(view.buffer);
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (count: number) =>
    Float64Array.from({ length: count }, () => {
      const value = dtype === 'float32' ? view.getFloat32(at, true) : view.getFloat64(at, true);
      at += size;
      return value;
    });
  return layers.map(({ units, biasInit }) => {
    const kernel = take(inputs * units);
    inputs = units;
    return { kernel, bias: biasInit === null ? null : take(units) };
  });
}
