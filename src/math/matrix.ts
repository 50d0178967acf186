/** A dense matrix, row-major: element (i, j) is data[i * columns + j]. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** [rows][columns] */
  readonly data: Float64Array;
}

/** A [rows][columns] matrix that wraps the given data without copying them; zeros if no data are given. */
export function matrix(
  rows: number,
  columns: number,
  data: Float64Array = new Float64Array(rows * columns),
): Matrix {
  if (data.length !== rows * columns) {
    throw new RangeError(`a ${rows} x ${columns} matrix has ${rows * columns} elements, not ${data.length}`);
  }
  return { rows, columns, data };
}

/** The product m v, a vector of m.rows numbers. Each is summed in column order; v has m.columns numbers. */
export function multiplyVector(m: Matrix, v: Float64Array): Float64Array {
  const { rows, columns, data } = m;
  if (v.length !== columns) {
    throw new RangeError(
      `a matrix of ${columns} columns takes a vector of ${columns} numbers, not ${v.length}`,
    );
  }
  const product = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const start = i * columns;
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += data[start + j] * v[j];
    product[i] = sum;
  }
  return product;
}
