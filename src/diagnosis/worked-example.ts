import { hasShape, map, type NumberArray, reshape, scale, transpose } from '../trace/number-array.ts';
import { type Place, placesOf } from '../trace/quantities.ts';
import { isTurnedIn } from '../trace/read-recording.ts';
import { activationOf, rightRules } from '../trace/right-rules.ts';
import { runRules } from '../trace/step.ts';
import type { CheckedQuantity, CheckResult } from './check-result.ts';
import { equationOf } from './equations.ts';
import { brackets, dot, equals, type Formula, operator, plus, row, words } from './formula.ts';

/** The array of a quantity that a formula names, as the file has it, with two indices; null for a constant. */
type Arrays = (text: string, layer: number | null) => NumberArray | null;

/**
 * The equation of one element with its numbers in place of the symbols: those that the program recorded, or ours. `element`
 * is counted as in memory. Sums have at most `mostTerms` terms. null where the equation is not one of single elements: data,
 * the loss, softmax.
 */
export function workedExample(
  result: CheckResult,
  quantity: CheckedQuantity,
  element: readonly number[],
  textOf: (value: number) => string,
  mostTerms = 3,
): Formula | null {
  const { exercise } = result;
  const { place, batch, expected } = quantity;
  if (place.layer === null || element.length === 0) return null;
  if (place.quantity === 'a' && exercise.layers[place.layer].activation === 'softmax') return null;
  const { formula } = equationOf(place, batch, exercise);
  if (typeof formula === 'string' || formula.kind !== 'row') return null;
  const isFirst = exercise.layout.batch === 'first';
  const [i, j] = elementIn(element, isFirst, isTurnedIn(exercise.layout, place));
  const fill = filling(arraysOf(result, quantity), batch.rows.length, isFirst, textOf, mostTerms);
  const shown = element.length === 2 ? [i, j] : element;
  const value =
    expected.values[element.length === 2 ? element[0] * expected.shape[1] + element[1] : element[0]];
  return row(
    words(`${place.quantity}[${shown.join(', ')}]`),
    equals,
    fill(row(...formula.items.slice(2)), i, j),
    equals,
    textOf(value),
  );
}

/** Two indices: a vector of units lies along the units. */
function elementIn(
  element: readonly number[],
  isFirst: boolean,
  isTurned: boolean,
): readonly [number, number] {
  if (element.length === 1) return isFirst ? [0, element[0]] : [element[0], 0];
  return isTurned ? [element[1], element[0]] : [element[0], element[1]];
}

/** Puts numbers into a formula for the element i, j of what it gives. */
function filling(
  arrays: Arrays,
  N: number,
  isFirst: boolean,
  textOf: (value: number) => string,
  mostTerms: number,
): (formula: Formula, i: number, j: number) => Formula {
  const number = (value: number): Formula => (value < 0 ? brackets(textOf(value)) : textOf(value));
  const at = ({ shape, values }: NumberArray, i: number, j: number): Formula =>
    number(values[(shape[0] === 1 ? 0 : i) * shape[1] + (shape[1] === 1 ? 0 : j)]);
  const sumOf = (count: number, term: (k: number) => Formula): Formula => {
    const terms = Array.from({ length: Math.min(count, mostTerms) }, (_, k) =>
      k === 0 ? [term(k)] : [plus, term(k)],
    );
    return row(...terms.flat(), ...(count > mostTerms ? [plus, words(`… (${count} terms)`)] : []));
  };
  const fill = (formula: Formula, i: number, j: number): Formula => {
    const inner = (one: Formula): Formula => fill(one, i, j);
    if (typeof formula === 'string') return formula;
    switch (formula.kind) {
      case 'symbol':
      case 'gradient': {
        const array = arrays(formula.text, formula.layer);
        return array === null ? formula : at(array, i, j);
      }
      case 'operator':
        return ['⊙', '\u2062'].includes(formula.sign) ? operator('·', formula.text) : formula;
      case 'row': {
        const [left, sign, right] = formula.items;
        if (sign !== dot) return row(...formula.items.map(inner));
        return brackets(
          sumOf(widthOf(left, arrays), (k) => row(fill(left, i, k), operator('·', '*'), fill(right, k, j))),
        );
      }
      case 'sum':
        return brackets(sumOf(N, (n) => (isFirst ? fill(formula.of, n, j) : fill(formula.of, i, n))));
      case 'transpose':
        return fill(formula.of, j, i);
      case 'call': {
        const [argument] = formula.of;
        const slope = formula.text === "f'" && typeof argument !== 'string' && argument.kind === 'symbol';
        return slope ? at(arrays("f'", argument.layer)!, i, j) : { ...formula, of: formula.of.map(inner) };
      }
      case 'fraction':
        return { ...formula, over: inner(formula.over), under: inner(formula.under) };
      case 'power':
        return { ...formula, of: inner(formula.of), exponent: inner(formula.exponent) };
      case 'root':
      case 'absolute':
      case 'negative':
      case 'brackets': {
        // A sum of products has brackets already.
        const filled = inner(formula.of);
        return hasBrackets(filled) ? filled : { ...formula, of: filled };
      }
      case 'part':
        return { ...formula, of: inner(formula.of) };
      default:
        return formula;
    }
  };
  return fill;
}

const hasBrackets = (formula: Formula): boolean =>
  typeof formula !== 'string' &&
  (formula.kind === 'brackets' || (formula.kind === 'part' && hasBrackets(formula.of)));

/** The number of columns of a matrix in a product. */
function widthOf(matrix: Formula, arrays: Arrays): number {
  if (typeof matrix === 'string') return 1;
  if (matrix.kind === 'part') return widthOf(matrix.of, arrays);
  const isTurned = matrix.kind === 'transpose';
  const bare = isTurned ? matrix.of : matrix;
  if (typeof bare === 'string' || bare.kind !== 'symbol') return 1;
  const { shape } = arrays(bare.text, bare.layer)!;
  return shape[isTurned ? 0 : 1];
}

/** What a quantity is computed from: what was recorded before it, and ours where nothing was. */
function arraysOf(
  { exercise, quantities }: CheckResult,
  { place: own, index, batch }: CheckedQuantity,
): Arrays {
  const places = placesOf(exercise);
  const recorded = new Map(
    quantities.map(({ batch, index, theirs }) => [batch.step * places.length + index, theirs]),
  );
  const arrays = new Map<string, NumberArray>();
  const keep = (place: Place, array: NumberArray): void => {
    arrays.set(`${place.quantity} ${place.layer}`, withTwoIndices(array, place));
  };
  const withTwoIndices = (array: NumberArray, place: Place): NumberArray => {
    if (array.shape.length === 2) return isTurnedIn(exercise.layout, place) ? transpose(array) : array;
    const size = array.values.length;
    return reshape(array, exercise.layout.batch === 'first' ? [1, size] : [size, 1]);
  };
  runRules(exercise, rightRules(exercise), (computed, at, step) => {
    const theirs = recorded.get(step.step * places.length + at);
    const kept = theirs !== undefined && hasShape(theirs, computed.shape) ? theirs : computed;
    if (step.step !== batch.step) return kept;
    const place = places[at];
    if (at === index) {
      if (own.parameter !== null && !own.quantity.endsWith('_gradient')) {
        const clipped = scale(step.gradients[own.parameter][own.layer!], step.rules.clipping(step));
        arrays.set('g null', withTwoIndices(clipped, own));
      }
      // Weights, and the state that is computed, enter as they were before the step.
      for (const place of places) {
        const { layer, parameter, slot, quantity } = place;
        if (layer === null || parameter === null) continue;
        if (slot === null && quantity === parameter) keep(place, step.weights[parameter][layer]);
        if (slot !== null && slot === own.slot) keep(place, step.state[parameter][layer][slot]);
      }
      return null;
    }
    keep(place, kept);
    if (place.quantity === 'a' && exercise.layers[place.layer!].activation !== 'softmax') {
      const { by, derivative } = activationOf(exercise, place.layer!);
      const from = by === 'a' ? kept : step.z[place.layer!];
      arrays.set(`f' ${place.layer}`, withTwoIndices(map(from, derivative), place));
    }
    return kept;
  });
  return (text, layer) => arrays.get(`${text} ${layer}`) ?? null;
}
