import { map, matmul, type NumberArray, transpose } from './number-array.ts';
import { inputsOf, type Step } from './rules.ts';

// Deep networks have deltas far below 1. How exactly a right program computes them follows from the sizes of what is added up.

const sizes = (array: NumberArray): NumberArray => map(array, Math.abs);

const largestOf = ({ values }: NumberArray): number =>
  values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

/**
 * Sums of absolute terms [N][H] that bound the rounding errors of a layer's deltas, in units of the machine's precision:
 * T = (T_above |W_above|' + |delta_above| |W_above|') * |f'|, where f' itself has an absolute error, so that its place is taken
 * by 1 in the second term. 1 in the output layer, whose error a - y may cancel.
 */
function termsOfDelta(step: Step, layer: number, known: NumberArray[]): NumberArray {
  const found = known[layer];
  if (found !== undefined) return found;
  const last = step.exercise.layers.length - 1;
  let terms: NumberArray;
  if (layer === last) terms = map(step.z[layer], () => 1);
  else {
    const back = transpose(sizes(step.weights.kernel[layer + 1]));
    const inherited = matmul(termsOfDelta(step, layer + 1, known), back);
    const own = matmul(sizes(step.delta[layer + 1]), back);
    const slope = sizes(step.rules.derivative(step, layer));
    terms = map(inherited, (value, i) => value * slope.values[i] + own.values[i]);
  }
  known[layer] = terms;
  return terms;
}

/**
 * The largest of the terms that a layer's deltas, or its gradients |a_below|' (T + |delta|), are computed from: next to it,
 * numbers are rounding errors. `known` keeps what was found for other layers of the step.
 */
export function largestTerm(
  step: Step,
  layer: number,
  of: 'delta' | 'gradient',
  known: NumberArray[],
): number {
  const terms = termsOfDelta(step, layer, known);
  if (of === 'delta') return largestOf(terms);
  const delta = step.delta[layer];
  const both = map(terms, (value, i) => value + Math.abs(delta.values[i]));
  const largestInput = Math.max(1, largestOf(inputsOf(step, layer)));
  return largestInput * both.values.reduce((sum, value) => sum + value, 0);
}
