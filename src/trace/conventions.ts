import type { Exercise } from './exercise.ts';
import { map, type NumberArray, scale } from './number-array.ts';
import type { Place } from './quantities.ts';
import { withPenalty } from './right-rules.ts';
import type { Step } from './rules.ts';

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

/** The conventions that are looked for. */
export const conventionsOf = ({ loss, penalty, optimizer }: Exercise): Convention[] => {
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
  return [...deltas, ...gradients, ...velocities, ...corrected(optimizer)];
};

/** Adam's states, recorded after the correction of their bias. */
function corrected(optimizer: Exercise['optimizer']): Convention[] {
  if (!('beta1' in optimizer)) return [];
  const { beta1 = 0.9, beta2 = 0.999 } = optimizer;
  const by = (slot: string, beta: number): Convention => ({
    id: `${slot}-corrected`,
    title: `${slot} is recorded after the correction of its bias`,
    concerns: (place) => place.slot === slot,
    read: (recorded, _place, { step }) => map(recorded, (value) => value * (1 - beta ** (step + 1))),
  });
  return [by('m', beta1), by('s', beta2)];
}
