import { createOptimizer } from '../nn/optimizers.ts';
import type { Exercise } from './exercise.ts';
import { arrayOf, hasShape, type NumberArray } from './number-array.ts';
import type { Batch } from './quantities.ts';
import { clipped, withPenalty } from './right-rules.ts';
import type { Parameter, ParameterKind, Rules, Step } from './rules.ts';
import { valueFromState } from './value-from-state.ts';

/**
 * Is given each quantity as it is computed, its number in `placesOf` and the step so far, and returns what the program
 * continues with: the same, or what a recording has in its place. null ends the run.
 */
export type Visit = (computed: NumberArray, place: number, step: Step) => NumberArray | null;

/** What is known of the first step before it is computed: the values of its places before the number `from`. */
export interface Prefix {
  readonly values: readonly NumberArray[];
  readonly from: number;
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
export function runRules(exercise: Exercise, rules: Rules, visit: Visit, prefix?: Prefix): boolean {
  try {
    const run = initialRun(exercise, rules);
    for (const batch of rules.batches(exercise)) {
      const step = startStep(exercise, rules, batch, run);
      const known = batch.step === 0 ? prefix : undefined;
      let place = 0;
      runStep(step, {
        isKnown: () => known !== undefined && place < known.from,
        keep(compute) {
          const computed =
            known !== undefined && place < known.from ? known.values[place] : rules.stored(compute());
          const kept = visit(computed, place++, step);
          if (kept === null) throw ended;
          return kept;
        },
      });
      run.weights = step.updated;
      run.state = step.updatedState;
    }
  } catch (error) {
    if (error !== ended && error !== shapesDiffer) throw error;
    return error !== shapesDiffer;
  }
  return true;
}

function initialRun(exercise: Exercise, rules: Rules) {
  const { slots } = createOptimizer(exercise.optimizer);
  const noState = ({ shape }: NumberArray): State =>
    Object.fromEntries(slots.map((slot) => [slot, arrayOf(shape)]));
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
    ...batch,
    ...run,
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

interface Keeper {
  /** Whether the next place is known, so that it is not computed. */
  isKnown(): boolean;
  keep(compute: () => NumberArray): NumberArray;
}

function runStep(step: Growing, { isKnown, keep }: Keeper): void {
  const { exercise, rules, weights } = step;
  const layers = exercise.layers.map((_, layer) => layer);
  const kindsOf = (layer: number): ParameterKind[] =>
    exercise.layers[layer].bias === null ? ['kernel'] : ['kernel', 'bias'];
  step.x = keep(() => rules.x(step));
  step.y = keep(() => rules.y(step));
  for (const layer of layers) {
    step.z[layer] = keep(() => rules.z(step, layer));
    step.a[layer] = keep(() => rules.a(step, layer));
  }
  keep(() => rules.loss(step));
  for (const layer of layers.toReversed()) {
    const isLast = layer === layers.length - 1;
    step.delta[layer] = keep(() => (isLast ? rules.outputDelta(step) : rules.hiddenDelta(step, layer)));
    for (const kind of kindsOf(layer))
      step.gradients[kind][layer] = keep(() =>
        withPenalty(rules.dataGradient(step, layer, kind), rules.penaltyGradient(step, layer, kind)),
      );
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
        step.updatedState[kind][layer] = Object.fromEntries(slots.map((slot) => [slot, keep(unknown)]));
        step.updated[kind][layer] = keep(unknown);
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
        state[slot] = keep(() => computed);
        isRecorded ||= state[slot] !== computed;
      }
      step.updatedState[kind][layer] = state;
      const value = isRecorded ? valueFromState(step, rules.update, parameter, moved, state) : null;
      step.updated[kind][layer] = keep(() => value ?? moved.value);
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
