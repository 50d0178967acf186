import { describe, expect, test } from '@jest/globals';
import type { OptimizerConfig } from '../nn/optimizers.ts';
import type { Exercise } from '../trace/exercise.ts';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import { map, type NumberArray } from '../trace/number-array.ts';
import { rightRules } from '../trace/right-rules.ts';
import type { Parameter, Rules } from '../trace/rules.ts';
import { checkRecording } from './check-recording.ts';

/** A weight after the step by its new state, as textbooks have it. */
type Formula = (w: number, g: number, state: Record<'v' | 's' | 'm', number>, t: number) => number;

const rate = 0.1;
const adam: Formula = (w, _g, { m, s }, t) =>
  w - (rate * (m / (1 - 0.9 ** t))) / (Math.sqrt(s / (1 - 0.999 ** t)) + 1e-8);
const optimizers: [string, OptimizerConfig, Formula][] = [
  ['momentum', { name: 'sgd', momentum: 0.9 }, (w, _g, { v }) => w - v],
  ['Nesterov', { name: 'sgd', momentum: 0.9, nesterov: 'yes' }, (w, g, { v }) => w - (0.9 * v + rate * g)],
  ['Adagrad', { name: 'adagrad' }, (w, g, { s }) => w - (rate * g) / (Math.sqrt(s) + 1e-10)],
  ['RMSprop', { name: 'rmsprop' }, (w, g, { s }) => w - (rate * g) / (Math.sqrt(s) + 1e-8)],
  ['RMSprop with momentum', { name: 'rmsprop', momentum: 0.5 }, (w, _g, { v }) => w - v],
  ['Adam', { name: 'adam' }, adam],
  ['AdamW', { name: 'adamw', weightDecay: 0.1 }, (w, g, state, t) => adam(w * 0.99, g, state, t)],
];

/** A program with wrong state from the second step on, from which it computes its weights rightly. */
function wrongState(exercise: Exercise, formula: Formula): Rules {
  const right = rightRules(exercise);
  const wrong = (array: NumberArray) =>
    map(array, (value, i) => value * (1 + 0.2 * Math.sin(3 * i + 1)) + 1e-4 * Math.cos(i) ** 2);
  return {
    ...right,
    update(step, parameter: Parameter) {
      const moved = right.update(step, parameter);
      if (step.step === 0) return moved;
      const state = Object.fromEntries(Object.entries(moved.state).map(([slot, s]) => [slot, wrong(s)]));
      const own = (i: number) => ({
        ...{ v: state.v?.values[i] ?? 0, s: state.s?.values[i] ?? 0, m: state.m?.values[i] ?? 0 },
      });
      const value = map(parameter.value, (w, i) =>
        formula(w, parameter.gradient.values[i], own(i), step.step + 1),
      );
      return { value, state };
    },
  };
}

describe.each(optimizers)('%s', (_, optimizer, formula) => {
  const exercise = madeExercise(['tanh', 'linear'], { optimizer });
  const check = checkRecording(recordingOf(exercise, wrongState(exercise, formula)));
  test('weights that follow from wrong state are no mistake of their own', () => {
    expect(check.first!.quantity.place.slot).not.toBeNull();
    const weights = check.quantities.filter(({ place: { quantity } }) => /^(kernel|bias)$/.test(quantity));
    for (const { difference } of weights) expect(difference).toBeLessThan(1e-10);
    expect(weights.at(-1)!.status).toBe('consequence');
  });
  test('one that shows in every array is found once', () => {
    const slots = [check.first!, ...check.separate].map(({ quantity }) => quantity.place.slot);
    expect(new Set(slots).size).toBe(slots.length);
  });
});

test('weights that do not follow from wrong state are wrong too', () => {
  const exercise = madeExercise(['tanh', 'linear'], { optimizer: { name: 'sgd', momentum: 0.9 } });
  const check = checkRecording(
    recordingOf(
      exercise,
      wrongState(exercise, (w, _g, { v }) => w - v - 0.01 * Math.sin(1 / v)),
    ),
  );
  expect([check.first, ...check.separate].map((one) => one!.quantity.place.quantity)).toEqual([
    'kernel_v',
    'kernel',
  ]);
});
