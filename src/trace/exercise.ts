import type { ActivationName } from '../nn/activations.ts';
import type { LossName } from '../nn/losses.ts';
import type { OptimizerConfig } from '../nn/optimizers.ts';
import type { Schedule } from '../nn/schedules.ts';
import type { Penalty } from '../nn/update.ts';
import type { NumberArray } from './number-array.ts';

/** Which way round the arrays of a file are. In memory they are always [in][out], and one row for each sample. */
export interface Layout {
  readonly kernel: (typeof kernelLayouts)[number];
  readonly batch: (typeof batchLayouts)[number];
}

export const kernelLayouts = ['in-out', 'out-in'] as const;
export const batchLayouts = ['first', 'last'] as const;

export interface ExerciseLayer {
  readonly units: number;
  readonly activation: ActivationName | 'softmax';
  /** [inputs][units] */
  readonly kernel: NumberArray;
  /** [units]; null: the layer has no bias. */
  readonly bias: NumberArray | null;
}

/** A training run without anything random: data, initial weights, mini-batches and settings. */
export interface Exercise {
  /** `e` and a hash of everything that decides the answers; the layout does not. */
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly layout: Layout;
  /** [N][D] */
  readonly x: NumberArray;
  /** [N][P] */
  readonly y: NumberArray;
  readonly loss: LossName;
  /** The width of the Huber loss. */
  readonly delta: number;
  readonly penalty: Required<Penalty>;
  readonly layers: readonly ExerciseLayer[];
  readonly optimizer: OptimizerConfig;
  readonly learningRate: number;
  /** A name from nn/schedules.ts, or an expression; `rateOf` is the same, compiled. */
  readonly schedule: string;
  readonly rateOf: Schedule;
  /** [epoch][step of the epoch][row] */
  readonly batches: readonly (readonly (readonly number[])[])[];
}

/** What a program recorded: for each of its steps, what it computed, by the names that `placesOf` gives. */
export interface Recording {
  readonly kind: 'recording' | 'answers';
  readonly program: string;
  readonly exercise: Exercise;
  /**
   * [step][place]: null where nothing was recorded. Arrays are [in][out] with a row for each sample, whatever the file's
   * layout; one of a wrong shape is kept as it is.
   */
  readonly steps: readonly (readonly (NumberArray | null)[])[];
}
