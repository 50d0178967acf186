import { describe, expect, test } from '@jest/globals';
import { schedules } from '../nn/schedules.ts';
import { coreWeights } from '../trace/core-training.ts';
import type { Exercise, ExerciseLayer } from '../trace/exercise.ts';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import { map, multiply, scale } from '../trace/number-array.ts';
import { placesOf } from '../trace/quantities.ts';
import { relativeDifference } from '../trace/replay-trace.ts';
import { rightRules } from '../trace/right-rules.ts';
import type { Rules } from '../trace/rules.ts';
import { valuesOf } from '../trace/step.ts';
import { checkRecording } from './check-recording.ts';

const penalty = { lambda: 0.01, l1: 0.002, penalizeBiases: false };
const exercises: [string, Exercise][] = (
  [
    ['sgd', ['tanh', 'sigmoid', 'linear'], {}],
    ['momentum', ['relu', 'linear'], { optimizer: { name: 'sgd', momentum: 0.9 } }],
    ['nesterov', ['elu', 'tanh'], { optimizer: { name: 'sgd', momentum: 0.9, nesterov: 'yes' }, penalty }],
    ['adam', ['gelu', 'leaky_relu', 'linear'], { optimizer: { name: 'adam' }, loss: 'huber', delta: 0.4 }],
    ['softmax', ['sigmoid', 'softmax'], { loss: 'cross_entropy', optimizer: { name: 'rmsprop' }, penalty }],
    ['binary', ['sigmoid'], { loss: 'binary_cross_entropy', optimizer: { name: 'adagrad', momentum: 0.5 } }],
    ['clipped', ['silu', 'linear'], { loss: 'mae', optimizer: { name: 'adamw', clipNorm: 0.1 } }],
    ['decay', ['tanh', 'linear'], { schedule: 'decay', rateOf: schedules.decay }],
  ] as [string, ExerciseLayer['activation'][], Partial<Exercise>][]
).map(([name, activations, others]) => [name, madeExercise(activations, others)]);

describe('the right program', () => {
  test.each(exercises)('gives the weights of the training core: %s', async (_, made) => {
    const batches = made.batches.map((epoch) =>
      epoch.filter((rows) => rows.length === 4).map((rows) => [...rows]),
    );
    const exercise = { ...made, batches };
    const trained = await coreWeights(exercise, Infinity);
    const places = placesOf(exercise);
    const ours = valuesOf(exercise, rightRules(exercise)).at(-1)!;
    trained.forEach(({ kernel, bias }, layer) => {
      const at = (quantity: string) =>
        ours[places.findIndex((place) => place.quantity === quantity && place.layer === layer)].values;
      for (const [quantity, values] of [
        ['kernel', kernel],
        ['bias', bias!],
      ] as const)
        expect(relativeDifference(at(quantity), values)).toBeLessThan(1e-13);
    });
  });

  test.each(exercises)('has no difference: %s', (_, exercise) => {
    const { first, separate, conventions, absent, quantities } = checkRecording(recordingOf(exercise));
    expect({ first, separate, conventions, absent }).toEqual({
      first: null,
      separate: [],
      conventions: [],
      absent: [],
    });
    expect(quantities.every(({ status }) => status === 'same')).toBe(true);
  });
});

test('the deltas of a deep network are judged next to the numbers that they are computed from', () => {
  const deep = madeExercise(Array.from({ length: 36 }, (_, l) => (l < 35 ? 'sigmoid' : 'linear')));
  const right = rightRules(deep);
  const twice: Rules = {
    ...right,
    hiddenDelta: (step, layer) => scale(right.hiddenDelta(step, layer), layer === 0 ? 2 : 1),
  };
  const { first } = checkRecording(recordingOf(deep, twice));
  expect([first?.quantity.place.quantity, first?.quantity.place.layer]).toEqual(['delta', 0]);
  expect(Math.max(...first!.quantity.expected.values.map(Math.abs))).toBeLessThan(1e-15);
  const otherwise: Rules = {
    ...right,
    derivative: (step, layer) =>
      layer === 35
        ? right.derivative(step, layer)
        : map(step.z[layer], (z) => Math.exp(-Math.abs(z)) / (1 + Math.exp(-Math.abs(z))) ** 2),
  };
  expect(checkRecording(recordingOf(deep, otherwise)).first).toBeNull();
  const layers = deep.layers.map((layer) => ({ ...layer, kernel: scale(layer.kernel, 20) }));
  const saturated = { ...deep, layers };
  for (const quantities of [undefined, ['kernel_gradient', 'bias_gradient'], ['delta']])
    expect(checkRecording(recordingOf(saturated, otherwise, quantities)).first).toBeNull();
});

describe('a mistake', () => {
  test('is named at the first place where it shows, and once', () => {
    const exercise = madeExercise();
    const right = rightRules(exercise);
    const { first, separate } = checkRecording(
      recordingOf(exercise, {
        ...right,
        hiddenDelta: (step, layer) =>
          multiply(right.hiddenDelta(step, layer), step.rules.derivative(step, layer)),
      }),
    );
    expect(first!.quantity).toMatchObject({ batch: { step: 0 }, place: { quantity: 'delta', layer: 1 } });
    expect(first!.explanations.map(({ ids }) => ids)).toEqual([['derivative-twice']]);
    expect(separate).toEqual([]);
  });

  test('is named from the weights alone', () => {
    const exercise = madeExercise();
    const right = rightRules(exercise);
    const { first } = checkRecording(
      recordingOf(exercise, { ...right, outputDelta: (step) => map(right.outputDelta(step), (d) => d / 2) }, [
        'kernel',
        'bias',
      ]),
    );
    expect(first!.quantity).toMatchObject({ batch: { step: 0 }, place: { quantity: 'kernel', layer: 0 } });
    expect(first!.explanations[0].ids).toEqual(['mse-factor-2']);
  });

  test('does not hide a second one', () => {
    const exercise = madeExercise(['tanh', 'linear'], { optimizer: { name: 'sgd', momentum: 0.9 } });
    const right = rightRules(exercise);
    const { first, separate } = checkRecording(
      recordingOf(exercise, {
        ...right,
        outputDelta: (step) => map(right.outputDelta(step), (d) => d / 2),
        rate: (step) => 2 * right.rate(step),
      }),
    );
    expect(first!.quantity.place).toMatchObject({ quantity: 'delta', layer: 1 });
    expect(first!.explanations[0].ids).toEqual(['mse-factor-2']);
    expect(
      separate.map(({ quantity, explanations }) => [quantity.place.quantity, explanations[0].ids]),
    ).toEqual([['kernel_v', ['rate-0.2']]]);
  });

  test('that is unknown is not given a wrong name', () => {
    const exercise = madeExercise();
    const right = rightRules(exercise);
    const { first, separate } = checkRecording(
      recordingOf(exercise, {
        ...right,
        hiddenDelta: (step, layer) => map(right.hiddenDelta(step, layer), (d, i) => d + 0.01 * i),
      }),
    );
    expect(first!.quantity.place).toMatchObject({ quantity: 'delta', layer: 1 });
    expect(first!.explanations).toEqual([]);
    expect(separate).toEqual([]);
  });
});

describe('a convention', () => {
  test('is noted, and is no difference', () => {
    const exercise = madeExercise();
    const right = rightRules(exercise);
    const recording = recordingOf(exercise, right);
    const places = placesOf(exercise);
    const steps = recording.steps.map((step, k) =>
      step.map((values, index) => {
        const N = exercise.batches.flat()[k].length;
        return places[index].quantity === 'delta' ? map(values!, (d) => N * d) : values;
      }),
    );
    const { first, conventions } = checkRecording({ ...recording, steps });
    expect(first).toBeNull();
    expect(conventions.map(({ id }) => id)).toEqual(['delta-not-averaged']);
  });
});

test('a wrong softmax is the only mistake if the loss is computed from z', () => {
  const exercise = madeExercise(['sigmoid', 'softmax'], { loss: 'cross_entropy' });
  const right = rightRules(exercise);
  const over = (values: Float64Array, P: number) =>
    values.map((value, i) => {
      const column = values.filter((_, j) => j % P === i % P);
      return Math.exp(value) / column.reduce((sum, one) => sum + Math.exp(one), 0);
    });
  const steps = valuesOf(exercise, {
    ...right,
    a: (step, layer) =>
      layer === 0
        ? right.a(step, layer)
        : { ...step.z[1], values: over(step.z[1].values, step.z[1].shape[1]) },
    loss: (step) => right.loss({ ...step, a: [step.a[0], right.a(step, 1)] }),
  });
  const { first, separate } = checkRecording({ kind: 'recording', program: '', exercise, steps });
  expect(first?.explanations.map(({ ids }) => ids)).toContainEqual(['softmax-over-rows:loss-of-z']);
  expect(separate).toEqual([]);
});
