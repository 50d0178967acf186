import { describe, expect, test } from '@jest/globals';
import { differenceOf } from '../../trace/difference.ts';
import type { Exercise, ExerciseLayer } from '../../trace/exercise.ts';
import { madeExercise, recordingOf } from '../../trace/exercises.testing.ts';
import { placesOf } from '../../trace/quantities.ts';
import { rightRules } from '../../trace/right-rules.ts';
import { runRules } from '../../trace/step.ts';
import { checkRecording } from '../check-recording.ts';
import { mistakesOf } from './index.ts';
import type { Evidence, Mistake } from './mistake.ts';

const penalty = { lambda: 0.01, l1: 0.002, penalizeBiases: false };
const exercises: [string, Exercise][] = (
  [
    ['mse', ['tanh', 'sigmoid', 'linear'], {}],
    ['softmax', ['relu', 'tanh', 'softmax'], { loss: 'cross_entropy', penalty }],
    ['logistic', ['sigmoid'], { loss: 'binary_cross_entropy' }],
    ['binary', ['elu', 'sigmoid'], { loss: 'binary_cross_entropy', optimizer: { name: 'adam' } }],
    ['huber', ['gelu', 'leaky_relu', 'tanh'], { loss: 'huber', delta: 0.4, optimizer: { name: 'rmsprop' } }],
    ['mae', ['silu', 'linear'], { loss: 'mae', optimizer: { name: 'sgd', momentum: 0.9 } }],
  ] as [string, ExerciseLayer['activation'][], Partial<Exercise>][]
).map(([name, activations, others]) => [name, madeExercise(activations, others)]);

/** Every nth mistake of each exercise, in turn: all of them take minutes. FYS_NN_MISTAKES=1 tries all. */
const every = Number(process.env.FYS_NN_MISTAKES ?? 300);

/** What is known where a quantity of the first step is computed rightly. */
function evidenceAt(exercise: Exercise, quantity: string): Evidence {
  const places = placesOf(exercise);
  let found: Evidence | null = null;
  runRules(exercise, rightRules(exercise), (ours, index, step) => {
    if (places[index].quantity !== quantity) return ours;
    found = { batch: step, place: places[index], index, ours, theirs: ours, step, expectedOf: () => null };
    return null;
  });
  return found!;
}

/** The mistakes of an exercise, each once. Those that measure numbers find nothing here. */
function tabled(exercise: Exercise): Mistake[] {
  const all = ['loss', 'delta'].flatMap((quantity) => mistakesOf(exercise, evidenceAt(exercise, quantity)));
  return all.filter(({ id }, i) => i === all.findIndex((other) => other.id === id));
}

describe.each(exercises)('%s', (_, exercise) => {
  const right = rightRules(exercise);
  const mistakes = tabled(exercise).filter(({ generic }) => generic !== true);
  const offset = exercises.findIndex(([, other]) => other === exercise);

  test('every mistake has a name of its own', () => {
    expect(new Set(mistakes.map(({ id }) => id)).size).toBe(mistakes.length);
  });

  const some = mistakes.filter((_mistake, i) => i % every === offset % every);
  test.each([
    ['all quantities', undefined],
    ['the weights alone', ['kernel', 'bias']],
  ])('is diagnosed from %s', (_of, quantities) => {
    const ours = recordingOf(exercise, right, quantities);
    const failures: string[] = [];
    for (const mistake of some) {
      const recording = recordingOf(exercise, mistake.rules(right), quantities);
      // Without the loss it is the same as the derivative alone.
      if (quantities !== undefined && mistake.id.startsWith('loss-and-')) continue;
      // One that overflows, shows in rounding only, or ends before the first update.
      const differences = recording.steps.flatMap((step, k) =>
        step.map((values, i) => (values === null ? 0 : differenceOf(ours.steps[k][i]!, values))),
      );
      const shows = differences.filter((difference) => difference > 1e-10);
      const finite = recording.steps.every((step) =>
        step.every((values) => values === null || values.values.every(Number.isFinite)),
      );
      const isCut = recording.steps.flat().every((values) => values === null);
      const isSame = recording.steps.length === ours.steps.length && shows.length === 0;
      if (isCut || isSame || !finite) continue;
      const { first } = checkRecording(recording);
      const ids = first?.explanations.map(({ ids: [id] }) => id) ?? [];
      if (!ids.includes(mistake.id))
        failures.push(`${mistake.id} (${first?.quantity.place.quantity}): ${ids.slice(0, 4).join(', ')}`);
    }
    expect(failures).toEqual([]);
  });
});
