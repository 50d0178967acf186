import type { Rng } from '../math/rng.ts';
import type { LossName } from '../nn/losses.ts';
import type { OptimizerConfig } from '../nn/optimizers.ts';
import { schedules } from '../nn/schedules.ts';
import type { Exercise, ExerciseLayer } from '../trace/exercise.ts';
import { arrayOf, type NumberArray } from '../trace/number-array.ts';

/** One of a list. */
export const pick = <T>(rng: Rng, choices: readonly T[]): T => choices[rng.below(choices.length)];
/** Whether something happens that has this probability. */
export const happens = (rng: Rng, probability: number): boolean => rng.uniform() < probability;

const activations = [
  'sigmoid',
  'relu',
  'leaky_relu',
  'linear',
  'tanh',
  'elu',
  'gelu',
  'gelu_tanh',
  'silu',
  'softplus',
  'relu6',
] as const;

const optimizers: readonly OptimizerConfig[] = [
  { name: 'sgd' },
  { name: 'sgd' },
  { name: 'sgd', clipNorm: 0.5 },
  { name: 'sgd', momentum: 0.9 },
  { name: 'sgd', momentum: 0.7, nesterov: 'yes' },
  { name: 'adagrad' },
  { name: 'adagrad', momentum: 0.5 },
  { name: 'rmsprop' },
  { name: 'rmsprop', momentum: 0.6, rho: 0.9 },
  { name: 'adam' },
  { name: 'adam', beta1: 0.8, clipNorm: 0.3 },
  { name: 'adamw', weightDecay: 0.1 },
];

/** An exercise of any shape: no to four hidden layers, one to six units, batches of one to five rows, the last one smaller. */
export function randomExercise(rng: Rng): Exercise {
  const draw = (shape: readonly number[], size: number): NumberArray => {
    const array = arrayOf(shape);
    for (let i = 0; i < array.values.length; i++) array.values[i] = size * rng.normal();
    return array;
  };
  const loss = pick<LossName>(rng, ['mse', 'mse', 'mae', 'huber', 'cross_entropy', 'binary_cross_entropy']);
  const P =
    loss === 'binary_cross_entropy' ? 1 : loss === 'cross_entropy' ? 2 + rng.below(3) : 1 + rng.below(3);
  const [N, D, hidden] = [4 + rng.below(8), 1 + rng.below(4), rng.below(5)];
  const units = [...Array.from({ length: hidden }, () => 1 + rng.below(6)), P];
  const shared = pick(rng, activations);
  const isMixed = happens(rng, 0.3);
  const output = { cross_entropy: 'softmax', binary_cross_entropy: 'sigmoid' } as const;
  const layers = units.map((count, l): ExerciseLayer => {
    const inputs = l === 0 ? D : units[l - 1];
    const isOutput = l === hidden;
    const free = isOutput && !happens(rng, 0.3) ? 'linear' : isMixed ? pick(rng, activations) : shared;
    const forced = loss === 'cross_entropy' || loss === 'binary_cross_entropy' ? output[loss] : free;
    return {
      units: count,
      activation: isOutput ? forced : free,
      kernel: draw([inputs, count], 1 / Math.sqrt(inputs)),
      bias: happens(rng, 0.9) ? draw([count], 0.3) : null,
    };
  });
  const size = 1 + rng.below(5);
  const rows = Array.from({ length: N }, (_, row) => row);
  const batches = Array.from({ length: 1 + rng.below(3) }, () => {
    const order = [...rows];
    for (let i = N - 1; i > 0; i--) {
      const j = rng.below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return Array.from({ length: Math.min(3, Math.ceil(N / size)) }, (_, b) =>
      order.slice(b * size, (b + 1) * size),
    );
  });
  const y = draw([N, P], 1);
  if (loss === 'binary_cross_entropy') for (let n = 0; n < N; n++) y.values[n] = rng.below(2);
  if (loss === 'cross_entropy') {
    y.values.fill(0);
    for (let n = 0; n < N; n++) y.values[n * P + rng.below(P)] = 1;
  }
  const schedule = pick(rng, ['constant', 'constant', 'decay', 'decay_per_step'] as const);
  return {
    id: 'e0',
    name: 'random',
    source: 'a test',
    layout: { kernel: 'in-out', batch: 'first' },
    x: draw([N, D], 1),
    y,
    loss,
    delta: 0.5 + rng.uniform(),
    penalty: {
      lambda: happens(rng, 0.4) ? 0.01 + 0.1 * rng.uniform() : 0,
      l1: happens(rng, 0.2) ? 0.01 + 0.05 * rng.uniform() : 0,
      penalizeBiases: happens(rng, 0.5),
    },
    layers,
    optimizer: pick(rng, optimizers),
    learningRate: pick(rng, [0.01, 0.05, 0.1, 0.3]),
    schedule,
    rateOf: schedules[schedule],
    batches,
  };
}
