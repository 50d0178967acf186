import { quote } from '../errors.ts';
import type { NumberArray } from './number-array.ts';

/** What is wrong with nested lists of numbers, and at which element of them: "[2][1]", or "" for the whole. */
export interface NotDense {
  readonly element: string;
  readonly problem: string;
  /** The number that is not finite, as its program wrote it; absent for other problems. */
  readonly broken?: string;
}

/** No quantity has more dimensions, even with dimensions of 1 that a program added. */
const maxDimensions = 6;

/** Nested lists of numbers as one array; what is wrong if they are not all of one shape, or not all finite numbers. */
export function denseOf(value: unknown): NumberArray | NotDense {
  const shape = shapeOf(value);
  if (shape.length > maxDimensions)
    return { element: '', problem: `is nested ${shape.length} levels deep or deeper` };
  // The place that is being looked at; made a text only for the one that is wrong.
  const path: number[] = [];
  const at = (wrong: Omit<NotDense, 'element'>): NotDense => ({
    element: path.map((index) => `[${index}]`).join(''),
    ...wrong,
  });
  const ragged = raggedAt(value, shape, path);
  if (ragged !== null) return at({ problem: ragged });
  const values = new Float64Array(shape.reduce((product, size) => product * size, 1));
  let to = 0;
  const fill = (part: unknown): Omit<NotDense, 'element'> | null => {
    if (path.length === shape.length) {
      const wrong = notANumber(part);
      if (wrong === null) values[to++] = part as number;
      return wrong;
    }
    const depth = path.length;
    const parts = part as readonly unknown[];
    for (let i = 0; i < parts.length; i++) {
      path[depth] = i;
      const wrong = fill(parts[i]);
      if (wrong !== null) return wrong;
    }
    path.length = depth;
    return null;
  };
  const wrong = fill(value);
  return wrong === null ? { shape, values } : at(wrong);
}

/** The lengths of the first list of each level. */
function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let part = value; Array.isArray(part) && shape.length <= maxDimensions; part = part[0])
    shape.push(part.length);
  return shape;
}

/**
 * What is wrong with the first list that is not as long as the others of its level, at which `path` then ends. Without this, a
 * few long lists could ask for any memory.
 */
function raggedAt(value: unknown, shape: readonly number[], path: number[]): string | null {
  const depth = path.length;
  if (depth === shape.length) return null;
  const length = shape[depth];
  if (!Array.isArray(value)) return `is ${kindOf(value)} where a list of ${length} is expected`;
  if (value.length === 0) return 'is an empty list';
  if (value.length !== length) return `has ${value.length} elements where the lists before it have ${length}`;
  for (let i = 0; i < (depth === shape.length - 1 ? 0 : length); i++) {
    path[depth] = i;
    const found = raggedAt(value[i], shape, path);
    if (found !== null) return found;
  }
  path.length = depth;
  return null;
}

function notANumber(value: unknown): Omit<NotDense, 'element'> | null {
  if (typeof value === 'number' && Number.isFinite(value)) return null;
  // JSON has no number too large for float64; what is written as 1e999 becomes infinite.
  if (typeof value === 'number' || value === null) return { problem: `is ${value}`, broken: String(value) };
  return { problem: value === undefined ? 'is missing' : `is ${kindOf(value)}, not a number` };
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return `the text ${quote(value)}`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
