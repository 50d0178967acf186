import { differenceOf } from '../trace/difference.ts';
import type { Exercise, Recording } from '../trace/exercise.ts';
import { hasShape, type NumberArray } from '../trace/number-array.ts';
import type { Rules, Step } from '../trace/rules.ts';
import { type Known, runRules } from '../trace/step.ts';

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
  known?: Known,
): boolean {
  const visit = (computed: NumberArray, place: number, step: Step): NumberArray | null => {
    const theirs = recorded[step.step]?.[place] ?? null;
    if (theirs !== null && !compare(computed, theirs, place, step)) return null;
    return continuedWith(computed, theirs);
  };
  return runRules(exercise, rules, visit, known);
}

/** What a program that follows a recording continues with. */
export const continuedWith = (computed: NumberArray, theirs: NumberArray | null): NumberArray =>
  theirs !== null && hasShape(theirs, computed.shape) ? theirs : computed;

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

type Rule = keyof Rules;

/** What a program that followed a recording did. */
export interface Followed {
  readonly exercise: Exercise;
  readonly rules: Rules;
  readonly recorded: Recorded;
  /** Relative differences up to this are rounding. */
  readonly tolerance: number;
  /** What it computed, and what it continued with: [step][place]. */
  readonly computed: readonly (readonly NumberArray[])[];
  readonly kept: readonly (readonly NumberArray[])[];
  readonly wrong: WrongQuantities;
  /** The rules that each place asked, in any step. */
  readonly asked: readonly ReadonlySet<Rule>[];
  /** Whether it kept anything else from step to step than weights and state. */
  readonly remembers: boolean;
}

/** Runs a program along a recording, and keeps what it did. */
export function followed(exercise: Exercise, rules: Rules, recorded: Recorded, tolerance: number): Followed {
  const [computed, kept]: NumberArray[][][] = [[], []];
  const asked: Set<Rule>[] = [];
  const wrong = new Map<number, Wrong>();
  const asking = new Set<Rule>();
  let remembers = false;
  const watched = new Proxy(rules, {
    get(target, rule: Rule) {
      asking.add(rule);
      return target[rule];
    },
  });
  runRules(exercise, watched, (expected, index, { step, memory }) => {
    remembers ||= memory.size > 0;
    asked[index] ??= new Set();
    for (const rule of asking) asked[index].add(rule);
    asking.clear();
    const theirs = recorded[step]?.[index] ?? null;
    if (theirs !== null) {
      const difference = differenceOf(expected, theirs);
      if (difference > tolerance)
        wrong.set(keyOf({ step, index }), { step, index, expected, theirs, difference });
    }
    const value = continuedWith(expected, theirs);
    computed[step] ??= [];
    kept[step] ??= [];
    computed[step][index] = expected;
    kept[step][index] = value;
    return value;
  });
  return { exercise, rules, recorded, tolerance, computed, kept, wrong, asked, remembers };
}

/** What a changed program expects in one recorded place; null if it ends before. `count` is told which places it computes. */
export function expectedAt(
  { exercise, recorded, computed = [] }: Pick<Followed, 'exercise' | 'recorded'> & Partial<Followed>,
  rules: Rules,
  at: At,
  known?: Known,
  count: (place: number) => void = () => {},
): NumberArray | null {
  let found: NumberArray | null = null;
  runRules(
    exercise,
    rules,
    (expected, index, { step }) => {
      if (expected !== computed[step]?.[index]) count(index);
      if (step === at.step && index === at.index) found = expected;
      return found === null ? continuedWith(expected, recorded[step]?.[index] ?? null) : null;
    },
    known,
  );
  return found;
}
