import { differenceOf, digitsOf } from '../../trace/difference.ts';
import type { Exercise } from '../../trace/exercise.ts';
import { arrayOf, type NumberArray, scale } from '../../trace/number-array.ts';
import type { Parameter, Rules, Step, Updated } from '../../trace/rules.ts';
import { layerText } from '../../trace/words.ts';
import type { Evidence, Mistake, MistakeKind } from './mistake.ts';

/** How a program moves a parameter in a step. */
export type Move = Rules['update'];

/** A mistake in the update. It is tried in all parameters, and in those of one kind or layer alone. */
export interface MoveMistake extends Omit<Mistake, 'rules'> {
  /** The update with the mistake, from the one without it. */
  readonly move: (right: Move) => Move;
  /** What is said where it is in some parameters only, which then is as usual as in all: "the biases are". */
  readonly titleOfPart?: (part: string) => string;
}

/** Whether a wrong update can be what differs first: before the first update, it cannot. */
export const canBeUpdate = ({ step: { step }, place }: Evidence): boolean =>
  step > 0 || (place.parameter !== null && !place.quantity.endsWith('_gradient'));

/** Mistakes in the update, of every parameter or only of some. */
export function moveMistakes(
  list: (exercise: Exercise, evidence: Evidence) => readonly MoveMistake[],
): MistakeKind {
  return (exercise, evidence) => {
    if (!canBeUpdate(evidence)) return [];
    const mistakes = list(exercise, evidence);
    const gives = mistakes.filter((mistake) => givesParameter(mistake, evidence));
    return [
      ...mistakes.map(({ move, titleOfPart: _, ...mistake }) => ({
        ...mistake,
        rules: (right: Rules): Rules => ({ ...right, update: move(right.update) }),
      })),
      ...partsOf(exercise, evidence).flatMap((part) => gives.map((mistake) => inPart(part, mistake))),
    ];
  };
}

/** Whether a mistake gives what was recorded of a parameter, from the numbers before the step. */
export function givesParameter({ move }: MoveMistake, { step, place, ours, theirs }: Evidence): boolean {
  const { layer, parameter: kind, slot } = place;
  if (layer === null || kind === null || place.quantity.endsWith('_gradient')) return false;
  const moved = move(step.rules.update)(step, {
    kind,
    layer,
    value: step.weights[kind][layer],
    gradient: scale(step.gradients[kind][layer], step.rules.clipping(step)),
    state: step.state[kind][layer],
  });
  const given = slot === null ? moved.value : moved.state[slot];
  return differenceOf(given, theirs) <= 1e-3 * differenceOf(ours, theirs);
}

/** Some of the parameters. */
interface Part {
  readonly id: string;
  readonly words: string;
  /** "the biases are" */
  readonly name: string;
  readonly has: (parameter: Parameter) => boolean;
}

/** The parts in which the mistake of a parameter can be alone. */
function partsOf(exercise: Exercise, { place: { layer, parameter } }: Evidence): Part[] {
  const { layers } = exercise;
  const ofKind: Part = {
    id: parameter === 'kernel' ? 'kernels' : 'biases',
    words: `of ${parameter === 'kernel' ? 'kernels' : 'biases'} only`,
    name: `the ${parameter === 'kernel' ? 'kernels' : 'biases'} are`,
    has: ({ kind }) => kind === parameter,
  };
  const ofLayer: Part = {
    id: `layer-${layer}`,
    words: `of ${layerText(layer!, exercise)} only`,
    name: `the weights of ${layerText(layer!, exercise)} are`,
    has: (one) => one.layer === layer,
  };
  return [
    ...(layers.some(({ bias }) => bias !== null) ? [ofKind] : []),
    ...(layers.length > 1 ? [ofLayer] : []),
  ];
}

const inPart = (part: Part, { move, titleOfPart, ...mistake }: MoveMistake): Mistake => ({
  ...mistake,
  id: `${mistake.id}:${part.id}`,
  ...(titleOfPart === undefined
    ? { title: `in the update ${part.words}, ${mistake.title}`, generic: true }
    : { title: titleOfPart(part.name) }),
  rules: (right) => {
    const wrong = move(right.update);
    return {
      ...right,
      update: (step, parameter) => (part.has(parameter) ? wrong : right.update)(step, parameter),
    };
  },
});

/** A weight in a step: its gradient, the optimiser's state before, the learning rate, and t, the step counted from 1. */
export interface Weight {
  readonly w: number;
  readonly g: number;
  readonly v: number;
  readonly s: number;
  readonly m: number;
  readonly rate: number;
  readonly t: number;
}

/** A weight and the state after a step. */
export type Moved = Partial<Record<'v' | 's' | 'm', number>> & { readonly w: number };

/** The update that has this formula for each weight. */
export const eachWeight =
  (formula: (weight: Weight, index: number) => Moved): Move =>
  (step, { value, gradient, state }) => {
    const rate = step.rules.rate(step);
    const slots = Object.keys(state) as ('v' | 's' | 'm')[];
    const after = arrayOf(value.shape);
    const stateAfter = Object.fromEntries(slots.map((slot) => [slot, arrayOf(value.shape)]));
    value.values.forEach((w, i) => {
      const moved = formula(
        {
          w,
          g: gradient.values[i],
          v: state.v?.values[i] ?? 0,
          s: state.s?.values[i] ?? 0,
          m: state.m?.values[i] ?? 0,
          rate,
          t: step.step + 1,
        },
        i,
      );
      after.values[i] = moved.w;
      for (const slot of slots) stateAfter[slot].values[i] = moved[slot] ?? 0;
    });
    return { value: after, state: stateAfter };
  };

/** An update that moves a parameter from a gradient or a state other than its own. */
export const movedFrom =
  (right: Move, change: (step: Step, parameter: Parameter) => Partial<Parameter>): Move =>
  (step, parameter) =>
    right(step, { ...parameter, ...change(step, parameter) });

/** An update whose result is changed. */
export const movedTo =
  (right: Move, change: (moved: Updated, step: Step, parameter: Parameter) => Partial<Updated>): Move =>
  (step, parameter) => {
    const moved = right(step, parameter);
    return { ...moved, ...change(moved, step, parameter) };
  };

/** State that is 0 everywhere. */
export const noState = ({ state }: Parameter): Record<string, NumberArray> =>
  Object.fromEntries(Object.entries(state).map(([slot, { shape }]) => [slot, arrayOf(shape)]));

/** What a program keeps of a parameter until the next step. Keeping it twice in a step changes nothing. */
export function kept<Value>(name: string, { kind, layer }: Pick<Parameter, 'kind' | 'layer'>) {
  const key = (step: number) => `${name} ${kind} ${layer} ${step}`;
  return {
    before: (step: Step): Value | undefined => step.memory.get(key(step.step - 1)) as Value | undefined,
    keep: (step: Step, value: Value): void => {
      step.memory.set(key(step.step), value);
    },
  };
}

/** In words, how much a small mistake changes. */
export function smallness({ ours, theirs }: Evidence): string {
  const digits = digitsOf(differenceOf(ours, theirs));
  return digits < 3 ? '' : ` (a small mistake: the first ${digits} digits are right)`;
}
