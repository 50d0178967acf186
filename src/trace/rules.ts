import type { Exercise } from './exercise.ts';
import type { NumberArray } from './number-array.ts';
import type { Batch } from './quantities.ts';

export type ParameterKind = 'kernel' | 'bias';

/** A kernel or a bias in the update of a step. */
export interface Parameter {
  readonly kind: ParameterKind;
  readonly layer: number;
  /** Before the step. */
  readonly value: NumberArray;
  /** Penalties included, and clipped. */
  readonly gradient: NumberArray;
  /** The optimiser's state before the step, by the names of its slots. */
  readonly state: Readonly<Record<string, NumberArray>>;
}

/** A parameter and its state after a step. */
export interface Updated {
  readonly value: NumberArray;
  readonly state: Readonly<Record<string, NumberArray>>;
}

/** What is known while a step is computed; lists are by layer and grow as the step proceeds. */
export interface Step extends Batch {
  readonly exercise: Exercise;
  /** The program: rules call each other through it, so that one that is replaced is replaced for all. */
  readonly rules: Rules;
  /** The number of rows of this batch, N. */
  readonly N: number;
  readonly x: NumberArray;
  readonly y: NumberArray;
  readonly z: readonly NumberArray[];
  readonly a: readonly NumberArray[];
  readonly delta: readonly NumberArray[];
  readonly gradients: Readonly<Record<ParameterKind, readonly NumberArray[]>>;
  /** Before the step; a bias that does not exist is missing. */
  readonly weights: Readonly<Record<ParameterKind, readonly NumberArray[]>>;
  /** The optimiser's state before the step. */
  readonly state: Readonly<Record<ParameterKind, readonly Readonly<Record<string, NumberArray>>[]>>;
  /** The optimiser's state after the step. */
  readonly updatedState: Readonly<Record<ParameterKind, readonly Readonly<Record<string, NumberArray>>[]>>;
  /** What a program keeps from step to step apart from weights and state; it starts empty. */
  readonly memory: Map<string, unknown>;
}

/**
 * A program that trains: how each quantity of a step is computed from the ones before it. The right program is
 * `rightRules`; a mistake replaces one or two of its functions.
 */
export interface Rules {
  /** The weights that it starts with; a bias that does not exist is missing. */
  initialWeights(exercise: Exercise): Record<ParameterKind, readonly NumberArray[]>;
  /** The steps that it makes, in order. */
  batches(exercise: Exercise): readonly Batch[];
  /** The inputs [N][D] and the targets [N][P] of a batch. */
  x(step: Step): NumberArray;
  y(step: Step): NumberArray;
  /** z = a_below W + b [N][H] */
  z(step: Step, layer: number): NumberArray;
  /** a = f(z) [N][H] */
  a(step: Step, layer: number): NumberArray;
  /** The mean loss of the batch, without penalties. */
  loss(step: Step): NumberArray;
  /** dC/da [N][P] of the last layer; dC/dz where the loss is written for z (cross-entropies). */
  outputError(step: Step): NumberArray;
  /** dC/dz [N][P] of the last layer: the error times f'(z), or the error where that is dC/dz. */
  outputDelta(step: Step): NumberArray;
  /** dC/dz [N][H] of a hidden layer: delta_above W_above' * f'(z). */
  hiddenDelta(step: Step, layer: number): NumberArray;
  /** f'(z) [N][H] of a layer. */
  derivative(step: Step, layer: number): NumberArray;
  /** dC/dW = a_below' delta [D][H], and dC/db = sum of delta [H], without penalties. */
  dataGradient(step: Step, layer: number, kind: ParameterKind): NumberArray;
  /** The penalties' gradient, 2 lambda w + l1 sign(w); null: none. */
  penaltyGradient(step: Step, layer: number, kind: ParameterKind): NumberArray | null;
  /** The factor of clipping, at most 1. */
  clipping(step: Step): number;
  /** The learning rate of the step. */
  rate(step: Step): number;
  update(step: Step, parameter: Parameter): Updated;
  /** How a computed number is kept: unchanged in float64. */
  stored(values: NumberArray): NumberArray;
}

/** What a layer takes in: x, or a of the layer below. */
export const inputsOf = (step: Step, layer: number): NumberArray =>
  layer === 0 ? step.x : step.a[layer - 1];
