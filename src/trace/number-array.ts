/** Numbers with a shape, row-major, as NumPy's arrays. A single number has the shape []. */
export interface NumberArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** The largest term that they were computed from, where that is far below 1: next to it, numbers are rounding errors. */
  readonly term?: number;
}

export function arrayOf(shape: readonly number[], values?: ArrayLike<number>): NumberArray {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, values: values === undefined ? new Float64Array(size) : new Float64Array(values) };
}

/** A single number. */
export const scalar = (value: number): NumberArray => ({ shape: [], values: Float64Array.of(value) });

/** f of every element. A loop, which takes a third of the time of the method of the same name. */
export function map(
  { shape, values }: NumberArray,
  f: (value: number, index: number) => number,
): NumberArray {
  const { length } = values;
  const mapped = new Float64Array(length);
  for (let i = 0; i < length; i++) mapped[i] = f(values[i], i);
  return { shape, values: mapped };
}

export const scale = (a: NumberArray, factor: number): NumberArray => map(a, (value) => factor * value);

/** f of every pair of elements of two arrays of the same shape. */
export const combine = (a: NumberArray, b: NumberArray, f: (a: number, b: number) => number): NumberArray =>
  map(a, (value, i) => f(value, b.values[i]));

export const add = (a: NumberArray, b: NumberArray): NumberArray => combine(a, b, (x, y) => x + y);

export const multiply = (a: NumberArray, b: NumberArray): NumberArray => combine(a, b, (x, y) => x * y);

/** The product [N][H] of a [N][D] and b [D][H], summed in the order of d. */
export function matmul(a: NumberArray, b: NumberArray): NumberArray {
  const [N, D] = a.shape;
  const H = b.shape[1];
  const product = arrayOf([N, H]);
  const [to, left, right] = [product.values, a.values, b.values];
  for (let n = 0; n < N; n++)
    for (let d = 0; d < D; d++) {
      const factor = left[n * D + d];
      const [from, row] = [d * H, n * H];
      for (let h = 0; h < H; h++) to[row + h] += factor * right[from + h];
    }
  return product;
}

/** The transpose [H][N] of a [N][H]. */
export function transpose({ shape: [N, H], values }: NumberArray): NumberArray {
  const turned = arrayOf([H, N]);
  for (let n = 0; n < N; n++) for (let h = 0; h < H; h++) turned.values[h * N + n] = values[n * H + h];
  return turned;
}

/** The same numbers in the same order, in another shape of the same size. */
export const reshape = ({ values }: NumberArray, shape: readonly number[]): NumberArray => ({
  shape,
  values,
});

/** The sums [H] over the rows of a [N][H]. */
export function sumOfRows({ shape: [N, H], values }: NumberArray): NumberArray {
  const sums = arrayOf([H]);
  for (let n = 0; n < N; n++) for (let h = 0; h < H; h++) sums.values[h] += values[n * H + h];
  return sums;
}

/** The given rows of a [N][D]. */
export function takeRows({ shape: [, D], values }: NumberArray, rows: readonly number[]): NumberArray {
  const taken = arrayOf([rows.length, D]);
  rows.forEach((row, n) => {
    taken.values.set(values.subarray(row * D, (row + 1) * D), n * D);
  });
  return taken;
}

export const hasShape = ({ shape }: NumberArray, other: readonly number[]): boolean =>
  shape.length === other.length && shape.every((length, axis) => length === other[axis]);
