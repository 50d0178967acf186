import { differenceOf } from '../trace/difference.ts';
import type { Exercise, Recording } from '../trace/exercise.ts';
import { hasShape, type NumberArray } from '../trace/number-array.ts';
import { type Batch, type Place, placesOf } from '../trace/quantities.ts';
import { rightRules } from '../trace/right-rules.ts';
import type { Step } from '../trace/rules.ts';
import { runRules, upToGradients } from '../trace/step.ts';
import { usualTolerance } from './check-recording.ts';
import type { NotedConvention } from './check-result.ts';
import { conventionsOf } from './conventions.ts';
import { derivativeOf, type Numeric } from './finite-difference.ts';
import { perturbedLoss } from './perturbed-loss.ts';
import { withoutConventions } from './read-conventions.ts';

/** Relative differences up to this are those of a right gradient. */
export const gradientTolerance = 1e-6;

/** A recorded gradient, compared with finite differences of our loss at the program's own weights. */
export interface CheckedGradient {
  readonly batch: Batch;
  readonly place: Place;
  /**
   * `right`; `convention`: right, written in another way, for which the weights after the step show that the program makes up;
   * `wrong`; `shape`: not the shape of the weights; `unknown`: the weights before the step were not recorded.
   */
  readonly status: 'right' | 'convention' | 'wrong' | 'shape' | 'unknown';
  /** The way of writing with which it is right; of a wrong one, with which it would be. */
  readonly convention: NotedConvention | null;
  /** max |theirs - numeric| / max |numeric| over the elements that were looked at; null if none was. */
  readonly difference: number | null;
  /** The element that is furthest off. */
  readonly worst: {
    readonly element: readonly number[];
    readonly theirs: number;
    readonly numeric: number;
  } | null;
  /** The estimated relative error of the finite differences. */
  readonly error: number | null;
  /** How many elements were looked at, of how many. */
  readonly checked: number;
  readonly of: number;
  /** Elements at a corner of the loss, where the gradient may be any of an interval. */
  readonly corners: number;
  /** Whether it also equals the gradient of the right run; false: its weights are others. */
  readonly isOurs: boolean;
}

export interface GradcheckResult {
  readonly exercise: Exercise;
  readonly recording: Recording;
  readonly tolerance: number;
  readonly gradients: readonly CheckedGradient[];
}

/** Multiplications that a check may take, and the least number of elements that are looked at in an array. */
const [most, fewest] = [3e8, 6];

/**
 * Compares the recorded gradients with central differences of the exercise's loss, penalties included, on the batch of the
 * step and at the weights that the program had before it: its initial ones, or those it recorded in the step before.
 *
 * In large networks, some elements of each array are looked at, evenly spread.
 */
export function checkGradients(recording: Recording, tolerance = gradientTolerance): GradcheckResult {
  const { exercise, steps: recorded } = recording;
  const places = placesOf(exercise);
  const rules = rightRules(exercise);
  const ours = gradientsOf(exercise, recorded);
  let known: ReadonlySet<string> | null = null;
  const isMadeUpFor = (id: string): boolean => {
    known ??= new Set(
      withoutConventions(exercise, rules, recorded, usualTolerance).conventions.map((one) => one.id),
    );
    return known.has(id);
  };
  const isGradient = ({ quantity, slot }: Place) => slot === null && quantity.endsWith('_gradient');
  const indices = places.flatMap((place, index) => (isGradient(place) ? [index] : []));
  const recordedIn = (step: number) => indices.filter((index) => (recorded[step]?.[index] ?? null) !== null);
  const limit = elementsOf(exercise, recorded.flatMap((_, step) => recordedIn(step)).length);
  const firstZ = places.findIndex(({ quantity }) => quantity === 'z');
  const gradients: CheckedGradient[] = [];
  runRules(exercise, rules, (computed, index, step) => {
    if (index === firstZ) gradients.push(...checkStep(step));
    const theirs = recorded[step.step]?.[index] ?? null;
    // Gradients are only compared, never continued with.
    return theirs !== null && !isGradient(places[index]) && hasShape(theirs, computed.shape)
      ? theirs
      : computed;
  });
  return { exercise, recording, tolerance, gradients };

  /** The gradients of a step that has its rows and weights, and nothing else yet. */
  function checkStep(step: Step): CheckedGradient[] {
    const own = recordedIn(step.step);
    if (own.length === 0) return [];
    const { epoch, batch, steps, rows } = step;
    const isKnown = hasKnownWeights(exercise, recorded, step);
    const lossAt = isKnown ? perturbedLoss(exercise, step) : null;
    const whole = upToGradients(step);
    return own.map((index) => {
      const place = places[index];
      const theirs = recorded[step.step][index]!;
      const gradient = ours[step.step][index];
      const isOurs = hasShape(theirs, gradient.shape) && differenceOf(gradient, theirs) <= tolerance;
      const at = { step: step.step, epoch, batch, steps, rows };
      return { batch: at, place, isOurs, ...compared(place, theirs, gradient) };
    });

    function compared(place: Place, theirs: NumberArray, { shape, values }: NumberArray) {
      const nothing = {
        convention: null,
        difference: null,
        worst: null,
        error: null,
        checked: 0,
        corners: 0,
      };
      const of = values.length;
      if (!hasShape(theirs, shape)) return { ...nothing, status: 'shape' as const, of };
      if (lossAt === null) return { ...nothing, status: 'unknown' as const, of };
      const { parameter: kind, layer } = place as { parameter: 'kernel' | 'bias'; layer: number };
      const chosen = spread(of, limit).map((at) => ({
        at,
        numeric: derivativeOf((h) => lossAt({ kind, layer, at }, h)),
      }));
      const found = agreement(theirs, chosen);
      const result = { ...nothing, ...found, checked: chosen.length, of };
      const within = (difference: number) => difference <= Math.max(tolerance, 10 * found.error);
      if (within(found.difference)) return { ...result, status: 'right' as const };
      const convention = conventionsOf(exercise)
        .filter((one) => one.concerns(place))
        .find((one) => within(agreement(one.read(theirs, place, whole), chosen).difference));
      if (convention === undefined) return { ...result, status: 'wrong' as const };
      const { id, title } = convention;
      const status = isMadeUpFor(id) ? ('convention' as const) : ('wrong' as const);
      return { ...result, status, convention: { id, title } };
    }
  }
}

/** How far an array is from the numeric derivatives of some of its elements. */
function agreement(theirs: NumberArray, chosen: readonly { at: number; numeric: Numeric }[]) {
  const size = Math.max(1e-5, ...chosen.map(({ numeric }) => Math.abs(numeric.value)));
  let [difference, worst]: [number, CheckedGradient['worst']] = [-1, null];
  for (const { at, numeric } of chosen) {
    const value = theirs.values[at];
    const off = distance(value, numeric) / size;
    if (off <= difference) continue;
    difference = off;
    worst = { element: indicesOf(at, theirs.shape), theirs: value, numeric: nearest(value, numeric) };
  }
  return {
    difference,
    worst,
    error: Math.max(...chosen.map(({ numeric }) => numeric.error)) / size,
    corners: chosen.filter(
      ({ numeric: { sides } }) => sides !== null && Math.abs(sides[0] - sides[1]) > 1e-6 * size,
    ).length,
  };
}

/** The right value that is nearest: between the two sides of a corner, any is right. */
function nearest(value: number, { value: numeric, sides }: Numeric): number {
  return sides === null ? numeric : Math.max(Math.min(...sides), Math.min(Math.max(...sides), value));
}

const distance = (value: number, numeric: Numeric): number => Math.abs(value - nearest(value, numeric));

const indicesOf = (at: number, shape: readonly number[]): number[] =>
  shape.length < 2 ? [at] : [Math.floor(at / shape[1]), at % shape[1]];

/** At most `limit` of the numbers below `count`, evenly spread. */
const spread = (count: number, limit: number): number[] =>
  Array.from({ length: Math.min(count, limit) }, (_, i) =>
    count <= limit ? i : Math.floor(((i + 0.5) * count) / limit),
  );

/** How many elements of each array can be looked at. */
function elementsOf({ batches, layers }: Exercise, arrays: number): number {
  const N = Math.max(...batches.flat().map((rows) => rows.length));
  // A weight of the first layer is the dearest: it changes every layer above.
  const above = layers.slice(2).reduce((sum, { kernel }) => sum + kernel.values.length, 0);
  const units = layers.reduce((sum, layer) => sum + layer.units, 0);
  return Math.max(fewest, Math.floor(most / (6 * N * (above + 20 * units) * Math.max(1, arrays))));
}

/** Whether it is known from which weights a step started. */
function hasKnownWeights(exercise: Exercise, recorded: Recording['steps'], { step, weights }: Step): boolean {
  if (step === 0) return true;
  return placesOf(exercise).every(({ slot, parameter, quantity, layer }, index) => {
    if (slot !== null || parameter === null || parameter !== quantity) return true;
    const array = recorded[step - 1]?.[index] ?? null;
    return array !== null && hasShape(array, weights[parameter][layer!].shape);
  });
}

/** The gradients of the right run, [step][place]; null for other places. */
function gradientsOf(exercise: Exercise, recorded: Recording['steps']): NumberArray[][] {
  const gradients: NumberArray[][] = recorded.map(() => []);
  runRules(exercise, rightRules(exercise), (computed, index, { step }) => {
    if ((recorded[step]?.[index] ?? null) !== null) gradients[step][index] = computed;
    return computed;
  });
  return gradients;
}
