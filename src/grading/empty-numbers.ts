import type { CheckedQuantity, CheckResult } from '../diagnosis/check-result.ts';
import type { Exercise } from '../trace/exercise.ts';
import type { NumberArray } from '../trace/number-array.ts';

/** What an array is like that could be recorded without computing anything. */
export type Emptiness = 'zeros' | 'constant' | 'initial';

/**
 * Whether an array could have been recorded without computing anything, although the right one could not: only zeros, one
 * number throughout, or the exercise's initial weights. null: it could not.
 */
export function emptinessOf(exercise: Exercise, { place, theirs, ours }: CheckedQuantity): Emptiness | null {
  const found = kindOf(exercise, place, theirs);
  return found === null || kindOf(exercise, place, ours) !== null ? null : found;
}

function kindOf(
  { layers }: Exercise,
  { quantity, layer }: CheckedQuantity['place'],
  { values }: NumberArray,
): Emptiness | null {
  if (quantity === 'kernel' || quantity === 'bias') {
    const initial = layers[layer!][quantity]?.values ?? [];
    if (values.length === initial.length && values.every((value, i) => value === initial[i]))
      return 'initial';
  }
  if (values.every((value) => value === 0)) return 'zeros';
  return values.length > 1 && values.every((value) => value === values[0]) ? 'constant' : null;
}

/** A sentence about a recording in which nothing was computed; null where something was. */
export function emptyRecording({ exercise, quantities }: CheckResult): string | null {
  // The rows of a batch are in the exercise: they are copied, not computed.
  const computed = quantities.filter(({ place: { quantity } }) => quantity !== 'x' && quantity !== 'y');
  if (computed.length === 0) return 'it has no number that a program computes';
  // A single number tells nothing unless it is right, or 0.
  const isTelling = ({ status, theirs: { values } }: CheckedQuantity) =>
    values.length > 1 || values[0] === 0 || status === 'same';
  const kinds = new Set(computed.filter(isTelling).map((one) => emptinessOf(exercise, one)));
  if (kinds.has(null) || kinds.size === 0) return null;
  const [only, ...others] = kinds;
  return sentences[others.length > 0 ? 'constant' : only!];
}

const sentences: Readonly<Record<Emptiness, string>> = {
  zeros: 'every recorded number is 0',
  constant: 'every recorded array has one number throughout, or is copied from the exercise',
  initial: 'the recorded weights are the initial weights of the exercise: nothing was updated',
};
