import { UserError } from '../errors.ts';
import { coreWeights } from './core-training.ts';
import type { Recording } from './exercise.ts';
import { placesOf } from './quantities.ts';
import { relativeDifference, type TraceDifference } from './replay-trace.ts';

/** Trainings that a replay makes at most: each of them starts at the first step. */
const mostTrainings = 50;

/**
 * Trains the exercise of a recording or of answers by the training core, and compares the weights after each step that recorded
 * some; of many steps, of 50 that include the last one. Errors: UserError for a recording without weights.
 */
export async function replayRecording(file: string, recording: Recording): Promise<TraceDifference[]> {
  const { exercise, steps } = recording;
  const places = placesOf(exercise);
  const weights = places.flatMap(({ quantity, layer }, index) =>
    quantity === 'kernel' || quantity === 'bias' ? [{ quantity, layer: layer!, index }] : [],
  );
  const recorded = steps.flatMap((arrays, step) =>
    weights.some(({ index }) => arrays[index] !== null) ? [step] : [],
  );
  if (recorded.length === 0) {
    throw new UserError({
      what: `${file} cannot be replayed: it has no weights after a step`,
      expected: 'kernel or bias of a layer, which a replay compares',
      remedy: `compare all that it has: fys-nn trace check ${file}`,
    });
  }
  const compared = recorded.filter(
    (_, i) => recorded.length <= mostTrainings || isChosen(i, recorded.length),
  );
  const largest = new Map<string, number>();
  for (const step of compared) {
    const core = await coreWeights(exercise, step + 1);
    for (const { quantity, layer, index } of weights) {
      const theirs = steps[step][index];
      if (theirs === null) continue;
      const name = `layers.${layer}.${quantity}`;
      const difference = relativeDifference(core[layer][quantity]!, theirs.values);
      largest.set(name, Math.max(largest.get(name) ?? 0, difference));
    }
  }
  return [...largest].map(([quantity, difference]) => ({ quantity, difference }));
}

/** Whether an element of a list is one of the evenly spaced ones, the last one included. */
function isChosen(index: number, length: number): boolean {
  const share = (i: number) => Math.floor((i * mostTrainings) / length);
  return share(index + 1) > share(index);
}
