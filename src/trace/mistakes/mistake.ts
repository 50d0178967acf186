import type { Exercise } from '../exercise.ts';
import type { EquationPart } from '../formula.ts';
import type { NumberArray } from '../number-array.ts';
import type { Batch, Place } from '../quantities.ts';
import type { Rules } from '../rules.ts';

/** A mistake in a program, as the program that makes it. */
export interface Mistake {
  readonly id: string;
  /** What the program does: "the derivative of the activation is missing in the deltas of hidden layers". */
  readonly title: string;
  /** What is right, and why, in one or two sentences. */
  readonly explain: string;
  /** What to change, with a line of NumPy where it helps. */
  readonly fix: string;
  /** The parts of an equation that it is about, which the page frames. */
  readonly doubts?: readonly EquationPart[];
  /** The program with this mistake, from the program without it. */
  readonly rules: (right: Rules) => Rules;
  /** It says only how numbers are related ("twice ours"); it is named only if nothing more specific gives the same. */
  readonly generic?: true;
  /** How closely it has to reproduce the numbers, if rounding keeps it from doing so exactly. */
  readonly tolerance?: number;
}

/** The first difference, from which a mistake may take its parameters. */
export interface Evidence {
  readonly batch: Batch;
  readonly place: Place;
  /** The place's number in `placesOf`. */
  readonly index: number;
  readonly ours: NumberArray;
  readonly theirs: NumberArray;
}

/** The mistakes of a kind that are possible in an exercise; none if it does not apply. */
export type MistakeKind = (exercise: Exercise, evidence: Evidence) => readonly Mistake[];
