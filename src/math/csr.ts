import type { Dtype, FloatArray } from './dtype.ts';

/** A sparse matrix by rows (compressed sparse rows): row n holds entries starts[n] .. starts[n + 1] - 1. */
export interface Csr {
  readonly rows: number;
  readonly columns: number;
  /** [rows + 1] */
  readonly starts: Int32Array;
  /** [entries] column of each entry, increasing within a row */
  readonly indices: Uint16Array | Int32Array;
  /** [entries] */
  readonly values: FloatArray;
}

/**
 * The given rows of a dense matrix [.., columns] as CSR, each value divided by `divisor`.
 *
 * Entry k of row n is source[rows[n], indices[k]] / divisor; only entries other than 0 are kept. It lies in shared
 * memory, so that another thread can read it without a copy.
 */
export function csrFromDense(
  source: ArrayLike<number>,
  columns: number,
  rows: Int32Array,
  divisor: number,
  dtype: Dtype,
): Csr {
  let entries = 0;
  for (const row of rows) {
    for (let i = row * columns; i < (row + 1) * columns; i++) if (source[i] !== 0) entries++;
  }
  const starts = new Int32Array(shared(4 * (rows.length + 1)));
  const indices =
    columns <= 65536 ? new Uint16Array(shared(2 * entries)) : new Int32Array(shared(4 * entries));
  const values =
    dtype === 'float32' ? new Float32Array(shared(4 * entries)) : new Float64Array(shared(8 * entries));
  let entry = 0;
  for (let n = 0; n < rows.length; n++) {
    const from = rows[n] * columns;
    for (let d = 0; d < columns; d++) {
      const value = source[from + d];
      if (value === 0) continue;
      indices[entry] = d;
      values[entry++] = value / divisor;
    }
    starts[n + 1] = entry;
  }
  return { rows: rows.length, columns, starts, indices, values };
}

function shared(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes);
}
