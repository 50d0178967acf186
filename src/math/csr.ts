import type { Dtype, FloatArray } from './dtype.ts';
import { createMemory } from './memory.ts';

/** A sparse matrix in compressed sparse row (CSR) format: row n holds entries starts[n] .. starts[n + 1] - 1. */
export interface Csr {
  readonly rows: number;
  readonly columns: number;
  /** [rows + 1] */
  readonly starts: Int32Array;
  /** [entries] column of each entry, increasing within a row */
  readonly indices: Uint16Array | Int32Array;
  /** [entries] */
  readonly values: FloatArray;
  /**
   * The memory that holds the arrays, each aligned to 16 bytes. Kernels of every thread that shares it use them in
   * place.
   */
  readonly memory: WebAssembly.Memory;
}

/**
 * The given rows of a dense matrix [.., columns] as CSR, each value divided by `divisor`.
 *
 * Entry k of row n is source[rows[n], indices[k]] / divisor. Only nonzero entries are stored.
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
  const valueBytes = dtype === 'float32' ? 4 : 8;
  const indexBytes = columns <= 65536 ? 2 : 4;
  const startsAt = aligned(valueBytes * entries);
  const indicesAt = startsAt + aligned(4 * (rows.length + 1));
  const memory = createMemory(indicesAt + indexBytes * entries, true);
  const { buffer } = memory;
  const values =
    dtype === 'float32' ? new Float32Array(buffer, 0, entries) : new Float64Array(buffer, 0, entries);
  const starts = new Int32Array(buffer, startsAt, rows.length + 1);
  const indices =
    indexBytes === 2
      ? new Uint16Array(buffer, indicesAt, entries)
      : new Int32Array(buffer, indicesAt, entries);
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
  return { rows: rows.length, columns, starts, indices, values, memory };
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
