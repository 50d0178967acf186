import { describe, expect, test } from '@jest/globals';
import { csrFromDense } from '../math/csr.ts';
import { createRng } from '../math/rng.ts';
import { batchings } from '../nn/batches.ts';
import { initialWeights, type LayerSpec } from '../nn/network.ts';
import type { Samples } from '../nn/samples.ts';
import { schedules } from '../nn/schedules.ts';
import { type Training, train } from '../nn/train.ts';
import { findTfjs, type TfjsVersions } from './tensorflow.ts';
import { trainWithTfjs } from './tfjs.ts';

const found = await findTfjs();
const versions = 'versions' in found ? found.versions : null;
if (versions === null) process.stderr.write('TensorFlow.js is not installed: its tests are skipped\n');
const withTfjs = versions === null ? describe.skip : describe;

/** Random inputs of two columns, dense, with targets in [0, 1] or of three classes. */
function samples(rows: number, classes: number, index: number): Samples {
  const rng = createRng(1, 'data', index);
  const inputs = Float64Array.from({ length: 2 * rows }, () => rng.uniform() - 0.5);
  const targets = new Float64Array(rows * Math.max(1, classes));
  for (let n = 0; n < rows; n++) {
    if (classes === 0) targets[n] = inputs[2 * n] ** 2 + inputs[2 * n + 1];
    else targets[n * classes + rng.below(classes)] = 1;
  }
  return { rows, inputs, targets };
}

/** The same rows as a sparse matrix, which has more rows than these, in another order. */
function sparse({ rows, inputs, targets }: Samples): Samples {
  const dense = Float64Array.of(9, 9, ...(inputs as Float64Array));
  const every = Int32Array.from({ length: rows + 1 }, (_, row) => row);
  const csr = csrFromDense(dense, 2, every, 1, 'float64');
  return { rows, inputs: { csr, rows: Int32Array.from({ length: rows }, (_, n) => n + 1) }, targets };
}

const hidden = (activation: LayerSpec['activation']): LayerSpec => ({
  units: 7,
  activation,
  kernelInit: 'glorot_uniform',
  biasInit: 'random_normal',
});

const [rows, testRows] = [1030, 11];

function trainingArguments(last: LayerSpec, changes: Partial<Training> = {}): Training {
  const layers = changes.layers ?? [hidden('relu'), last];
  return {
    layers,
    weights: initialWeights(layers, 2, 5),
    loss: last.activation === 'softmax' ? 'cross_entropy' : 'mse',
    penalty: { lambda: 0, penalizeBiases: true },
    optimizer: { name: 'sgd', momentum: 0 },
    learningRate: 0.1,
    schedule: schedules.constant,
    batches: batchings['with-replacement'](rows, 103, 5),
    epochs: 4,
    dtype: 'float64',
    ...changes,
  };
}

const linear: LayerSpec = { ...hidden('linear'), units: 1 };
const withoutBias: LayerSpec = { ...linear, biasInit: null };
const softmax: LayerSpec = { ...hidden('softmax'), units: 3 };

withTfjs('the same training by TensorFlow.js', () => {
  test.each<[string, Training]>([
    ['relu', trainingArguments(linear)],
    ['sigmoid', trainingArguments(linear, { layers: [hidden('sigmoid'), linear] })],
    [
      'leaky_relu, two layers',
      trainingArguments(linear, { layers: [hidden('leaky_relu'), hidden('relu'), linear] }),
    ],
    ['no hidden layer, no bias', trainingArguments(linear, { layers: [withoutBias] })],
    [
      'momentum',
      trainingArguments(linear, {
        penalty: { lambda: 0, penalizeBiases: true },
        optimizer: { name: 'sgd', momentum: 0.9 },
      }),
    ],
    [
      'penalty',
      trainingArguments(linear, {
        penalty: { lambda: 0.05, penalizeBiases: true },
        optimizer: { name: 'sgd', momentum: 0 },
      }),
    ],
    [
      'kernels penalised',
      trainingArguments(linear, {
        penalty: { lambda: 0.05, penalizeBiases: false },
        optimizer: { name: 'sgd', momentum: 0 },
      }),
    ],
    ['decay', trainingArguments(linear, { schedule: schedules.decay_per_step })],
    ['permutation', trainingArguments(linear, { batches: batchings.permutation(rows, 100, 5) })],
    ['softmax', trainingArguments(softmax)],
  ])('has our curves to the rounding of float32: %s', async (_name, training) => {
    const classes = training.loss === 'mse' ? 0 : 3;
    const [first, second] = [samples(rows, classes, 0), samples(testRows, classes, 1)];
    const ours = await train(first, second, training);
    const heard: number[] = [];
    const theirs = await trainWithTfjs(first, second, training, versions!, (epoch) => heard.push(epoch));
    expect(heard).toEqual([1, 2, 3, 4]);
    for (const part of ['train', 'test'] as const) {
      theirs[part].loss.forEach((loss, epoch) => {
        expect(Math.abs(loss / ours[part].loss[epoch] - 1)).toBeLessThan(2e-6);
      });
      expect(theirs[part].loss).toHaveLength(4);
      expect(theirs[part].second).toEqual(ours[part].second);
    }
    expect(ours.train.loss[3]).not.toBeCloseTo(ours.train.loss[0], 5);
    theirs.testOutputs.forEach((output, n) => {
      expect(output).toBeCloseTo(ours.testOutputs[n], 5);
    });
    expect(theirs.testOutputs).toHaveLength(ours.testOutputs.length);
    expect(theirs.divergedAt).toBeNull();
  });

  test('is the same twice, and takes sparse rows as dense ones', async () => {
    const [first, second] = [samples(rows, 3, 0), samples(testRows, 3, 1)];
    const training = trainingArguments(softmax);
    const once = await trainWithTfjs(first, second, training, versions!);
    expect(await trainWithTfjs(first, second, training, versions!)).toEqual(once);
    expect(await trainWithTfjs(sparse(first), sparse(second), training, versions!)).toEqual(once);
  });

  test.each([linear, softmax])('ends where a loss is no longer finite: $activation', async (last) => {
    const training = trainingArguments(last, { layers: [hidden('linear'), last], learningRate: 1e30 });
    const [first, second] = [0, 1].map((index) => samples(rows, last === softmax ? 3 : 0, index));
    const { divergedAt, train: curve } = await trainWithTfjs(first, second, training, versions!);
    expect(divergedAt).toBe(0);
    expect(curve.loss).toHaveLength(1);
  });

  test('of another version than the expected is refused', async () => {
    const other: TfjsVersions = { ...versions!, version: '0.0.1' };
    const run = trainWithTfjs(samples(rows, 0, 0), samples(testRows, 0, 1), trainingArguments(linear), other);
    await expect(run).rejects.toThrow('0.0.1');
  });
});
