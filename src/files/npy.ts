/** The element types passed to NumPy, under its names for them. */
const types = [
  [Float64Array, '<f8'],
  [Float32Array, '<f4'],
  [Int32Array, '<i4'],
  [Uint16Array, '<u2'],
] as const;

export type NpyValues = Float64Array | Float32Array | Int32Array | Uint16Array;

/**
 * Encodes a NumPy file, version 1.0, as two buffers: the header, and `values` row by row, which are not copied.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function encodeNpy(values: NpyValues, shape: readonly number[]): [Buffer, Buffer] {
  const type = types.find(([array]) => values instanceof array)![1];
  const sizes = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const description = `{'descr': '${type}', 'fortran_order': False, 'shape': ${sizes}, }`;
  const start = Buffer.from('\x93NUMPY\x01\x00\0\0', 'latin1');
  // The values start at a multiple of 64 bytes.
  const padded = Math.ceil((start.length + description.length + 1) / 64) * 64 - start.length;
  start.writeUInt16LE(padded, start.length - 2);
  const header = Buffer.from(`${description.padEnd(padded - 1)}\n`, 'latin1');
  const body = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return [Buffer.concat([start, header]), body];
}

/** The same for an array that is made one piece after another, of which each has the type of the first. */
export function* encodeNpyPieces(
  pieces: Iterable<NpyValues>,
  shape: readonly number[],
): Generator<Buffer, void, undefined> {
  let begun = false;
  for (const piece of pieces) {
    const [header, body] = encodeNpy(piece, shape);
    if (!begun) yield header;
    begun = true;
    yield body;
  }
}
