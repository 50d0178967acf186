import type { Dtype } from '../math/dtype.ts';
import type { Classified } from '../stats/classified.ts';

const headerBytes = 12;

/**
 * Encodes the test rows of a classifier, little-endian: the number of rows, the number of outputs P and the bytes of a
 * number as uint32; the probabilities [rows][P] in the element type of the model, because rounding would tie rows that it
 * tells apart; the labels [rows] as uint32.
 */
export function outputsToBytes({ labels, probabilities }: Classified, dtype: Dtype): Uint8Array {
  const size = dtype === 'float32' ? 4 : 8;
  const rows = labels.length;
  const view = new DataView(new ArrayBuffer(headerBytes + size * probabilities.length + 4 * rows));
  [rows, probabilities.length / rows, size].forEach((value, index) => {
    view.setUint32(4 * index, value, true);
  });
  let at = headerBytes;
  for (const value of probabilities) {
    if (size === 4) view.setFloat32(at, value, true);
    else view.setFloat64(at, value, true);
    at += size;
  }
  for (const label of labels) {
    view.setUint32(at, label, true);
    at += 4;
  }
  return new Uint8Array(view.buffer);
}

/** Decodes them; null if the length does not fit. */
export function outputsFromBytes(bytes: Uint8Array): Classified | null {
  if (bytes.length < headerBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [rows, outputs, size] = [0, 4, 8].map((at) => view.getUint32(at, true));
  if (bytes.length !== headerBytes + size * rows * outputs + 4 * rows) return null;
  if (rows === 0 || outputs === 0 || (size !== 4 && size !== 8)) return null;
  const probabilities = new Float64Array(rows * outputs);
  for (let i = 0; i < probabilities.length; i++) {
    const at = headerBytes + size * i;
    probabilities[i] = size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true);
  }
  const labels = new Uint32Array(rows);
  for (let n = 0; n < rows; n++) {
    labels[n] = view.getUint32(headerBytes + size * probabilities.length + 4 * n, true);
  }
  return { labels, probabilities };
}
