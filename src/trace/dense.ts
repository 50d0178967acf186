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
  const ragged = raggedAt(value, shape, '');
  if (ragged !== null) return ragged;
  const values = new Float64Array(shape.reduce((product, size) => product * size, 1));
  let to = 0;
  const fill = (part: unknown, depth: number, element: string): NotDense | null => {
    if (depth === shape.length) {
      const wrong = notANumber(part);
      if (wrong !== null) return { element, ...wrong };
      values[to++] = part as number;
      return null;
    }
    const parts = part as readonly unknown[];
    for (let i = 0; i < parts.length; i++) {
      const one = parts[i];
      // The usual case, without a text for its place.
      if (depth === shape.length - 1 && typeof one === 'number' && Number.isFinite(one)) values[to++] = one;
      else {
        const wrong = fill(one, depth + 1, `${element}[${i}]`);
        if (wrong !== null) return wrong;
      }
    }
    return null;
  };
  return fill(value, 0, '') ?? { shape, values };
}

/** The lengths of the first list of each level. */
function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let part = value; Array.isArray(part) && shape.length <= maxDimensions; part = part[0])
    shape.push(part.length);
  return shape;
}

/** The first list that is not as long as the others of its level. Without this, a few long lists could ask for any memory. */
function raggedAt(value: unknown, shape: readonly number[], element: string): NotDense | null {
  if (shape.length === 0) return null;
  const [length, ...inner] = shape;
  if (!Array.isArray(value))
    return { element, problem: `is ${kindOf(value)} where a list of ${length} is expected` };
  if (value.length === 0) return { element, problem: 'is an empty list' };
  if (value.length !== length)
    return { element, problem: `has ${value.length} elements where the lists before it have ${length}` };
  for (let i = 0; i < (inner.length === 0 ? 0 : length); i++) {
    const found = raggedAt(value[i], inner, `${element}[${i}]`);
    if (found !== null) return found;
  }
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
