import { differenceOf } from '../trace/difference.ts';
import type { Exercise, Recording } from '../trace/exercise.ts';
import { hasShape, type NumberArray } from '../trace/number-array.ts';
import type { Rules, Step } from '../trace/rules.ts';
import { type Prefix, runRules } from '../trace/step.ts';

/** Recorded arrays, [step][place]. */
export type Recorded = Recording['steps'];

/**
 * Runs a program that continues, wherever there is one, with the recorded number instead of its own: so each quantity is
 * compared with what follows from the numbers recorded before it, and one mistake is not counted again and again.
 *
 * `compare` is given every recorded quantity, and returns false to end the run.
 *
 * Returns whether the shapes of the gradients allowed to continue.
 */
export function follow(
  exercise: Exercise,
  rules: Rules,
  recorded: Recorded,
  compare: (expected: NumberArray, theirs: NumberArray, place: number, step: Step) => boolean,
  prefix?: Prefix,
): boolean {
  const visit = (computed: NumberArray, place: number, step: Step): NumberArray | null => {
    const theirs = recorded[step.step]?.[place] ?? null;
    if (theirs === null) return computed;
    if (!compare(computed, theirs, place, step)) return null;
    return hasShape(theirs, computed.shape) ? theirs : computed;
  };
  return runRules(exercise, rules, visit, prefix);
}

/** What a program that follows the recording expects in one recorded place; null if it ends before. */
export function expectedAt(
  exercise: Exercise,
  rules: Rules,
  recorded: Recorded,
  at: { readonly step: number; readonly index: number },
  prefix?: Prefix,
): NumberArray | null {
  let found: NumberArray | null = null;
  follow(
    exercise,
    rules,
    recorded,
    (expected, _theirs, place, { step }) => {
      if (step === at.step && place === at.index) found = expected;
      return found === null;
    },
    prefix,
  );
  return found;
}

/** What a program that follows the recording expects in each recorded place, [step][place], and how far theirs is. */
export function expectations(exercise: Exercise, rules: Rules, recorded: Recorded) {
  const found: { expected: NumberArray; difference: number }[][] = recorded.map(() => []);
  follow(exercise, rules, recorded, (expected, theirs, place, { step }) => {
    found[step][place] = { expected, difference: differenceOf(expected, theirs) };
    return true;
  });
  return found;
}
