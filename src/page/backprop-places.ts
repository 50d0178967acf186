import type { Layout } from '../trace/exercise.ts';
import { type NumberArray, transpose } from '../trace/number-array.ts';
import type { Place } from '../trace/quantities.ts';
import { isTurnedIn } from '../trace/read-recording.ts';

/** An array in memory as the file has it. */
export const asInFile = (array: NumberArray, layout: Layout, place: Place): NumberArray =>
  array.shape.length === 2 && isTurnedIn(layout, place) ? transpose(array) : array;

/** The indices of an element as the file has it. */
export const indicesInFile = (element: readonly number[], layout: Layout, place: Place): readonly number[] =>
  isTurnedIn(layout, place) ? element.toReversed() : element;
