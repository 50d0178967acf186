import type { Exercise, Recording } from '../trace/exercise.ts';
import type { NumberArray } from '../trace/number-array.ts';
import type { Batch, Place, QuantityName } from '../trace/quantities.ts';
import type { Rules } from '../trace/rules.ts';

/**
 * How a recorded quantity compares.
 *
 * `same`: equal to ours. `first`: the first that differs, in order of computation. `consequence`: differs, as it must after
 * that. `separate`: differs also from what follows from the program's own numbers, so something else is wrong too.
 */
export type Status = 'same' | 'first' | 'consequence' | 'separate';

export interface CheckedQuantity {
  readonly batch: Batch;
  readonly place: Place;
  /** The place's number in `placesOf`. */
  readonly index: number;
  readonly status: Status;
  /** What a right program computes throughout. */
  readonly ours: NumberArray;
  /** What follows by the right rules from the numbers that the program recorded before this one. */
  readonly expected: NumberArray;
  /** As recorded, conventions taken out. Its shape may be another. */
  readonly theirs: NumberArray;
  /** Of theirs from `expected`; see `differenceOf`. */
  readonly difference: number;
}

/** A mistake, or two at once, that gives the recorded numbers. */
export interface Explanation {
  readonly ids: readonly string[];
  readonly title: string;
  readonly explain: string;
  readonly fix: string;
  /** The rules of a right program that it replaces. */
  readonly changes: readonly (keyof Rules)[];
  /** To how many digits it reproduces the quantity that differs. */
  readonly digits: number;
  /** How many of the quantities recorded from there on it reproduces. */
  readonly reproduced: number;
  readonly of: number;
  /** How many recorded numbers differ without it and agree with it. */
  readonly numbers: number;
}

/** A quantity that is wrong by itself, and why. */
export interface Finding {
  readonly quantity: CheckedQuantity;
  /** The index of the first element that differs; empty if it is a single number, or if the shapes differ. */
  readonly element: readonly number[];
  /** That element; null if the shapes differ. */
  readonly ours: number | null;
  readonly theirs: number | null;
  /** theirs / ours; null if it is not finite. */
  readonly ratio: number | null;
  /** Those that reproduce the recorded numbers equally well, and best; empty if no known mistake does. */
  readonly explanations: readonly Explanation[];
  /** How many possibilities were tried, one mistake or two at once. */
  readonly tried: number;
  /** Whether some were left out because they would have taken too long. */
  readonly cutShort: boolean;
}

/** A way of writing the same thing that shows in recorded numbers. */
export interface NotedConvention {
  readonly id: string;
  readonly title: string;
}

/** A recording compared with the right run of its exercise. */
export interface CheckResult {
  readonly exercise: Exercise;
  readonly recording: Recording;
  readonly tolerance: number;
  /** Every recorded quantity, in order of computation. */
  readonly quantities: readonly CheckedQuantity[];
  readonly first: Finding | null;
  readonly separate: readonly Finding[];
  readonly conventions: readonly NotedConvention[];
  /** Quantities that no step recorded. */
  readonly absent: readonly QuantityName[];
}
