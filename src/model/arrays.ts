import type { Dtype } from '../math/dtype.ts';
import { elementBytes, numbersFromBytes, numbersToBytes } from '../math/number-bytes.ts';

/** An array of numbers as JSON: lists in lists, or the bytes of its numbers, little-endian, in base64. */
export type JsonArray = readonly unknown[] | JsonBytes;
interface JsonBytes {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly base64: string;
}

/** Arrays of more numbers are written as bytes. */
const mostInLists = 1000;

/** An array of the given shape as JSON that reads back as the same bits. Lists have no -0. */
export function arrayToJson(values: Float64Array, shape: readonly number[]): JsonArray {
  if (values.length <= mostInLists && !values.some((value) => Object.is(value, -0)))
    return listOf(values, shape);
  const dtype = values.every((value) => Math.fround(value) === value) ? 'float32' : 'float64';
  return { shape, dtype, base64: Buffer.from(numbersToBytes(values, dtype)).toString('base64') };
}

function listOf(values: Float64Array, [count, ...inner]: readonly number[]): readonly unknown[] {
  if (inner.length === 0) return [...values];
  const size = sizeOf(inner);
  return Array.from({ length: count }, (_, i) => listOf(values.subarray(i * size, (i + 1) * size), inner));
}

/** The array of a shape; null for JSON that is none of this shape, or has a number that is not finite. */
export function arrayFromJson(json: JsonArray, shape: readonly number[]): Float64Array | null {
  const values = 'base64' in json ? fromBytes(json, shape) : fromLists(json, shape);
  return values?.every(Number.isFinite) ? values : null;
}

function fromBytes({ shape: own, dtype, base64 }: JsonBytes, shape: readonly number[]): Float64Array | null {
  if (own.length !== shape.length || own.some((size, axis) => size !== shape[axis])) return null;
  const bytes = Buffer.from(base64, 'base64');
  const isWhole = bytes.length === elementBytes[dtype] * sizeOf(shape) && bytes.toString('base64') === base64;
  return isWhole ? numbersFromBytes(bytes, dtype) : null;
}

function fromLists(list: readonly unknown[], shape: readonly number[]): Float64Array | null {
  const values: number[] = [];
  const take = (part: unknown, sizes: readonly number[]): boolean => {
    if (sizes.length === 0) return typeof part === 'number' && values.push(part) > 0;
    const [count, ...inner] = sizes;
    return Array.isArray(part) && part.length === count && part.every((item) => take(item, inner));
  };
  return take(list, shape) ? Float64Array.from(values) : null;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
