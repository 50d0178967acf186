import { createOptimizer } from '../../nn/optimizers.ts';
import { add, combine, type NumberArray, scale } from '../../trace/number-array.ts';
import { withPenalty } from '../../trace/right-rules.ts';
import type { Rules, Step } from '../../trace/rules.ts';
import type { Mistake, MistakeKind } from './mistake.ts';
import {
  canBeUpdate,
  kept,
  type Move,
  type MoveMistake,
  movedFrom,
  movedTo,
  moveMistakes,
} from './update-mistakes.ts';

const unchanged: Move = (_step, { value, state }) => ({ value, state });

/** Wrong ways to use a step that the optimiser computes rightly. */
const moves: readonly MoveMistake[] = [
  {
    id: 'update-sign',
    title: 'the weights move with the gradient instead of against it',
    explain: 'The loss falls against its gradient: the step is subtracted.',
    fix: 'w = w - step; or take the minus out of the gradient, if there is one.',
    move: (right) =>
      movedTo(right, ({ value }, _step, { value: before }) => ({
        value: combine(before, value, (w, after) => 2 * w - after),
      })),
  },
  {
    id: 'update-twice',
    title: 'the update is made twice in each step, with the same gradients',
    explain: 'Each batch moves the weights once.',
    fix: 'Look for a second call of the update.',
    move: (right) => (step, parameter) => right(step, { ...parameter, ...right(step, parameter) }),
  },
  {
    id: 'update-missing',
    title: 'the weights are not updated',
    explain: 'Each step updates the kernel and the bias of every layer.',
    fix: 'Store what the update computes: w -= step changes the array, w = w - step only a name.',
    titleOfPart: (part) => `${part} not updated`,
    move: () => unchanged,
  },
  {
    id: 'update-missing-state-kept',
    title: "the optimiser's state is updated, but the weights are not",
    explain: 'Each step updates the kernel and the bias of every layer.',
    fix: 'Store the new weights: w -= step changes the array, w = w - step only a name.',
    move: (right) => movedTo(right, (_moved, _step, { value }) => ({ value })),
  },
  {
    id: 'update-from-initial',
    title: 'each step starts from the initial weights',
    explain: 'A step starts from the weights that the step before left.',
    fix: 'Copy the initial weights once, before the loop.',
    move: (right) =>
      movedTo(right, ({ value }, { exercise }, { value: before, kind, layer }) => ({
        value: combine(add(exercise.layers[layer][kind] ?? before, value), before, (w, old) => w - old),
      })),
  },
  {
    id: 'update-late',
    title: 'the update uses the gradient of the step before',
    explain: 'The gradient of a batch moves the weights in the same step.',
    fix: 'Compute the gradients before the update.',
    move: (right) =>
      movedFrom(right, (step, parameter) => {
        const last = kept<NumberArray>('gradient', parameter);
        last.keep(step, parameter.gradient);
        return { gradient: last.before(step) ?? scale(parameter.gradient, 0) };
      }),
  },
];

/** One update for an epoch, with a gradient made of those of its batches. */
const perEpoch = (
  id: string,
  title: string,
  of: (sum: NumberArray, last: NumberArray, steps: number) => NumberArray,
): MoveMistake => ({
  id,
  title,
  explain: 'Mini-batches are there to move the weights often: each batch gives one update.',
  fix: 'Put the update into the loop over the batches.',
  move: (right) => (step, parameter) => {
    const sums = kept<NumberArray>('sum', parameter);
    const before = step.batch === 0 ? undefined : sums.before(step);
    const sum = before === undefined ? parameter.gradient : add(before, parameter.gradient);
    sums.keep(step, sum);
    if (step.batch < step.steps - 1) return unchanged(step, parameter);
    return right(
      { ...step, step: step.epoch },
      { ...parameter, gradient: of(sum, parameter.gradient, step.steps) },
    );
  },
});

const epochs: readonly MoveMistake[] = [
  perEpoch(
    'update-per-epoch-mean',
    'the weights are updated once an epoch, with the mean of the gradients of its batches',
    (sum, _last, steps) => scale(sum, 1 / steps),
  ),
  perEpoch(
    'update-per-epoch-sum',
    'the weights are updated once an epoch, with the sum of the gradients of its batches',
    (sum) => sum,
  ),
  perEpoch(
    'update-per-epoch-last',
    'the weights are updated once an epoch, with the gradient of its last batch',
    (_sum, last) => last,
  ),
];

/** Gradients that are added up from step to step. */
const accumulated: readonly MoveMistake[] = [
  {
    id: 'gradient-not-reset-in-update',
    title: 'the update uses the sum of the gradients of all steps so far',
    explain: 'Each step uses the gradient of its own batch.',
    fix: 'Set the gradients to 0 at the start of each step (in PyTorch, optimizer.zero_grad()).',
    move: (right) =>
      movedFrom(right, (step, parameter) => ({
        gradient: summed(step, parameter, parameter.gradient, false),
      })),
  },
  {
    id: 'gradient-reset-per-epoch-in-update',
    title: 'the update uses the sum of the gradients of the epoch so far',
    explain: 'Each step uses the gradient of its own batch.',
    fix: 'Set the gradients to 0 at the start of each step, not of each epoch.',
    move: (right) =>
      movedFrom(right, (step, parameter) => ({
        gradient: summed(step, parameter, parameter.gradient, true),
      })),
  },
];

/** The sum of a gradient and those of the steps before. */
function summed(
  step: Step,
  parameter: { readonly kind: 'kernel' | 'bias'; readonly layer: number },
  gradient: NumberArray,
  ofEpoch: boolean,
): NumberArray {
  const sums = kept<NumberArray>('total', parameter);
  const before = ofEpoch && step.batch === 0 ? undefined : sums.before(step);
  const sum = before === undefined ? gradient : add(before, gradient);
  sums.keep(step, sum);
  return sum;
}

const sumsShow = (id: string, title: string, fix: string, ofEpoch: boolean): Mistake => ({
  id,
  title,
  explain: 'Each step uses the gradient of its own batch.',
  fix,
  rules: (right) => ({
    ...right,
    dataGradient(step, layer, kind) {
      const data = right.dataGradient(step, layer, kind);
      const penalty = step.rules.penaltyGradient(step, layer, kind);
      const sum = summed(step, { kind, layer }, withPenalty(data, penalty), ofEpoch);
      return penalty === null ? sum : combine(sum, penalty, (total, own) => total - own);
    },
  }),
});

/** The weights of the layer above are already those after the step when its delta is sent back. */
const beforeBackward: Mistake = {
  id: 'update-before-backward',
  title: 'each layer is updated before the delta of the layer below is computed with its weights',
  explain: 'All deltas and gradients are of the weights that made the forward pass.',
  fix: 'First compute the gradients of all layers, then update all layers.',
  rules: (right) => ({
    ...right,
    hiddenDelta: (step, layer) => right.hiddenDelta(withUpdatedKernel(step, layer + 1), layer),
  }),
};

function withUpdatedKernel(step: Step, layer: number): Step {
  const kernel = [...step.weights.kernel];
  kernel[layer] = step.rules.update(step, {
    kind: 'kernel',
    layer,
    value: kernel[layer],
    gradient: step.gradients.kernel[layer],
    state: step.state.kernel[layer],
  }).value;
  return { ...step, weights: { ...step.weights, kernel } };
}

/** Mistakes in when and how often the weights are updated. */
export const updates: readonly MistakeKind[] = [
  moveMistakes(({ optimizer }) =>
    [...moves, ...accumulated].filter(
      ({ id }) => id !== 'update-missing-state-kept' || createOptimizer(optimizer).slots.length > 0,
    ),
  ),
  (_, evidence) =>
    canBeUpdate(evidence)
      ? epochs.map(({ move, ...mistake }) => ({
          ...mistake,
          rules: (right: Rules) => ({ ...right, update: move(right.update) }),
        }))
      : [],
  ({ layers }) => (layers.length > 1 ? [beforeBackward] : []),
  (_, { step: { step } }) =>
    step === 0
      ? []
      : [
          sumsShow(
            'gradient-not-reset',
            'the gradients of all steps are added up',
            'Set the gradients to 0 at the start of each step (in PyTorch, optimizer.zero_grad()).',
            false,
          ),
          sumsShow(
            'gradient-reset-per-epoch',
            'the gradients of the steps of an epoch are added up',
            'Set the gradients to 0 at the start of each step, not of each epoch.',
            true,
          ),
        ],
];
