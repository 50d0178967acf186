import { checkRecording } from '../diagnosis/check-recording.ts';
import type { CheckResult } from '../diagnosis/check-result.ts';
import { createRng } from '../math/rng.ts';
import { schedules } from '../nn/schedules.ts';
import type { Exercise, ExerciseLayer } from '../trace/exercise.ts';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import { arrayOf, map, type NumberArray, scale } from '../trace/number-array.ts';
import { placesOf } from '../trace/quantities.ts';
import { rightRules } from '../trace/right-rules.ts';
import type { Rules } from '../trace/rules.ts';

/** An exercise with a network of the given sizes D-H-…-P on 13 rows, three batches an epoch. */
export function sizedExercise(
  sizes: readonly number[],
  activations: readonly ExerciseLayer['activation'][],
  others: Partial<Exercise> = {},
  epochs = 2,
): Exercise {
  const rng = createRng(3, 'data');
  const draw = (shape: readonly number[], size = 1): NumberArray =>
    map(arrayOf(shape), () => size * rng.normal());
  const [N, D, P] = [13, sizes[0], sizes[sizes.length - 1]];
  const rows = Array.from({ length: N }, (_, row) => row);
  const isClassified = others.loss?.endsWith('cross_entropy') === true;
  const y = draw([N, P]);
  if (isClassified)
    for (const n of rows)
      for (let p = 0; p < P; p++) y.values[n * P + p] = P === 1 ? n % 2 : Number(n % P === p);
  const layers = sizes.slice(1).map(
    (units, layer): ExerciseLayer => ({
      units,
      activation: layer === sizes.length - 2 ? activations[activations.length - 1] : activations[0],
      kernel: draw([sizes[layer], units], 1 / Math.sqrt(sizes[layer])),
      bias: draw([units], 0.2),
    }),
  );
  const batches = Array.from({ length: epochs }, (_, epoch) => {
    const order = rows.map((row) => (row * ((epoch % 11) + 2) + 1) % N);
    return [0, 5, 10].map((from) => order.slice(from, from + 5));
  });
  return madeExercise(undefined, {
    x: draw([N, D]),
    y,
    layers,
    batches,
    rateOf: schedules.constant,
    ...others,
  });
}

/** What is said of a program; `change` makes the mistake. */
export function checked(
  exercise: Exercise,
  change: (right: Rules) => Partial<Rules> = () => ({}),
  quantities?: readonly string[],
): CheckResult {
  const right = rightRules(exercise);
  return checkRecording(recordingOf(exercise, { ...right, ...change(right) }, quantities));
}

const makers: Readonly<Record<string, () => CheckResult>> = {
  regression: () =>
    checked(sizedExercise([2, 20, 1], ['sigmoid', 'linear']), (right) => ({
      hiddenDelta: (step, layer) =>
        map(right.hiddenDelta(step, layer), (value, i) => value * step.a[layer].values[i]),
    })),
  right: () => checked(sizedExercise([2, 20, 1], ['sigmoid', 'linear'])),
  softmax: () =>
    checked(
      sizedExercise([4, 7, 3], ['relu', 'softmax'], {
        loss: 'cross_entropy',
        optimizer: { name: 'adam' },
        penalty: { lambda: 0.01, l1: 0, penalizeBiases: true },
        layout: { kernel: 'out-in', batch: 'last' },
      }),
      (right) => ({
        penaltyGradient: (step, layer, kind) =>
          kind === 'bias' ? null : right.penaltyGradient(step, layer, kind),
      }),
    ),
  logistic: () =>
    checked(
      sizedExercise([5, 1], ['sigmoid'], {
        loss: 'binary_cross_entropy',
        optimizer: { name: 'sgd', momentum: 0.9 },
      }),
      (right) => ({
        dataGradient: (step, layer, kind) =>
          scale(right.dataGradient(step, layer, kind), kind === 'bias' ? 0.2 : 1),
      }),
    ),
  'six hidden layers': () =>
    checked(sizedExercise([3, 8, 7, 6, 5, 4, 9, 2], ['tanh', 'linear'], {}, 4), (right) => ({
      hiddenDelta: (step, layer) => scale(right.hiddenDelta(step, layer), layer === 3 ? 1.7 : 1),
    })),
  '100 units': () =>
    checked(sizedExercise([10, 100, 4], ['relu', 'linear'], { optimizer: { name: 'adamw' } }), (right) => ({
      update: (step, parameter) => right.update({ ...step, step: step.step + 1 }, parameter),
    })),
  'weights only': () =>
    checked(sizedExercise([2, 20, 1], ['sigmoid', 'linear']), () => ({ rate: () => 0.2 }), [
      'kernel',
      'bias',
    ]),
  'wrong shape': () => {
    const exercise = sizedExercise([2, 6, 1], ['tanh', 'linear']);
    const recording = recordingOf(exercise);
    const at = placesOf(exercise).findIndex(({ quantity, layer }) => quantity === 'delta' && layer === 1);
    const [first, ...rest] = recording.steps;
    return checkRecording({ ...recording, steps: [first.with(at, arrayOf([5, 5])), ...rest] });
  },
};

export const madeResultNames = Object.keys(makers);
const made = new Map<string, CheckResult>();

/** A result of each kind, made once. */
export function madeResult(name: string): CheckResult {
  const result = made.get(name) ?? makers[name]();
  made.set(name, result);
  return result;
}
