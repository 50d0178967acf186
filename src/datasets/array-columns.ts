import { UserError } from '../errors.ts';
import { type NpyArray, placeText, shapeText } from '../files/npy-decode.ts';
import { sortLevels } from './column-builder.ts';
import type { RawColumn } from './raw-table.ts';

/** An array and how messages name it: `the array "X" in data.npz`. */
export interface NamedArray {
  readonly what: string;
  readonly array: NpyArray;
}

/** Arrays whose rows follow one another, as those for training and testing, and what their columns are called. */
export interface Stack {
  readonly parts: readonly NamedArray[];
  readonly nameOf: (column: number) => string;
}

/** The values of one element of the first dimension. */
export function widthOf({ shape }: NpyArray): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}

/** The number of columns that an array gives. */
export function columnCount(array: NpyArray): number {
  return widthOf(array) * array.fields.length;
}

/**
 * The columns of arrays [rows, ...]: one for each place in the other dimensions, or for each field of a structured array. NaN
 * and empty texts are missing.
 *
 * Errors: UserError for parts that do not fit together, and for infinite numbers.
 */
export function columnsOf({ parts, nameOf }: Stack): RawColumn[] {
  const [first] = parts;
  for (const part of parts.slice(1)) checkFits(first, part);
  const width = widthOf(first.array);
  return first.array.fields.flatMap(({ name: fieldName, isText }, field) =>
    Array.from({ length: width }, (_, d) => {
      const name = fieldName === null ? nameOf(d) : width === 1 ? fieldName : `${fieldName}${d}`;
      return isText ? textColumn(name, parts, field, d) : numberColumn(name, parts, field, d);
    }),
  );
}

function rowsOf(parts: readonly NamedArray[]): number {
  return parts.reduce((sum, { array }) => sum + array.shape[0], 0);
}

function numberColumn(name: string, parts: readonly NamedArray[], field: number, d: number): RawColumn {
  const numbers = new Float64Array(rowsOf(parts));
  let to = 0;
  for (const { what, array } of parts) {
    const { at } = array.fields[field];
    const width = widthOf(array);
    for (let i = d; i < array.length; i += width) {
      const value = at(i) as number;
      if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
        throw new UserError({
          what: `${what} has an infinite number at place ${placeText(i, array.shape)} (counted from 0)`,
          expected: 'finite numbers, and nan for missing ones',
          received: value,
          remedy: 'correct the value, or write nan in its place',
        });
      }
      numbers[to++] = value;
    }
  }
  return { name, numbers };
}

function textColumn(name: string, parts: readonly NamedArray[], field: number, d: number): RawColumn {
  const codes = new Int32Array(rowsOf(parts));
  const places = new Map<string, number>();
  let to = 0;
  for (const { array } of parts) {
    const { at } = array.fields[field];
    const width = widthOf(array);
    for (let i = d; i < array.length; i += width) {
      const text = at(i) as string;
      if (text !== '' && !places.has(text)) places.set(text, places.size);
      codes[to++] = text === '' ? -1 : places.get(text)!;
    }
  }
  return { name, ...sortLevels([...places.keys()], codes) };
}

function checkFits(first: NamedArray, other: NamedArray): void {
  const form = ({ array: { shape, fields } }: NamedArray) =>
    JSON.stringify([shape.slice(1), fields.map(({ name, isText }) => [name, isText])]);
  if (form(first) === form(other)) return;
  const words = ({ array: { shape, fields } }: NamedArray) => `${shapeText(shape)} of ${fields[0].type}`;
  throw new UserError({
    what: `${other.what} does not fit ${first.what}`,
    expected: `rows like those of ${words(first)}`,
    received: words(other),
    remedy: 'write both with rows of the same shape and type',
  });
}
