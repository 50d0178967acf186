import { createOptimizer, withDefaults } from '../nn/optimizers.ts';
import type { Exercise } from '../trace/exercise.ts';
import { combine, map, multiply, type NumberArray, scale } from '../trace/number-array.ts';
import type { Place } from '../trace/quantities.ts';
import { isErrorOfZ, withPenalty } from '../trace/right-rules.ts';
import type { Step } from '../trace/rules.ts';
import { upToGradients } from '../trace/step.ts';

/** A way of writing a right program that shows in what it records. */
export interface Convention {
  readonly id: string;
  readonly title: string;
  /** Whether it concerns a quantity. */
  readonly concerns: (place: Place) => boolean;
  /** Turns what such a program records into what ours records. */
  readonly read: (recorded: NumberArray, place: Place, step: Step) => NumberArray;
}

const isDelta = ({ quantity }: Place): boolean => quantity === 'delta';
const isGradient = ({ quantity }: Place): boolean => quantity.endsWith('_gradient');
const isVelocity = ({ slot }: Place): boolean => slot === 'v';
const isMean = ({ slot }: Place): boolean => slot === 'm';
const isMeanSquare = ({ slot }: Place): boolean => slot === 's';
const isWeight = ({ quantity }: Place): boolean => quantity === 'kernel' || quantity === 'bias';

/** Numbers that are c times ours, where the program makes up for c later. */
const scaled = (
  id: string,
  title: string,
  concerns: Convention['concerns'],
  c: (step: Step) => number,
): Convention => ({ id, title, concerns, read: (recorded, _place, step) => scale(recorded, 1 / c(step)) });

/** Gradients of the loss alone, c times ours. */
const withoutPenalty = (id: string, title: string, c: (step: Step) => number): Convention => ({
  id,
  title,
  concerns: isGradient,
  read: (recorded, { layer, parameter }, step) =>
    withPenalty(scale(recorded, 1 / c(step)), step.rules.penaltyGradient(step, layer!, parameter!)),
});

const rateOf = (step: Step): number => step.rules.rate(step);

/** Deltas that are dC/da, not dC/dz. */
function beforeDerivative(exercise: Exercise): Convention[] {
  const last = exercise.layers.length - 1;
  const hasDerivative = (layer: number): boolean =>
    (layer < last || !isErrorOfZ(exercise)) && exercise.layers[layer].activation !== 'linear';
  if (!exercise.layers.some((_, layer) => hasDerivative(layer))) return [];
  const of = (id: string, title: string, c: (step: Step) => number): Convention => ({
    id,
    title,
    concerns: isDelta,
    read(recorded, { layer }, step) {
      const delta = scale(recorded, 1 / c(step));
      return hasDerivative(layer!) ? multiply(delta, step.rules.derivative(step, layer!)) : delta;
    },
  });
  return [
    of(
      'delta-before-derivative',
      "the deltas are dC/da, without the derivative f'(z), which the gradients have",
      () => 1,
    ),
    of(
      'delta-before-derivative-not-averaged',
      "the deltas are dC/da, without the derivative f'(z), and not divided by N; the gradients have both",
      ({ N }) => N,
    ),
  ];
}

/** Deltas with any factor, which is that of the output layer in each step. */
function withSomeFactor({ layers }: Exercise): Convention {
  let c = 1;
  return {
    id: 'delta-scaled',
    title: 'the deltas have a factor, which the rest makes up for',
    concerns: isDelta,
    read(recorded, { layer }, step) {
      if (layer === layers.length - 1) {
        const ours = step.rules.outputDelta(step).values;
        const largest = ours.reduce((at, value, i) => (Math.abs(value) > Math.abs(ours[at]) ? i : at), 0);
        const ratio = recorded.values[largest] / ours[largest];
        c = Number.isFinite(ratio) && ratio !== 0 ? ratio : 1;
      }
      return scale(recorded, 1 / c);
    },
  };
}

/** The conventions that are looked for. */
export const conventionsOf = (exercise: Exercise): Convention[] => {
  const { loss, penalty, optimizer } = exercise;
  const deltas = [
    scaled(
      'delta-not-averaged',
      'the deltas are not divided by N, which the rest makes up for',
      isDelta,
      ({ N }) => N,
    ),
    scaled(
      'delta-negative',
      'the deltas have the other sign, which the rest makes up for',
      isDelta,
      () => -1,
    ),
    scaled(
      'delta-negative-not-averaged',
      'the deltas have the other sign and are not divided by N; the rest makes up for both',
      isDelta,
      ({ N }) => -N,
    ),
    ...(loss === 'mse'
      ? [
          scaled(
            'delta-without-2',
            'the deltas have no factor 2, which the rest makes up for',
            isDelta,
            () => 1 / 2,
          ),
          scaled(
            'delta-without-2-not-averaged',
            'the deltas have no factor 2 / N, which the rest makes up for',
            isDelta,
            ({ N }) => N / 2,
          ),
        ]
      : []),
    ...beforeDerivative(exercise),
    withSomeFactor(exercise),
  ];
  const gradients = [
    scaled(
      'gradient-not-averaged',
      'the gradients are not divided by N; the update is',
      isGradient,
      ({ N }) => N,
    ),
    scaled(
      'gradient-negative',
      'the gradients have the other sign, and so has the update',
      isGradient,
      () => -1,
    ),
    ...(penalty.lambda === 0 && penalty.l1 === 0
      ? []
      : [
          withoutPenalty(
            'penalty-in-update',
            'the gradients are recorded without the penalty, which the update adds',
            () => 1,
          ),
          withoutPenalty(
            'gradient-not-averaged-penalty-in-update',
            'the gradients are not divided by N and are without the penalty; the update does both',
            ({ N }) => N,
          ),
          withoutPenalty(
            'gradient-negative-penalty-in-update',
            'the gradients have the other sign and are without the penalty; the update makes up for both',
            () => -1,
          ),
        ]),
  ];
  const velocities = [
    scaled(
      'velocity-without-rate',
      'the velocity has no learning rate; the update has it',
      isVelocity,
      (step) => 1 / rateOf(step),
    ),
    scaled('velocity-negative', 'the velocity has the other sign and is added', isVelocity, () => -1),
    scaled(
      'velocity-negative-without-rate',
      'the velocity has the other sign and no learning rate',
      isVelocity,
      (step) => -1 / rateOf(step),
    ),
  ];
  return [
    ...deltas,
    ...gradients,
    ...clippedGradients(optimizer),
    ...velocities,
    ...averagedVelocities(optimizer),
    ...lookedAhead(optimizer),
    ...means(optimizer),
    ...meanSquares(optimizer),
  ];
};

/** Gradients that are recorded after clipping, as PyTorch's clip_grad_norm_ leaves them. */
function clippedGradients(optimizer: Exercise['optimizer']): Convention[] {
  if (createOptimizer(optimizer).clipNorm === Infinity) return [];
  return [
    scaled('gradient-clipped', 'the gradients are recorded after clipping', isGradient, (step) =>
      step.rules.clipping(upToGradients(step)),
    ),
  ];
}

/** Velocities that are moving averages, for which the update makes up. */
function averagedVelocities(optimizer: Exercise['optimizer']): Convention[] {
  const momentum = 'momentum' in optimizer ? (optimizer.momentum ?? 0) : 0;
  if (momentum === 0) return [];
  return [
    scaled(
      'velocity-averaged',
      'the velocity has the factor 1 - momentum; the update divides by it',
      isVelocity,
      () => 1 - momentum,
    ),
    scaled(
      'velocity-averaged-without-rate',
      'the velocity has the factor 1 - momentum and no learning rate; the update makes up for both',
      isVelocity,
      (step) => (1 - momentum) / rateOf(step),
    ),
  ];
}

/** Weights of Nesterov's momentum before the step ahead at which the next gradient is computed. */
function lookedAhead(optimizer: Exercise['optimizer']): Convention[] {
  if (optimizer.name !== 'sgd' || optimizer.nesterov !== 'yes') return [];
  const { momentum = 0 } = optimizer;
  return [
    {
      id: 'nesterov-not-ahead',
      title:
        "the weights are recorded without Nesterov's look-ahead; the gradients are those of the weights minus momentum times the velocity",
      concerns: isWeight,
      read: (recorded, { layer, parameter }, { updatedState }) =>
        combine(recorded, updatedState[parameter!][layer!].v, (w, v) => w - momentum * v),
    },
  ];
}

const isAdam = ({ name }: Exercise['optimizer']): boolean => name === 'adam' || name === 'adamw';

/** Adam's m. */
function means(optimizer: Exercise['optimizer']): Convention[] {
  if (!isAdam(optimizer)) return [];
  const { beta1 } = withDefaults(optimizer) as unknown as { readonly beta1: number };
  return [
    {
      id: 'm-corrected',
      title: 'm is recorded after the correction of its bias',
      concerns: isMean,
      read: (recorded, _place, { step }) => scale(recorded, 1 - beta1 ** (step + 1)),
    },
    scaled('m-negative', 'm has the other sign and is added', isMean, () => -1),
    scaled('m-with-rate', 'm has the learning rate; the update does not', isMean, rateOf),
    scaled('m-without-share', 'm has no factor 1 - beta1; the update has it', isMean, () => 1 / (1 - beta1)),
  ];
}

/** The s of Adagrad, RMSprop and Adam. */
function meanSquares(optimizer: Exercise['optimizer']): Convention[] {
  if (optimizer.name === 'sgd') return [];
  const { beta2, rho, epsilon } = withDefaults(optimizer) as unknown as Record<
    'beta2' | 'rho' | 'epsilon',
    number
  >;
  const share = optimizer.name === 'adagrad' ? 0 : (beta2 ?? rho);
  const squared = (id: string, title: string, added: number): Convention => ({
    id,
    title,
    concerns: isMeanSquare,
    read: (recorded) => map(recorded, (value) => (value - added) ** 2),
  });
  return [
    ...(isAdam(optimizer)
      ? [
          {
            id: 's-corrected',
            title: 's is recorded after the correction of its bias',
            concerns: isMeanSquare,
            read: (recorded: NumberArray, _place: Place, { step }: Step) =>
              scale(recorded, 1 - beta2 ** (step + 1)),
          },
        ]
      : []),
    ...(share === 0
      ? []
      : [
          scaled(
            's-without-share',
            `s has no factor 1 - ${isAdam(optimizer) ? 'beta2' : 'rho'}; the update has it`,
            isMeanSquare,
            () => 1 / (1 - share),
          ),
        ]),
    squared('s-root', 's is recorded as its root', 0),
    squared('s-root-epsilon', 's is recorded as its root plus epsilon', epsilon),
  ];
}
