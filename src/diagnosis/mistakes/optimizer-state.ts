import { createOptimizer } from '../../nn/optimizers.ts';
import { hasShape, scale } from '../../trace/number-array.ts';
import type { Step } from '../../trace/rules.ts';
import type { MistakeKind } from './mistake.ts';
import {
  canBeUpdate,
  type Move,
  type MoveMistake,
  movedFrom,
  moveMistakes,
  noState,
} from './update-mistakes.ts';

/** t in a step, for the array of this number among all kernels and biases. */
type Count = (step: Step, array: number, arrays: number) => number;

/** An update whose t is another. */
const timed =
  (right: Move, t: Count): Move =>
  (step, parameter) => {
    const order = step.exercise.layers.flatMap(({ bias }, layer) =>
      (bias === null ? (['kernel'] as const) : (['kernel', 'bias'] as const)).map(
        (kind) => `${kind} ${layer}`,
      ),
    );
    const array = order.indexOf(`${parameter.kind} ${parameter.layer}`);
    return right({ ...step, step: t(step, array, order.length) - 1 }, parameter);
  };

const tIs =
  't is 1 in the first step of the run, and one more in each step, whatever the epoch and the array.';

/** Wrong counts of Adam's steps. */
const times: readonly (Omit<MoveMistake, 'move'> & { readonly t: Count })[] = [
  {
    id: 't-constant',
    title: 't is 1 in every step: it is not counted',
    explain: tIs,
    fix: 'Add 1 to t in each step, and keep it.',
    t: () => 1,
  },
  {
    id: 't-per-epoch',
    title: 't starts from 1 again in each epoch',
    explain: tIs,
    fix: 'Set t to 0 once, before the loop over epochs.',
    t: ({ batch }) => batch + 1,
  },
  {
    id: 't-of-epochs',
    title: 't counts epochs instead of steps',
    explain: tIs,
    fix: 'Add 1 to t for each batch.',
    t: ({ epoch }) => epoch + 1,
  },
  {
    id: 't-from-2',
    title: 't is 2 in the first step',
    explain: tIs,
    fix: 'Add 1 to t once a step; start from 0 if you add before the step.',
    t: ({ step }) => step + 2,
  },
  {
    id: 't-from-0',
    title: 't is counted from 0, with 1 in place of the first 0',
    explain: `${tIs} With t = 0, 1 - beta^t would be 0.`,
    fix: 'Use t + 1 in the corrections if t counts from 0.',
    t: ({ step }) => Math.max(1, step),
  },
  {
    id: 't-per-array',
    title: 't is counted up for each kernel and bias, instead of once a step',
    explain: tIs,
    fix: 'Add 1 to t once, before the loop over the layers.',
    t: ({ step }, array, arrays) => step * arrays + array + 1,
  },
  {
    id: 't-per-array-backwards',
    title:
      't is counted up for each kernel and bias, from the last layer to the first, instead of once a step',
    explain: tIs,
    fix: 'Add 1 to t once, before the loop over the layers.',
    t: ({ step }, array, arrays) => step * arrays + (arrays - 1 - array) + 1,
  },
  {
    id: 't-per-layer',
    title: 't is counted up for each layer, instead of once a step',
    explain: tIs,
    fix: 'Add 1 to t once, before the loop over the layers.',
    t: ({ step, exercise: { layers } }, array, arrays) =>
      step * layers.length + Math.floor((array * layers.length) / arrays) + 1,
  },
  {
    id: 't-per-layer-backwards',
    title: 't is counted up for each layer, from the last to the first, instead of once a step',
    explain: tIs,
    fix: 'Add 1 to t once, before the loop over the layers.',
    t: ({ step, exercise: { layers } }, array, arrays) =>
      (step + 1) * layers.length - Math.floor((array * layers.length) / arrays),
  },
];

const keeps = 'The optimiser keeps its state (and Adam its t) through the whole run.';
const once = 'Create the optimiser, or its arrays, once, before the loop over epochs.';

/** State that is lost or mixed up. */
const lost: readonly MoveMistake[] = [
  {
    id: 'state-per-epoch',
    title: "the optimiser's state starts from 0 again in each epoch",
    explain: keeps,
    fix: once,
    move: (right) =>
      movedFrom(right, ({ batch }, parameter) => (batch === 0 ? { state: noState(parameter) } : {})),
  },
  {
    id: 'state-per-step',
    title: "the optimiser's state starts from 0 again in each step",
    explain: keeps,
    fix: once,
    move: (right) => movedFrom(right, (_, parameter) => ({ state: noState(parameter) })),
  },
];

/** Arrays of the same shape with one state, updated forwards or backwards through the layers. */
const shared = (
  id: string,
  words: string,
  order: (layers: readonly number[]) => readonly number[],
): MoveMistake => ({
  id,
  title: `arrays of the same shape share one state${words}`,
  explain: 'Each kernel and each bias has a state of its own.',
  fix: 'Make a list with one np.zeros_like(w) for each kernel and each bias: [np.zeros(…)] * n repeats one array.',
  move: (right) => (step, parameter) => {
    const arrays = order(step.weights.kernel.map((_, layer) => layer)).flatMap((layer) =>
      (['kernel', 'bias'] as const).flatMap((kind) => {
        const value = step.weights[kind][layer];
        return value !== undefined && hasShape(value, parameter.value.shape) ? [{ kind, layer, value }] : [];
      }),
    );
    const factor = step.rules.clipping(step);
    const last = arrays.at(-1)!;
    let state = step.state[last.kind][last.layer];
    for (const { kind, layer, value } of arrays) {
      if (kind === parameter.kind && layer === parameter.layer) break;
      const gradient = scale(step.gradients[kind][layer], factor);
      ({ state } = right(step, { kind, layer, value, state, gradient }));
    }
    return right(step, { ...parameter, state });
  },
});

const sharedState: readonly MoveMistake[] = [
  shared('state-per-size', '', (layers) => layers),
  shared('state-per-size-backwards', ', from the last layer to the first', (layers) => layers.toReversed()),
];

/** An optimiser that is created anew. */
const anew: readonly MoveMistake[] = [
  {
    id: 'optimizer-per-epoch',
    title: 'the optimiser is created anew in each epoch: its state is 0 and t is 1 again',
    explain: keeps,
    fix: once,
    move: (right) =>
      movedFrom(
        timed(right, ({ batch }) => batch + 1),
        ({ batch }, parameter) => (batch === 0 ? { state: noState(parameter) } : {}),
      ),
  },
  {
    id: 'optimizer-per-step',
    title: 'the optimiser is created anew in each step: its state is 0 and t is 1 again',
    explain: keeps,
    fix: once,
    move: (right) =>
      movedFrom(
        timed(right, () => 1),
        (_, parameter) => ({ state: noState(parameter) }),
      ),
  },
];

/** Mistakes in what an optimiser keeps from step to step. */
export const optimizerState: readonly MistakeKind[] = [
  moveMistakes(({ optimizer, layers }) => {
    if (createOptimizer(optimizer).slots.length === 0) return [];
    const counts = optimizer.name === 'adam' || optimizer.name === 'adamw';
    const all = layers.flatMap(({ kernel, bias }) => (bias === null ? [kernel] : [kernel, bias]));
    const sharing = new Set(all.map(({ shape }) => String(shape))).size < all.length ? sharedState : [];
    return [...lost, ...sharing, ...(counts ? anew : [])];
  }),
  ({ optimizer }, evidence) => {
    const counts = optimizer.name === 'adam' || optimizer.name === 'adamw';
    if (!counts || !canBeUpdate(evidence)) return [];
    return times.map(({ t, ...mistake }) => ({
      ...mistake,
      rules: (right) => ({ ...right, update: timed(right.update, t) }),
    }));
  },
];
