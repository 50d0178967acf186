import type { Dtype } from './dtype.ts';

export const elementBytes: Readonly<Record<Dtype, number>> = { float32: 4, float64: 8 };

/** Encodes numbers one after another, little-endian whatever this machine's order is. */
export function numbersToBytes(values: ArrayLike<number>, dtype: Dtype): Uint8Array<ArrayBuffer> {
  const size = elementBytes[dtype];
  const view = new DataView(new ArrayBuffer(size * values.length));
  for (let i = 0; i < values.length; i++) {
    if (dtype === 'float32') view.setFloat32(size * i, values[i], true);
    else view.setFloat64(size * i, values[i], true);
  }
  return new Uint8Array(view.buffer);
}

/** Decodes them. The number of bytes is a multiple of that of an element. */
export function numbersFromBytes(bytes: Uint8Array, dtype: Dtype): Float64Array {
  const size = elementBytes[dtype];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.length / size }, (_, i) =>
    dtype === 'float32' ? view.getFloat32(size * i, true) : view.getFloat64(size * i, true),
  );
}
