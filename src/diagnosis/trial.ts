import { differenceOf } from '../trace/difference.ts';
import type { Exercise } from '../trace/exercise.ts';
import { hasShape, type NumberArray } from '../trace/number-array.ts';
import type { Rules } from '../trace/rules.ts';
import type { Prefix } from '../trace/step.ts';
import { follow, type Recorded } from './follow.ts';

/** A recorded place: the step, and the number in `placesOf`. */
export interface At {
  readonly step: number;
  readonly index: number;
}

/** More places than a step has. */
const stride = 1e6;
export const keyOf = ({ step, index }: At): number => step * stride + index;

/** A recorded quantity that does not follow from the numbers recorded before it. */
export interface Wrong extends At {
  readonly expected: NumberArray;
  readonly theirs: NumberArray;
  readonly difference: number;
}

/** The recorded quantities that do not follow, by a program's rules, from those before them; in order. */
export type WrongQuantities = ReadonlyMap<number, Wrong>;

export function wrongUnder(
  exercise: Exercise,
  rules: Rules,
  recorded: Recorded,
  tolerance: number,
): WrongQuantities {
  const wrong = new Map<number, Wrong>();
  follow(exercise, rules, recorded, (expected, theirs, index, { step }) => {
    const difference = differenceOf(expected, theirs);
    if (difference > tolerance)
      wrong.set(keyOf({ step, index }), { step, index, expected, theirs, difference });
    return true;
  });
  return wrong;
}

/** A quantity is reproduced if it comes this much closer than without the mistake, too. */
export const closer = 1e-3;

/** How a program with a mistake agrees with a recording, next to the program without it. */
export interface Trial {
  /** Whether it gives the quantity in question, and nothing wrong that is right without the mistake. */
  readonly holds: boolean;
  /** What it expects of the quantity in question; null if the run ended before. */
  readonly expected: NumberArray | null;
  /** The difference of that quantity. */
  readonly difference: number;
  /** Recorded quantities from that one on, and how many of them it reproduces. */
  readonly of: number;
  readonly reproduced: number;
  /** Recorded numbers that are wrong without the mistake, and right with it. */
  readonly numbers: number;
  /** The decimal digits of all of them that only the mistake gives. */
  readonly digits: number;
  /** Quantities that are still wrong: their keys, and the first of them as this program expects it. */
  readonly left: readonly number[];
  readonly firstLeft: NumberArray | null;
  /** How many of `left` it expects as without the mistake. */
  readonly untouched: number;
  /** How many steps were computed, parts of them included. */
  readonly steps: number;
}

/**
 * Runs a program with a mistake along a recording until it is refuted: by the quantity in question, or by one that is right
 * without the mistake and wrong with it. Each wrong quantity has to come closer by `closeness`.
 */
export function tryRules(
  exercise: Exercise,
  rules: Rules,
  recorded: Recorded,
  wrong: WrongQuantities,
  target: At,
  tolerance: number,
  prefix: Prefix,
  closeness = closer,
): Trial {
  const goal = keyOf(target);
  let missing = recorded.reduce((sum, step) => sum + step.filter((values) => values !== null).length, 0);
  const left: number[] = [];
  let [holds, of, reproduced, numbers, digits, untouched] = [true, 0, 0, 0, 0, 0];
  // Before the first place.
  let last: At = { step: 0, index: -1 };
  let [expectedGoal, firstLeft]: (NumberArray | null)[] = [null, null];
  let difference = Number.POSITIVE_INFINITY;
  const fits = follow(
    exercise,
    rules,
    recorded,
    (expected, theirs, index, { step }) => {
      const key = keyOf({ step, index });
      const without = wrong.get(key);
      const found = differenceOf(expected, theirs);
      const isRight =
        found <= tolerance && (without === undefined || found <= closeness * without.difference);
      last = { step, index };
      missing--;
      if (key >= goal) of++;
      if (key === goal) {
        expectedGoal = expected;
        difference = found;
        holds = isRight;
      }
      if (isRight) {
        if (key >= goal) reproduced++;
        if (without !== undefined) {
          const count = changed(without.expected, theirs, tolerance);
          numbers += count;
          digits += count * digitsGained(without.difference, found);
        }
      } else if (without === undefined) {
        if (found > tolerance) holds = false;
      } else if (key > goal) {
        firstLeft ??= expected;
        if (differenceOf(expected, without.expected) <= tolerance) untouched++;
        left.push(key);
      }
      return holds;
    },
    prefix,
  );
  // What follows from gradients of a wrong shape is not known; all of it has to be wrong.
  if (!fits) missing = keysAfter(recorded, keyOf(last)).filter((key) => !wrong.has(key)).length;
  // A program that ends earlier does not give the rest.
  if (expectedGoal === null || missing > 0) holds = false;
  const steps = last.step + (last.index + 1 - (last.step === 0 ? prefix.from : 0)) / prefix.values.length;
  return {
    ...{ holds, expected: expectedGoal, difference, of, reproduced, numbers, digits },
    ...{ left, firstLeft, untouched, steps: Math.max(0, steps) },
  };
}

/** The recorded places after one of them. */
const keysAfter = (recorded: Recorded, last: number): number[] =>
  recorded
    .flatMap((values, step) => values.flatMap((one, index) => (one === null ? [] : [keyOf({ step, index })])))
    .filter((key) => key > last);

/** How many numbers differ. */
function changed(expected: NumberArray, theirs: NumberArray, tolerance: number): number {
  if (!hasShape(theirs, expected.shape)) return theirs.values.length;
  let size = 0;
  for (const value of expected.values) size = Math.max(size, Math.abs(value));
  let count = 0;
  for (let i = 0; i < theirs.values.length; i++)
    if (!(Math.abs(theirs.values[i] - expected.values[i]) <= tolerance * size)) count++;
  return count;
}

function digitsGained(without: number, found: number): number {
  return Math.max(0, Math.min(12, Math.log10(Math.min(1, without)) - Math.log10(Math.max(1e-16, found))));
}
