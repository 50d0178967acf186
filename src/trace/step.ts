import { createOptimizer } from '../nn/optimizers.ts';
import { smallest } from './difference.ts';
import type { Exercise } from './exercise.ts';
import { arrayOf, hasShape, type NumberArray } from './number-array.ts';
import type { Batch } from './quantities.ts';
import { clipped, withPenalty } from './right-rules.ts';
import { largestTerm } from './rounding.ts';
import type { Parameter, ParameterKind, Rules, Step } from './rules.ts';
import { valueFromState } from './value-from-state.ts';

/**
 * Is given each quantity as it is computed, its number in `placesOf` and the step so far, and returns what the program
 * continues with: the same, or what a recording has in its place. null ends the run.
 */
export type Visit = (computed: NumberArray, place: number, step: Step) => NumberArray | null;

/**
 * What is known of a run from another one, whose program differs from this one in few places. What those do not reach is not
 * computed again.
 */
export interface Known {
  /** What the other program computed, and what it continued with: [step][place]. */
  readonly computed: readonly (readonly NumberArray[])[];
  readonly kept: readonly (readonly NumberArray[])[];
  /** The places, by number, that this program may compute otherwise. An update is changed as a whole, or not at all. */
  readonly changed: readonly boolean[];
}

type State = Readonly<Record<string, NumberArray>>;

/** A step while it is computed. */
interface Growing extends Step {
  x: NumberArray;
  y: NumberArray;
  readonly z: NumberArray[];
  readonly a: NumberArray[];
  readonly delta: NumberArray[];
  readonly gradients: Record<ParameterKind, NumberArray[]>;
  /** After the step. */
  readonly updated: Record<ParameterKind, NumberArray[]>;
  readonly updatedState: Record<ParameterKind, State[]>;
}

/** Thrown to end a run in the middle of a step; they never leave this file. */
const ended = Symbol('ended');
const shapesDiffer = Symbol('shapes differ');

/**
 * Runs a program on an exercise, quantity by quantity in the order of `placesOf`. A run also ends before an update whose
 * gradients do not have the shapes of the weights, and then returns false.
 */
export function runRules(exercise: Exercise, rules: Rules, visit: Visit, known?: Known): boolean {
  try {
    const run = initialRun(exercise, rules);
    // Whether this run has all that both programs continue with, of this step so far and of the step before.
    let isAsKnown = known !== undefined;
    for (const batch of rules.batches(exercise)) {
      const step = startStep(exercise, rules, batch, run);
      const [before, kept] = [known?.computed[batch.step], known?.kept[batch.step]];
      let [place, isUpdateAsKnown] = [0, true];
      const knownValue = (): NumberArray | undefined =>
        isAsKnown && !known!.changed[place] ? before?.[place] : undefined;
      runStep(step, {
        isKnown: () => knownValue() !== undefined,
        keep(compute, use) {
          const computed = knownValue() ?? storedBy(rules, compute());
          const value = visit(computed, place, step);
          if (value === null) throw ended;
          if (value !== kept?.[place]) {
            if (use !== 'none') isAsKnown = false;
            if (use === 'next step') isUpdateAsKnown = false;
          }
          place++;
          return value;
        },
      });
      isAsKnown = known !== undefined && isUpdateAsKnown;
      run.weights = step.updated;
      run.state = step.updatedState;
    }
  } catch (error) {
    if (error !== ended && error !== shapesDiffer) throw error;
    return error !== shapesDiffer;
  }
  return true;
}

/** An array as a program keeps it. */
function storedBy(rules: Rules, array: NumberArray): NumberArray {
  const stored = rules.stored(array);
  return array.term === undefined || stored.term !== undefined ? stored : { ...stored, term: array.term };
}

/** The state of 0 with which each weight starts. A diagnosis runs an exercise a thousand times. */
const statesOf = new WeakMap<Exercise, (weight: NumberArray) => State>();

function noStateOf(exercise: Exercise): (weight: NumberArray) => State {
  const known = statesOf.get(exercise);
  if (known !== undefined) return known;
  const { slots } = createOptimizer(exercise.optimizer);
  const states = new WeakMap<NumberArray, State>();
  const stateOf = (weight: NumberArray): State => {
    const state =
      states.get(weight) ?? Object.fromEntries(slots.map((slot) => [slot, arrayOf(weight.shape)]));
    states.set(weight, state);
    return state;
  };
  statesOf.set(exercise, stateOf);
  return stateOf;
}

function initialRun(exercise: Exercise, rules: Rules) {
  const noState = noStateOf(exercise);
  const weights = rules.initialWeights(exercise);
  const state: Record<ParameterKind, State[]> = {
    kernel: weights.kernel.map(noState),
    bias: weights.bias.map(noState),
  };
  return { weights, state, memory: new Map<string, unknown>() };
}

function startStep(
  exercise: Exercise,
  rules: Rules,
  batch: Batch,
  run: ReturnType<typeof initialRun>,
): Growing {
  const nothing = arrayOf([0, 0]);
  return {
    // Written out: objects that are spread have no fixed shape, and are slow in every rule that reads them.
    step: batch.step,
    epoch: batch.epoch,
    batch: batch.batch,
    steps: batch.steps,
    rows: batch.rows,
    weights: run.weights,
    state: run.state,
    memory: run.memory,
    exercise,
    rules,
    N: batch.rows.length,
    x: nothing,
    y: nothing,
    z: [],
    a: [],
    delta: [],
    gradients: { kernel: [], bias: [] },
    updated: { kernel: [], bias: [] },
    updatedState: { kernel: [], bias: [] },
  };
}

const kernelOnly = ['kernel'] as const;
const both = ['kernel', 'bias'] as const;

interface Keeper {
  /** Whether the next place is known, so that it is not computed. */
  isKnown(): boolean;
  /** Computes the next place; `use` is where its value is used. */
  keep(compute: () => NumberArray, use?: 'this step' | 'next step' | 'none'): NumberArray;
}

function runStep(step: Growing, { isKnown, keep }: Keeper): void {
  const { exercise, rules, weights } = step;
  const layers = exercise.layers.map((_, layer) => layer);
  const kindsOf = (layer: number): readonly ParameterKind[] =>
    exercise.layers[layer].bias === null ? kernelOnly : both;
  const known: NumberArray[] = [];
  const withTerm = (of: 'delta' | 'gradient', layer: number, array: NumberArray): NumberArray => {
    if (array.values.some((value) => !(Math.abs(value) < smallest))) return array;
    const term = largestTerm(step, layer, of, known);
    return term < 1 ? { ...array, term } : array;
  };
  const gradientOf = (layer: number, kind: ParameterKind): NumberArray => {
    const gradient = rules.dataGradient(step, layer, kind);
    const penalty = rules.penaltyGradient(step, layer, kind);
    return penalty === null ? withTerm('gradient', layer, gradient) : withPenalty(gradient, penalty);
  };
  step.x = keep(() => rules.x(step));
  step.y = keep(() => rules.y(step));
  for (const layer of layers) {
    step.z[layer] = keep(() => rules.z(step, layer));
    step.a[layer] = keep(() => rules.a(step, layer));
  }
  keep(() => rules.loss(step), 'none');
  for (const layer of layers.toReversed()) {
    const isLast = layer === layers.length - 1;
    step.delta[layer] = keep(() =>
      isLast ? rules.outputDelta(step) : withTerm('delta', layer, rules.hiddenDelta(step, layer)),
    );
    for (const kind of kindsOf(layer)) step.gradients[kind][layer] = keep(() => gradientOf(layer, kind));
  }
  for (const layer of layers)
    for (const kind of kindsOf(layer))
      if (!hasShape(step.gradients[kind][layer], weights[kind][layer].shape)) throw shapesDiffer;
  let factor: number | null = null;
  for (const layer of layers)
    for (const kind of kindsOf(layer)) {
      const slots = Object.keys(step.state[kind][layer]);
      if (isKnown()) {
        // An update is known as a whole, or not at all.
        step.updatedState[kind][layer] = Object.fromEntries(
          slots.map((slot) => [slot, keep(unknown, 'next step')]),
        );
        step.updated[kind][layer] = keep(unknown, 'next step');
        continue;
      }
      factor ??= rules.clipping(step);
      const parameter: Parameter = {
        kind,
        layer,
        value: weights[kind][layer],
        gradient: clipped(step.gradients[kind][layer], factor),
        state: step.state[kind][layer],
      };
      const moved = rules.update(step, parameter);
      let isRecorded = false;
      const state: Record<string, NumberArray> = {};
      for (const [slot, values] of Object.entries(moved.state)) {
        const computed = rules.stored(values);
        state[slot] = keep(() => computed, 'next step');
        isRecorded ||= state[slot] !== computed;
      }
      step.updatedState[kind][layer] = state;
      const value = isRecorded ? valueFromState(step, rules.update, parameter, moved, state) : null;
      step.updated[kind][layer] = keep(() => value ?? moved.value, 'next step');
    }
}

function unknown(): never {
  throw new Error('A known place is not computed.');
}

/**
 * A step with everything up to its gradients, these by its rules from the deltas: what it does not have of z, a and delta is
 * computed.
 */
export function upToGradients(step: Step): Step {
  const { exercise, rules, weights } = step;
  const layers = exercise.layers.map((_, layer) => layer);
  const gradients: Record<ParameterKind, NumberArray[]> = { kernel: [], bias: [] };
  const whole = { ...step, z: [...step.z], a: [...step.a], delta: [...step.delta], gradients };
  for (const layer of layers) {
    whole.z[layer] ??= rules.z(whole, layer);
    whole.a[layer] ??= rules.a(whole, layer);
  }
  for (const layer of layers.toReversed()) {
    const isLast = layer === layers.length - 1;
    whole.delta[layer] ??= isLast ? rules.outputDelta(whole) : rules.hiddenDelta(whole, layer);
    for (const kind of ['kernel', 'bias'] as const) {
      if (weights[kind][layer] === undefined) continue;
      const gradient = rules.dataGradient(whole, layer, kind);
      gradients[kind][layer] = withPenalty(gradient, rules.penaltyGradient(whole, layer, kind));
    }
  }
  return whole;
}

/** Every quantity of every step of a program: [step][place]. */
export function valuesOf(exercise: Exercise, rules: Rules): NumberArray[][] {
  const values: NumberArray[][] = [];
  runRules(exercise, rules, (computed, _place, { step }) => {
    values[step] ??= [];
    values[step].push(computed);
    return computed;
  });
  return values;
}
