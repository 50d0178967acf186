import type { Layout } from '../trace/exercise.ts';
import { type NumberArray, transpose } from '../trace/number-array.ts';
import type { Place } from '../trace/quantities.ts';

type Where = Pick<Place, 'quantity' | 'layer'>;

/** Whether the layout of a file turns a quantity round, compared with the arrays in memory. */
function isTurned({ kernel, batch }: Layout, { quantity }: Where): boolean {
  if (quantity.startsWith('kernel')) return kernel === 'out-in';
  return batch === 'last' && !quantity.startsWith('bias') && quantity !== 'loss';
}

/** An array in memory as the file has it. */
export const asInFile = (array: NumberArray, layout: Layout, place: Where): NumberArray =>
  array.shape.length === 2 && isTurned(layout, place) ? transpose(array) : array;

/** The indices of an element as the file has it: [3, 0]. */
export function elementText(element: readonly number[], layout: Layout, place: Where): string {
  if (element.length === 0) return '';
  return `[${(isTurned(layout, place) ? element.toReversed() : element).join(', ')}]`;
}

/** (8, 3), as NumPy writes it. */
export const shapeText = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
