import type { CheckedGradient, GradcheckResult } from './gradcheck.ts';

/** A comparison of gradients as programs get it. */
export function gradcheckAsJson({ recording, exercise, tolerance, gradients }: GradcheckResult) {
  return {
    program: recording.program,
    exercise: { id: exercise.id, name: exercise.name },
    tolerance,
    right: !gradients.some(isWrong),
    gradients: gradients.map(({ batch, place, ...found }) => ({
      step: batch.step,
      epoch: batch.epoch,
      batch: batch.batch,
      layer: place.layer,
      quantity: place.quantity,
      ...found,
    })),
  };
}

export const isWrong = ({ status }: CheckedGradient): boolean => status === 'wrong' || status === 'shape';
