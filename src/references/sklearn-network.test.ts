import { describe, expect, test } from '@jest/globals';
import { csrFromDense } from '../math/csr.ts';
import { createRng } from '../math/rng.ts';
import type { ActivationName } from '../nn/activations.ts';
import { batchings } from '../nn/batches.ts';
import { initialWeights, type LayerSpec } from '../nn/network.ts';
import type { OptimizerConfig } from '../nn/optimizers.ts';
import type { Samples } from '../nn/samples.ts';
import { schedules } from '../nn/schedules.ts';
import { type Training, train } from '../nn/train.ts';
import { missingInMlp } from './missing-in-mlp.ts';
import { findSklearn } from './sklearn.ts';
import { trainWithMlp } from './sklearn-network.ts';

const found = await findSklearn();
const versions = 'versions' in found ? found.versions : null;
if (versions === null) process.stderr.write('scikit-learn is not installed: its tests are skipped\n');
const withSklearn = versions === null ? describe.skip : describe;

const [rows, columns] = [23, 3];
const rng = createRng(4, 'data');
const inputs = Float64Array.from({ length: rows * columns }, () => Math.max(0, rng.normal()));
const classOf = Array.from({ length: rows }, (_, n) => (inputs[n * columns] > 0.3 ? 2 : rng.below(2)));
const targets = {
  mse: Float64Array.from(classOf, (label) => label + rng.normal()),
  binary_cross_entropy: Float64Array.from(classOf, (label) => Number(label === 2)),
  cross_entropy: Float64Array.from({ length: rows * 3 }, (_, i) =>
    Number(classOf[Math.floor(i / 3)] === i % 3),
  ),
};
const outputs = {
  mse: { units: 1, activation: 'linear' },
  binary_cross_entropy: { units: 1, activation: 'sigmoid' },
  cross_entropy: { units: 3, activation: 'softmax' },
} as const;
type Loss = keyof typeof targets;

function training(loss: Loss, changes: Partial<Training> & { activation?: ActivationName } = {}): Training {
  const { activation = 'tanh', ...others } = changes;
  const init = { kernelInit: 'glorot_uniform', biasInit: 'random_normal' } as const;
  const hidden = [5, 4].map((units): LayerSpec => ({ units, activation, ...init }));
  const layers = [...hidden, { ...outputs[loss], ...init }];
  return {
    layers,
    weights: initialWeights(layers, columns, 7, 0),
    loss,
    penalty: { lambda: 0.01, penalizeBiases: false },
    optimizer: { name: 'sgd', momentum: 0.9, nesterov: 'yes' },
    learningRate: 0.03,
    schedule: schedules.constant,
    batches: batchings.full(rows),
    epochs: 12,
    dtype: 'float64',
    ...others,
  };
}

const samplesOf = (loss: Loss): Samples => ({ rows, inputs, targets: targets[loss] });
const near = (values: readonly number[] | Float64Array, digits: number) =>
  [...values].map((value) => expect.closeTo(value, digits));

withSklearn('with full batches it trains as we do', () => {
  const adam: OptimizerConfig = { name: 'adam', beta1: 0.8, beta2: 0.95, epsilon: 1e-12 };
  test.each<[string, Loss, Parameters<typeof training>[1]]>([
    ['a regression, tanh', 'mse', {}],
    [
      'three classes, sigmoid, momentum',
      'cross_entropy',
      { activation: 'sigmoid', optimizer: { name: 'sgd', momentum: 0.5 } },
    ],
    ['two classes, relu', 'binary_cross_entropy', { activation: 'relu', optimizer: { name: 'sgd' } }],
    ['a regression, Adam', 'mse', { optimizer: adam }],
    ['three classes, linear, Adam', 'cross_entropy', { activation: 'linear', optimizer: adam }],
  ])('%s', async (_title, loss, changes) => {
    const samples = samplesOf(loss);
    const how = training(loss, changes);
    const ours = await train(samples, samples, how);
    const theirs = await trainWithMlp(samples, samples, how, true, 1, versions!);
    expect(theirs.divergedAt).toBeNull();
    expect(theirs.train.loss).toEqual(near(ours.train.loss, 9));
    expect([...theirs.testOutputs]).toEqual(near(ours.testOutputs, 8));
    expect([...theirs.trainOutputs]).toEqual(near(ours.trainOutputs, 8));
    if (loss !== 'mse') expect(theirs.train.second).toEqual(ours.train.second);
  });

  test('also sparse rows, with validation rows, evaluated after some epochs', async () => {
    const every = Int32Array.from({ length: rows }, (_, row) => row);
    const csr = csrFromDense(inputs, columns, every, 1, 'float64');
    const dense = samplesOf('cross_entropy');
    const sparse: Samples = { ...dense, inputs: { csr, rows: every } };
    const how = training('cross_entropy', { evaluateEvery: 5 });
    const ours = await train(dense, dense, { ...how, validation: dense });
    const heard: number[] = [];
    const theirs = await trainWithMlp(
      ...([sparse, sparse, { ...how, validation: sparse }, true, 1, versions!] as const),
      (epoch) => heard.push(epoch),
    );
    expect(theirs.validation!.loss).toEqual(near(ours.validation!.loss, 9));
    expect(theirs.train.loss).toHaveLength(3);
    expect(heard).toEqual(Array.from({ length: 12 }, (_, epoch) => epoch + 1));
  });
});

withSklearn('scikit-learn', () => {
  test('draws its own mini-batches: the same for the same seed, others for another and in each epoch', async () => {
    const samples = samplesOf('mse');
    const how = training('mse', { batches: batchings.permutation(rows, 4, 1), epochs: 3 });
    const fitted = (seed: number) => trainWithMlp(samples, samples, how, false, seed, versions!);
    const once = await fitted(1);
    expect(await fitted(1)).toEqual(once);
    expect((await fitted(2)).train.loss).not.toEqual(once.train.loss);
  });

  test('ends as diverged where the weights are not finite', async () => {
    const samples = samplesOf('mse');
    const how = training('mse', { activation: 'relu', learningRate: 1e12 });
    const { divergedAt, train: curve } = await trainWithMlp(samples, samples, how, true, 1, versions!);
    expect(divergedAt).not.toBeNull();
    expect(curve.loss.length).toBeLessThan(12);
  });
});

describe('what it does not have', () => {
  const given = { ...training('mse'), schedule: 'constant', batches: 'full' };
  const hidden = given.layers.slice(0, -1);
  const last = given.layers.at(-1)!;

  test('nothing of what is trained above', () => {
    expect(missingInMlp(given)).toBeNull();
  });

  test.each<[string, Partial<Parameters<typeof missingInMlp>[0]>]>([
    ['hidden', { layers: [last] }],
    ['activation', { layers: [{ ...hidden[0], activation: 'relu6' }, last] }],
    ['activation', { layers: [hidden[0], { ...hidden[1], activation: 'relu' }, last] }],
    ['biasInit', { layers: [{ ...hidden[0], biasInit: null }, last] }],
    ['outputBiasInit', { layers: [...hidden, { ...last, biasInit: null }] }],
    ['dropout', { layers: [{ ...hidden[0], dropout: 0.5 }, last] }],
    ['loss', { loss: 'mae' }],
    ['loss', { loss: 'cross_entropy', layers: [...hidden, { ...last, units: 2, activation: 'softmax' }] }],
    ['outputActivation', { layers: [...hidden, { ...last, activation: 'sigmoid' }] }],
    ['l1', { penalty: { lambda: 0, l1: 0.1, penalizeBiases: false } }],
    ['penalize', { penalty: { lambda: 0.1, penalizeBiases: true } }],
    ['schedule', { schedule: 'decay' }],
    ['optimizer', { optimizer: { name: 'rmsprop' } }],
    ['clipNorm', { optimizer: { name: 'sgd', clipNorm: 1 } }],
    ['batches', { batches: 'with-replacement' }],
  ])('%s', (setting, changes) => {
    expect(missingInMlp({ ...given, ...changes })).toMatchObject({ setting });
  });
});
