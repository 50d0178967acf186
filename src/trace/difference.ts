import { hasShape, type NumberArray } from './number-array.ts';

/**
 * Below this times the largest term that they were computed from, numbers are compared with it instead of with themselves:
 * sums that cancel leave rounding errors.
 */
export const smallest = 1e-5;
const floorOf = ({ term = 1 }: NumberArray): number => smallest * term;

/**
 * How far an array is from what is expected: max |theirs - ours| / max(max |ours|, 1e-5 of its terms). Infinite if the shapes differ or
 * a number is not finite.
 */
export function differenceOf(ours: NumberArray, theirs: NumberArray): number {
  if (!hasShape(theirs, ours.shape)) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let size = floorOf(ours);
  for (let i = 0; i < ours.values.length; i++) {
    const difference = Math.abs(theirs.values[i] - ours.values[i]);
    if (!Number.isFinite(difference)) return Number.POSITIVE_INFINITY;
    if (difference > largest) largest = difference;
    const value = Math.abs(ours.values[i]);
    if (value > size) size = value;
  }
  return largest === 0 ? 0 : largest / size;
}

/** The position of the element that differs most in an array of the same shape. */
export function worstElement(ours: NumberArray, theirs: NumberArray): number {
  let worst = 0;
  ours.values.forEach((value, i) => {
    const far = (j: number) => Math.abs(theirs.values[j] - ours.values[j]);
    if (!(far(worst) >= Math.abs(theirs.values[i] - value))) worst = i;
  });
  return worst;
}

/** The position of the first element that differs by more than the tolerance. */
export function firstElement(ours: NumberArray, theirs: NumberArray, tolerance: number): number {
  const size = Math.max(floorOf(ours), ...ours.values.map(Math.abs));
  const index = ours.values.findIndex(
    (value, i) => !(Math.abs(theirs.values[i] - value) <= tolerance * size),
  );
  return Math.max(0, index);
}

/** The digits to which two numbers agree that differ by this relative difference. */
export function digitsOf(difference: number): number {
  return difference === 0 ? 16 : Math.max(0, Math.min(16, Math.floor(-Math.log10(difference))));
}
