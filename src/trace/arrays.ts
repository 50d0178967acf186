import { denseOf } from './dense.ts';
import { brokenNumber } from './json-numbers.ts';
import { type NumberArray, reshape, transpose } from './number-array.ts';
import { entryError } from './trace-error.ts';

/** The nested lists of numbers at an entry. Errors: UserError that names the element that is not a finite number. */
export function arrayAt(file: string, entry: string, value: unknown): NumberArray {
  const dense = denseOf(value);
  if ('values' in dense) return dense;
  const { element, problem, broken } = dense;
  if (broken !== undefined) throw brokenNumber(file, `${entry}${element}`, broken);
  throw entryError(
    file,
    `${entry}${element}`,
    problem,
    'numbers in nested lists, all rows of the same length',
    'write the whole array, row by row: in NumPy array.tolist()',
  );
}

/** The shape that an array of the program has in a file, which may have it transposed. */
export function shapeInFile(shape: readonly number[], isTurned: boolean): readonly number[] {
  return isTurned ? shape.toReversed() : shape;
}

/**
 * An array of a file as one of the program's shape; null if it has another. Dimensions of 1 may be missing or extra: the
 * numbers are in the same order.
 */
export function arrayOfShape(
  array: NumberArray,
  shape: readonly number[],
  isTurned: boolean,
): NumberArray | null {
  const expected = shapeInFile(shape, isTurned);
  if (withoutOnes(array.shape) !== withoutOnes(expected)) return null;
  const written = reshape(array, expected);
  return isTurned ? transpose(written) : written;
}

function withoutOnes(shape: readonly number[]): string {
  return shape.filter((size) => size !== 1).join();
}

/** A shape as NumPy writes it: (3, 2), (3,), (). */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}
