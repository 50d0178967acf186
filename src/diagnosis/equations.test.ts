import { expect, test } from '@jest/globals';
import { activationNames } from '../nn/activations.ts';
import { schedules } from '../nn/schedules.ts';
import type { Exercise, Layout } from '../trace/exercise.ts';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import type { NumberArray } from '../trace/number-array.ts';
import { batchesOf, type Place, placesOf } from '../trace/quantities.ts';
import { isTurnedIn } from '../trace/read-recording.ts';
import { rightRules } from '../trace/right-rules.ts';
import { valuesOf } from '../trace/step.ts';
import { checkRecording } from './check-recording.ts';
import { equationOf, equationText } from './equations.ts';
import { evaluate, type Table, table } from './formula.testing.ts';
import { row, words } from './formula.ts';
import { workedExample } from './worked-example.ts';

const penalty = { lambda: 0.01, l1: 0.002, penalizeBiases: true };
const optimizers: Exercise['optimizer'][] = [
  { name: 'sgd' },
  { name: 'sgd', momentum: 0.9 },
  { name: 'sgd', momentum: 0.9, nesterov: 'yes', clipNorm: 0.1 },
  { name: 'adagrad' },
  { name: 'adagrad', momentum: 0.5 },
  { name: 'rmsprop', rho: 0.8 },
  { name: 'rmsprop', momentum: 0.5, clipNorm: 1000 },
  { name: 'adam', beta1: 0.8 },
  { name: 'adamw', weightDecay: 0.1, epsilon: 0.01 },
];
const layouts: Layout[] = (['in-out', 'out-in'] as const).flatMap((kernel) =>
  (['first', 'last'] as const).map((batch) => ({ kernel, batch })),
);

const exercises: [string, Exercise][] = [
  ...activationNames.map((name): [string, Exercise] => [name, madeExercise([name, name, name])]),
  ...(['mae', 'huber', 'mse'] as const).map((loss): [string, Exercise] => [
    loss,
    madeExercise(['tanh', 'linear'], { loss, delta: 0.7 }),
  ]),
  ['softmax', madeExercise(['relu', 'softmax'], { loss: 'cross_entropy' })],
  ['logistic', madeExercise(['sigmoid'], { loss: 'binary_cross_entropy', penalty })],
  ['kernels', madeExercise(['tanh', 'linear'], { penalty: { ...penalty, penalizeBiases: false } })],
  ...optimizers.map((optimizer): [string, Exercise] => [
    JSON.stringify(optimizer),
    madeExercise(['sigmoid', 'linear'], { optimizer, penalty, schedule: 'decay', rateOf: schedules.decay }),
  ]),
  ...layouts.map((layout): [string, Exercise] => [
    JSON.stringify(layout),
    madeExercise(['tanh', 'sigmoid', 'linear'], { layout, penalty }),
  ]),
];

/** An array as the file has it, as a table; vectors lie along the units. */
function inFile(array: NumberArray, { kernel, batch }: Layout, { quantity, parameter }: Place): Table {
  const turned = parameter === 'kernel' ? kernel === 'out-in' : batch === 'last' && quantity !== 'loss';
  return table(array, turned);
}

test.each(exercises)('every equation gives the numbers of the right program: %s', (_name, exercise) => {
  const places = placesOf(exercise);
  const steps = valuesOf(exercise, rightRules(exercise));
  const batches = batchesOf(exercise);
  for (const step of [1, batches.length - 1]) {
    const at = (place: Place, from = step): Table =>
      inFile(steps[from][places.indexOf(place)], exercise.layout, place);
    const squares = places.reduce((sum, { quantity }, i) => {
      if (!quantity.endsWith('_gradient')) return sum;
      return sum + steps[step][i].values.reduce((one, g) => one + g * g, 0);
    }, 0);
    for (const place of places.slice(2)) {
      const equation = equationOf(place, batches[step], exercise);
      const numbersOf = (text: string, layer: number | null): Table | null => {
        if (text === 'norm') return table({ shape: [], values: Float64Array.of(Math.sqrt(squares)) });
        const found = places.find((one) => one.quantity === text && one.layer === layer);
        if (found === undefined) return null;
        const isBefore =
          found.parameter !== null && !text.endsWith('_gradient') && (found.slot === null || found === place);
        return at(found, isBefore ? step - 1 : step);
      };
      const given = evaluate(equation, numbersOf, exercise.layout.batch === 'first');
      const wanted = at(place);
      const size = Math.max(1e-5, ...wanted.flat().map(Math.abs));
      expect(given).toHaveLength(wanted.length);
      wanted.forEach((row, i) => {
        expect(given[i]).toHaveLength(row.length);
        row.forEach((value, j) => {
          expect(Math.abs(given[i][j] - value) / size).toBeLessThan(1e-10);
        });
      });
    }
  }
});

test.each(exercises)('with numbers in it, every equation gives its element: %s', (_name, exercise) => {
  const isFirst = exercise.layout.batch === 'first';
  const result = checkRecording(recordingOf(exercise));
  const { length } = batchesOf(exercise);
  let worked = 0;
  for (const quantity of result.quantities.filter(({ batch }) => [0, length - 1].includes(batch.step))) {
    const { place, batch, expected } = quantity;
    const [rows, columns] = expected.shape;
    const element = columns === undefined ? [rows - 1] : [rows - 1, columns - 1];
    const example = workedExample(result, quantity, element, String, 100);
    if (example === null || typeof example === 'string' || example.kind !== 'row') continue;
    const { where } = equationOf(place, batch, exercise);
    const formula = row(...example.items.slice(0, 3));
    const [[value]] = evaluate({ formula, where, notes: [] }, () => null, isFirst);
    const wanted = expected.values[expected.values.length - 1];
    expect(Math.abs(value - wanted)).toBeLessThan(1e-10 * Math.max(1, Math.abs(wanted)));
    expect(example.items[0]).toEqual(
      words(
        `${place.quantity}[${(isTurnedIn(exercise.layout, place) ? element.toReversed() : element).join(', ')}]`,
      ),
    );
    worked++;
  }
  expect(worked).toBeGreaterThan(5);
});

const [batch] = batchesOf(madeExercise());
const textOf = (
  quantity: Place['quantity'],
  layer: number | null,
  others: Partial<Exercise> = {},
): string[] => {
  const exercise = madeExercise(undefined, others);
  const place = placesOf(exercise).find((one) => one.quantity === quantity && one.layer === layer)!;
  return equationText(place, batch, exercise);
};

test('as text, an equation reads like NumPy', () => {
  expect(textOf('x', null)).toEqual(['x = rows 3, 5, 7, 9 of data.x', '4 rows, counted from 0.']);
  expect(textOf('z', 1)).toEqual(['z[1] = a[0] @ kernel[1] + bias[1]']);
  expect(textOf('delta', 0)).toEqual([
    "delta[0] = (delta[1] @ kernel[1].T) * f'(z[0])",
    "f'(z) = 1 - a**2 (tanh)",
  ]);
  expect(textOf('bias_gradient', 1, { penalty })[0]).toBe(
    'bias_gradient[1] = (sum over rows n of delta[1]) + 2 * l2 * bias[1] + l1 * sign(bias[1])',
  );
  expect(textOf('kernel', 2, { optimizer: { name: 'adam' } })).toEqual([
    'kernel[2] <- kernel[2] - rate * (kernel_m[2] / (1 - beta1**t)) / (sqrt(kernel_s[2] / (1 - beta2**t)) + epsilon)',
    'rate = 0.1 (the learning rate)',
    'beta1 = 0.9',
    't = 1 (steps so far, with this one)',
    'beta2 = 0.999',
    'epsilon = 1e-8',
  ]);
});
