import { describe, expect, test } from '@jest/globals';
import { type Csr, csrFromDense } from './csr.ts';
import { dtypes } from './dtype.ts';
import { createRng } from './rng.ts';

const rowsOf = (...rows: number[]) => Int32Array.from(rows);

/** The dense matrix that a sparse one stands for, [rows][columns]. */
function denseOf({ rows, columns, starts, indices, values }: Csr): number[] {
  const dense = new Array<number>(rows * columns).fill(0);
  for (let n = 0; n < rows; n++) {
    for (let k = starts[n]; k < starts[n + 1]; k++) dense[n * columns + indices[k]] = values[k];
  }
  return dense;
}

describe('csrFromDense', () => {
  test('keeps the entries other than 0, row after row', () => {
    const csr = csrFromDense([0, 5, 0, 6, 0, 0, 0, 7, 8], 3, rowsOf(0, 1, 2), 1, 'float64');
    expect(csr).toMatchObject({
      rows: 3,
      columns: 3,
      starts: Int32Array.of(0, 1, 2, 4),
      indices: Uint16Array.of(1, 0, 1, 2),
      values: Float64Array.of(5, 6, 7, 8),
    });
  });

  test('has its arrays in one memory that threads can share, apart from each other', () => {
    for (const dtype of dtypes) {
      const { memory, values, starts, indices } = csrFromDense(
        [1, 2, 3, 4, 5, 6],
        2,
        rowsOf(0, 1, 2),
        1,
        dtype,
      );
      let end = 0;
      for (const { buffer, byteOffset, byteLength } of [values, starts, indices]) {
        expect(buffer).toBe(memory.buffer);
        expect(byteOffset % 16).toBe(0);
        expect(byteOffset).toBeGreaterThanOrEqual(end);
        end = byteOffset + byteLength;
      }
    }
  });

  test('takes the rows that are listed, in their order and as often as they are', () => {
    const csr = csrFromDense([1, 2, 0, 0, 5, 0], 2, rowsOf(2, 0, 1, 2), 1, 'float64');
    expect(denseOf(csr)).toEqual([5, 0, 1, 2, 0, 0, 5, 0]);
    expect([...csr.starts]).toEqual([0, 1, 3, 3, 4]);
  });

  test('of empty rows, and of no rows', () => {
    const empty = csrFromDense(new Uint8Array(4), 2, rowsOf(1, 0), 255, 'float32');
    expect(empty).toMatchObject({ rows: 2, starts: Int32Array.of(0, 0, 0), values: new Float32Array() });
    const none = csrFromDense([1, 2], 2, rowsOf(), 1, 'float64');
    expect(none).toMatchObject({ rows: 0, starts: Int32Array.of(0), values: new Float64Array() });
  });

  test('divides once, in float64, and rounds to the element type', () => {
    const source = Uint8Array.from({ length: 256 }, (_, pixel) => pixel);
    const quotients = Array.from({ length: 255 }, (_, i) => (i + 1) / 255);
    expect([...csrFromDense(source, 256, rowsOf(0), 255, 'float64').values]).toEqual(quotients);
    const { values } = csrFromDense(source, 256, rowsOf(0), 255, 'float32');
    expect(values).toEqual(Float32Array.from(quotients));
  });

  test('drops both zeros and keeps NaN, so that broken data stay visible', () => {
    const { values, indices } = csrFromDense([-0, Number.NaN, 0, -1], 4, rowsOf(0), 1, 'float64');
    expect([...values]).toEqual([Number.NaN, -1]);
    expect([...indices]).toEqual([1, 3]);
  });

  test('numbers columns in 16 bits as long as they fit', () => {
    const widest = new Uint8Array(65536);
    widest[65535] = 1;
    expect(csrFromDense(widest, 65536, rowsOf(0), 1, 'float64').indices).toEqual(Uint16Array.of(65535));
    const wider = new Uint8Array(65537);
    wider[65536] = 1;
    expect(csrFromDense(wider, 65537, rowsOf(0), 1, 'float64').indices).toEqual(Int32Array.of(65536));
  });

  test.each([1, 2, 3, 5, 7, 17])('stands for the same %i rows and columns as the dense matrix', (size) => {
    const rng = createRng(1, 'data');
    const dense = Array.from({ length: size * size }, () => (rng.below(3) === 0 ? rng.normal() : 0));
    const every = Int32Array.from({ length: size }, (_, row) => row);
    const csr = csrFromDense(dense, size, every, 1, 'float64');
    expect(denseOf(csr)).toEqual(dense);
    for (let n = 0; n < size; n++) {
      const columns = [...csr.indices.subarray(csr.starts[n], csr.starts[n + 1])];
      expect(columns).toEqual([...new Set(columns)].sort((a, b) => a - b));
    }
  });
});
