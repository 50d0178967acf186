import { describe, expect, test } from '@jest/globals';
import { csrFromDense } from '../math/csr.ts';
import { createRng } from '../math/rng.ts';
import type { ActivationName } from '../nn/activations.ts';
import { batchings } from '../nn/batches.ts';
import { type LossName, losses } from '../nn/losses.ts';
import { initialWeights, type LayerSpec } from '../nn/network.ts';
import type { Samples } from '../nn/samples.ts';
import { compileSchedule, schedules } from '../nn/schedules.ts';
import { type Training, train } from '../nn/train.ts';
import { findTorch, trainWithTorch } from './torch.ts';

const found = await findTorch();
const versions = 'versions' in found ? found.versions : null;
if (versions === null) process.stderr.write('PyTorch is not installed: its tests are skipped\n');
const withTorch = versions === null ? describe.skip : describe;

const [rows, testRows, columns] = [83, 1007, 3];

/** Inputs of which a half are 0, and targets for the loss. */
function samples(count: number, loss: LossName, index: number): Samples {
  const rng = createRng(1, 'data', index);
  const inputs = Float64Array.from({ length: columns * count }, () => Math.max(0, rng.uniform() - 0.5));
  const units = losses[loss].units(3);
  const targets = new Float64Array(count * units);
  for (let n = 0; n < count; n++) {
    if (units > 1) targets[n * units + rng.below(units)] = 1;
    else if (losses[loss].task === 'classification') targets[n] = rng.below(2);
    else targets[n] = inputs[columns * n] ** 2 + inputs[columns * n + 1];
  }
  return { rows: count, inputs, targets };
}

/** Both as rows of one sparse matrix, in another order. */
function sparse(parts: readonly Samples[]): Samples[] {
  const dense = Float64Array.from(parts.flatMap(({ inputs }) => [...(inputs as Float64Array)]));
  const every = Int32Array.from({ length: dense.length / columns }, (_, row) => row);
  const csr = csrFromDense(dense, columns, every.toReversed(), 1, 'float64');
  let from = 0;
  return parts.map(({ rows: own, targets }) => {
    const taken = Int32Array.from({ length: own }, (_, n) => every.length - 1 - from - n);
    from += own;
    return { rows: own, inputs: { csr, rows: taken }, targets };
  });
}

interface Case extends Partial<Omit<Training, 'layers'>> {
  readonly hidden: readonly ActivationName[];
  readonly output?: ActivationName;
  readonly hasValidation?: true;
  readonly bias?: LayerSpec['biasInit'];
}

function training(
  loss: LossName,
  { hidden, output, bias = 'random_normal', hasValidation, ...changes }: Case,
): Training {
  const layer = { kernelInit: 'glorot_uniform', biasInit: bias } as const;
  const layers: LayerSpec[] = [
    ...hidden.map((activation, index) => ({ ...layer, units: 7 - index, activation })),
    { ...layer, units: losses[loss].units(3), activation: output ?? losses[loss].output },
  ];
  return {
    layers,
    weights: initialWeights(layers, columns, 5),
    loss,
    penalty: { lambda: 0, penalizeBiases: true },
    optimizer: { name: 'sgd' },
    learningRate: 0.05,
    schedule: schedules.constant,
    batches: batchings['with-replacement'](rows, 10, 5),
    epochs: 12,
    dtype: 'float64',
    ...(hasValidation ? { validation: samples(11, loss, 2) } : {}),
    ...changes,
  };
}

const full = batchings.full(rows);
const falling = await compileSchedule('eta0/(1+epoch/(step+1))');

withTorch('the same training by PyTorch', () => {
  test.each<[LossName, Case, boolean?]>([
    ['mse', { hidden: ['tanh', 'elu', 'gelu'], optimizer: { name: 'adam', beta2: 0.99 } }],
    [
      'mse',
      {
        hidden: ['gelu_tanh', 'silu', 'softplus'],
        optimizer: { name: 'sgd', momentum: 0.9, nesterov: 'yes' },
        schedule: falling,
        penalty: { lambda: 0.01, l1: 0.003, penalizeBiases: false },
      },
    ],
    [
      'cross_entropy',
      {
        hidden: ['relu', 'leaky_relu', 'relu6'],
        optimizer: { name: 'rmsprop', momentum: 0.5, clipNorm: 0.1 },
        schedule: schedules.decay_per_step,
        batches: batchings.permutation(rows, 9, 5),
      },
      true,
    ],
    [
      'binary_cross_entropy',
      {
        hidden: ['sigmoid', 'tanh'],
        optimizer: { name: 'adagrad', momentum: 0.7 },
        schedule: schedules.decay,
        evaluateEvery: 5,
      },
    ],
    [
      'cross_entropy',
      {
        hidden: ['linear'],
        optimizer: { name: 'adamw', weightDecay: 0.2 },
        penalty: { lambda: 0, l1: 0.01, penalizeBiases: true },
      },
      true,
    ],
    ['mae', { hidden: ['relu'], optimizer: { name: 'rmsprop', rho: 0.9 }, hasValidation: true }],
    [
      'huber',
      { hidden: ['tanh'], output: 'sigmoid', optimizer: { name: 'adagrad', epsilon: 1e-3 }, delta: 0.2 },
    ],
    ['sigmoid_cross_entropy', { hidden: ['tanh'], epochs: 2, hasValidation: true }],
    ['mse', { hidden: [], bias: null, optimizer: { name: 'sgd', momentum: 0.8 }, batches: full }],
  ])('%s, %j', async (loss, changes, isSparse = false) => {
    const dense = [samples(rows, loss, 0), samples(testRows, loss, 1)];
    const [first, second] = isSparse ? sparse(dense) : dense;
    const made = training(loss, changes);
    const ours = await train(first, second, made);
    const heard: number[] = [];
    const whole = made.batches === full;
    const theirs = await trainWithTorch(first, second, made, whole, versions!, (epoch) => heard.push(epoch));
    expect(heard).toEqual(Array.from({ length: made.epochs }, (_, index) => index + 1));
    expect(Object.keys({ ...theirs, weights: 0 }).sort()).toEqual(Object.keys(ours).sort());
    for (const part of ['train', 'test', 'validation'] as const) {
      for (const curve of ['loss', 'second'] as const) {
        const expected = ours[part]?.[curve] ?? [];
        const values = theirs[part]?.[curve] ?? [];
        expect(values).toHaveLength(expected.length);
        values.forEach((value, index) => {
          expect(Math.abs(value / expected[index] - 1)).toBeLessThan(1e-12);
        });
      }
    }
    expect(ours.train.loss.at(-1)).not.toBeCloseTo(ours.train.loss[0], 6);
    for (const outputs of ['trainOutputs', 'testOutputs', 'validationOutputs'] as const) {
      expect(theirs[outputs]?.length).toBe(ours[outputs]?.length);
      theirs[outputs]?.forEach((output, n) => {
        expect(output).toBeCloseTo(ours[outputs]![n], 12);
      });
    }
    expect(theirs.divergedAt).toBeNull();
  });

  test.each([
    [1e30, 0],
    [3, null],
  ])('diverges where ours does: rate %p', async (learningRate, atOnce) => {
    const parts = [samples(rows, 'mse', 0), samples(testRows, 'mse', 1)];
    const made = training('mse', { hidden: ['linear'], learningRate, epochs: 1000 });
    const ours = await train(parts[0], parts[1], made);
    const { divergedAt, train: curve } = await trainWithTorch(parts[0], parts[1], made, false, versions!);
    expect(divergedAt).toBe(atOnce ?? ours.divergedAt);
    expect(divergedAt).not.toBeNull();
    expect(curve.loss).toHaveLength(divergedAt! + 1);
  });
});
