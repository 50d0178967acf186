import { createRng } from '../math/rng.ts';
import { schedules } from '../nn/schedules.ts';
import type { Exercise, ExerciseLayer, Recording } from './exercise.ts';
import { arrayOf, type NumberArray } from './number-array.ts';
import { placesOf } from './quantities.ts';
import { rightRules } from './right-rules.ts';
import type { Rules } from './rules.ts';
import { valuesOf } from './step.ts';

/** An exercise of two epochs with three batches each, the last one smaller. */
export function madeExercise(
  activations: readonly ExerciseLayer['activation'][] = ['tanh', 'sigmoid', 'linear'],
  others: Partial<Exercise> = {},
  seed = 1,
): Exercise {
  const rng = createRng(seed, 'data');
  const draw = (shape: readonly number[], size = 1): NumberArray => {
    const array = arrayOf(shape);
    array.values.forEach((_, i) => {
      array.values[i] = size * rng.normal();
    });
    return array;
  };
  const [N, D, P] = [11, 3, others.loss === 'binary_cross_entropy' ? 1 : 2];
  const units = activations.map((_, l) => (l === activations.length - 1 ? P : [5, 4, 6][l % 3]));
  const layers = activations.map(
    (activation, l): ExerciseLayer => ({
      units: units[l],
      activation,
      kernel: draw([l === 0 ? D : units[l - 1], units[l]], 0.7),
      bias: draw([units[l]], 0.3),
    }),
  );
  const rows = Array.from({ length: N }, (_, row) => row);
  const shuffled = (epoch: number) => rows.map((row) => (row * (epoch + 2) + 3) % N);
  const batches = [0, 1].map((epoch) => [0, 4, 8].map((from) => shuffled(epoch).slice(from, from + 4)));
  const classes = others.loss === 'cross_entropy' || others.loss === 'binary_cross_entropy';
  const y = draw([N, P]);
  if (classes)
    rows.forEach((row) => {
      const chosen = rng.below(Math.max(P, 2));
      for (let p = 0; p < P; p++) y.values[row * P + p] = P === 1 ? chosen : Number(p === chosen);
    });
  return {
    id: 'e0',
    name: 'made',
    source: 'a test',
    layout: { kernel: 'in-out', batch: 'first' },
    x: draw([N, D]),
    y,
    loss: 'mse',
    delta: 1,
    penalty: { lambda: 0, l1: 0, penalizeBiases: true },
    layers,
    optimizer: { name: 'sgd' },
    learningRate: 0.1,
    schedule: 'constant',
    rateOf: schedules.constant,
    batches,
    ...others,
  };
}

/** What a program records of the given quantities; of all if none are given. */
export function recordingOf(
  exercise: Exercise,
  rules: Rules = rightRules(exercise),
  quantities?: readonly string[],
): Recording {
  const places = placesOf(exercise);
  const steps = valuesOf(exercise, rules).map((step) =>
    step.map((values, index) =>
      quantities === undefined || quantities.includes(places[index].quantity) ? values : null,
    ),
  );
  return { kind: 'recording', program: 'a test', exercise, steps };
}
