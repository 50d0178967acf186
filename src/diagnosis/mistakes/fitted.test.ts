import { describe, expect, test } from '@jest/globals';
import type { OptimizerConfig } from '../../nn/optimizers.ts';
import type { Exercise } from '../../trace/exercise.ts';
import { madeExercise, recordingOf } from '../../trace/exercises.testing.ts';
import { map } from '../../trace/number-array.ts';
import { rightRules } from '../../trace/right-rules.ts';
import type { Rules } from '../../trace/rules.ts';
import { checkRecording } from '../check-recording.ts';

const layers = ['sigmoid', 'linear'] as const;
const weights = ['kernel', 'bias'];

/** What is said of a program whose exercise has something else. */
function said(exercise: Exercise, other: Partial<Exercise>, quantities?: readonly string[]): string[] {
  const recorded = recordingOf(exercise, rightRules({ ...exercise, ...other }), quantities);
  const { first, separate } = checkRecording(recorded);
  expect(separate).toEqual([]);
  return first!.explanations.map(({ title }) => title);
}

describe.each([
  ['weights', weights],
  ['everything', undefined],
])('of a program that recorded %s', (_, quantities) => {
  test.each<[number, OptimizerConfig]>([
    ...[0.005, 0.02, 0.025, 0.5].map((rate): [number, OptimizerConfig] => [rate, { name: 'sgd' }]),
    [0.0002, { name: 'adam' }],
    [0.007, { name: 'sgd', momentum: 0.9 }],
    [0.3, { name: 'rmsprop' }],
    [0.3, { name: 'adagrad' }],
  ])('the learning rate %p is named, of %j', (learningRate, optimizer) => {
    const exercise = madeExercise(layers, { optimizer, learningRate: 0.05 });
    expect(said(exercise, { learningRate }, quantities)).toContain(
      `the learning rate is ${learningRate}; the exercise has 0.05`,
    );
  });

  test.each<[string, number, OptimizerConfig, OptimizerConfig]>([
    ['momentum', 0.8, { name: 'sgd', momentum: 0.9 }, { name: 'sgd', momentum: 0.8 }],
    ['momentum', 0.95, { name: 'sgd', momentum: 0.9 }, { name: 'sgd', momentum: 0.95 }],
    ['rho', 0.85, { name: 'rmsprop', rho: 0.9 }, { name: 'rmsprop', rho: 0.85 }],
    ['beta1', 0.7, { name: 'adam' }, { name: 'adam', beta1: 0.7 }],
    ['beta2', 0.97, { name: 'adam' }, { name: 'adam', beta2: 0.97 }],
    ['epsilon', 2e-4, { name: 'adam', epsilon: 1e-3 }, { name: 'adam', epsilon: 2e-4 }],
    ['weight_decay', 0.02, { name: 'adamw' }, { name: 'adamw', weightDecay: 0.02 }],
    ['clip_norm', 0.3, { name: 'sgd', clipNorm: 0.5 }, { name: 'sgd', clipNorm: 0.3 }],
  ])('%s is %p', (name, value, given, optimizer) => {
    const titles = said(madeExercise(layers, { optimizer: given }), { optimizer }, quantities);
    expect(titles.join()).toContain(`${name} is ${value}; the exercise has`);
  });

  test.each<[string, Partial<Exercise>, Partial<Exercise>]>([
    [
      'lambda of the L2 penalty is 0.01; the exercise has 0.001',
      { penalty: { lambda: 0.001, l1: 0, penalizeBiases: true } },
      { penalty: { lambda: 0.01, l1: 0, penalizeBiases: true } },
    ],
    [
      'lambda of the L2 penalty is 0.0001; the exercise has 0.001',
      { penalty: { lambda: 0.001, l1: 0, penalizeBiases: false } },
      { penalty: { lambda: 0.0001, l1: 0, penalizeBiases: false } },
    ],
    [
      'lambda of the L1 penalty is 0.003; the exercise has 0.001',
      { penalty: { lambda: 0, l1: 0.001, penalizeBiases: false } },
      { penalty: { lambda: 0, l1: 0.003, penalizeBiases: false } },
    ],
    ["the Huber loss's delta is 0.6; the exercise has 1", { loss: 'huber' }, { loss: 'huber', delta: 0.6 }],
  ])('%s', (title, given, other) => {
    expect(said(madeExercise(layers, given), other, quantities)).toContain(title);
  });
});

test.each<[string, 'leaky_relu' | 'elu', (z: number) => number, (z: number) => number]>([
  [
    'the slope of leaky_relu below 0 is 0.15; the exercise has 0.01',
    'leaky_relu',
    (z) => (z > 0 ? z : 0.15 * z),
    (z) => (z > 0 ? 1 : 0.15),
  ],
  [
    'alpha of elu is 1.5; the exercise has 1',
    'elu',
    (z) => (z > 0 ? z : 1.5 * Math.expm1(z)),
    (z) => (z > 0 ? 1 : 1.5 * Math.exp(z)),
  ],
])('%s', (title, activation, value, slope) => {
  const exercise = madeExercise([activation, activation, 'linear']);
  const right = rightRules(exercise);
  const rules: Rules = {
    ...right,
    a: (step, layer) => (layer < 2 ? map(step.z[layer], value) : right.a(step, layer)),
    derivative: (step, layer) => (layer < 2 ? map(step.z[layer], slope) : right.derivative(step, layer)),
  };
  const { first } = checkRecording(recordingOf(exercise, rules));
  expect(first!.explanations[0].title).toBe(title);
});
