import { differenceOf } from '../trace/difference.ts';
import { hasShape, type NumberArray } from '../trace/number-array.ts';
import type { Rules } from '../trace/rules.ts';
import { type Known, runRules } from '../trace/step.ts';
import { costOfLook } from './effort.ts';
import { type At, continuedWith, type Followed, keyOf, type Recorded } from './follow.ts';

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
  /** What was computed, in multiplications. */
  readonly work: number;
}

/**
 * Runs a program with a mistake along a recording until it is refuted: by the quantity in question, or by one that is right
 * without the mistake and wrong with it. Each wrong quantity has to come closer by `closeness`. `costs` are those of places.
 */
export function tryRules(
  run: Followed,
  rules: Rules,
  target: At,
  tolerance: number,
  known: Known | undefined,
  costs: readonly number[],
  closeness = closer,
): Trial {
  const { exercise, recorded, wrong } = run;
  const goal = keyOf(target);
  let missing = countRecorded(recorded);
  const left: number[] = [];
  let [holds, of, reproduced, numbers, digits, untouched, work] = [true, 0, 0, 0, 0, 0, 0];
  let last = -1;
  let [expectedGoal, firstLeft]: (NumberArray | null)[] = [null, null];
  let difference = Number.POSITIVE_INFINITY;
  const fits = runRules(
    exercise,
    rules,
    (expected, index, { step }) => {
      const isAsBefore = expected === run.computed[step]?.[index];
      work += isAsBefore ? costOfLook : costs[index];
      const theirs = recorded[step]?.[index] ?? null;
      if (theirs === null) return expected;
      const key = keyOf({ step, index });
      const without = wrong.get(key);
      // What is not wrong differs by rounding at most.
      const found = isAsBefore ? (without?.difference ?? 0) : differenceOf(expected, theirs);
      const isRight =
        found <= tolerance && (without === undefined || found <= closeness * without.difference);
      last = key;
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
        if (isAsBefore || differenceOf(expected, without.expected) <= tolerance) untouched++;
        left.push(key);
      }
      return holds ? continuedWith(expected, theirs) : null;
    },
    known,
  );
  // What follows from gradients of a wrong shape is not known; all of it has to be wrong.
  if (!fits) missing = keysAfter(recorded, last).filter((key) => !wrong.has(key)).length;
  // A program that ends earlier does not give the rest.
  if (expectedGoal === null || missing > 0) holds = false;
  return {
    ...{ holds, expected: expectedGoal, difference, of, reproduced, numbers, digits },
    ...{ left, firstLeft, untouched, work },
  };
}

/** How many quantities were recorded; many programs are tried on each recording. */
const counts = new WeakMap<Recorded, number>();

function countRecorded(recorded: Recorded): number {
  const known = counts.get(recorded);
  if (known !== undefined) return known;
  const count = recorded.reduce((sum, step) => sum + step.filter((values) => values !== null).length, 0);
  counts.set(recorded, count);
  return count;
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
