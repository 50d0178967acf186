import { describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { activationNames } from './activations.ts';
import { batchings } from './batches.ts';
import type { LossName } from './losses.ts';
import { initialWeights, type LayerSpec, type LayerWeights } from './network.ts';
import type { Samples } from './samples.ts';
import { train } from './train.ts';

/** Odd sizes, so that every kernel meets a tail. */
const rows = 7;
const columns = 3;
const widths = [5, 4, 3];

function samplesFor(loss: LossName, outputs: number): Samples {
  const rng = createRng(7, 'data');
  const targets = new Float64Array(rows * outputs);
  for (let n = 0; n < rows; n++) {
    if (loss === 'cross_entropy') targets[n * outputs + rng.below(outputs)] = 1;
    else if (loss === 'binary_cross_entropy') targets[n] = rng.below(2);
    else for (let p = 0; p < outputs; p++) targets[n * outputs + p] = rng.normal();
  }
  return { rows, inputs: Float64Array.from({ length: rows * columns }, () => rng.normal()), targets };
}

function layersFor(activation: LayerSpec['activation'], output: LayerSpec, depth: number): LayerSpec[] {
  const hidden: LayerSpec[] = widths.slice(0, depth).map((units) => ({
    units,
    activation,
    kernelInit: 'glorot_uniform',
    biasInit: 'random_normal',
  }));
  return [...hidden, output];
}

/** One full-batch step at rate `rate`: with rate 0 the loss at `weights`, with rate 1 the gradient as their change. */
async function stepOnce(
  samples: Samples,
  layers: LayerSpec[],
  weights: LayerWeights[],
  loss: LossName,
  rate: number,
  lambda = 0,
  penalizeBiases = true,
  l1 = 0,
) {
  return train(samples, samples, {
    layers,
    weights,
    loss,
    penalty: { lambda, l1, penalizeBiases },
    optimizer: { name: 'sgd', momentum: 0 },
    learningRate: 1,
    schedule: () => rate,
    batches: batchings.full(samples.rows),
    epochs: 1,
    dtype: 'float64',
  });
}

function arraysOf(weights: LayerWeights[]): Float64Array[] {
  return weights.flatMap(({ kernel, bias }) => (bias === null ? [kernel] : [kernel, bias]));
}

async function largestGradientError(
  layers: LayerSpec[],
  loss: LossName,
  lambda = 0,
  penalizeBiases = true,
  l1 = 0,
): Promise<number> {
  const samples = samplesFor(loss, layers[layers.length - 1].units);
  const weights = initialWeights(layers, columns, 3);
  const penalty = () =>
    weights.reduce((sum, { kernel, bias }) => {
      const penalized = [...kernel, ...(penalizeBiases && bias !== null ? bias : [])];
      return sum + penalized.reduce((s, w) => s + lambda * w * w + l1 * Math.abs(w), 0);
    }, 0);
  const lossNow = async () => (await stepOnce(samples, layers, weights, loss, 0)).train.loss[0] + penalty();

  const after = await stepOnce(samples, layers, weights, loss, 1, lambda, penalizeBiases, l1);
  const before = arraysOf(weights);
  let largest = 0;
  const changed = arraysOf(after.weights);
  for (let array = 0; array < before.length; array++) {
    for (let i = 0; i < before[array].length; i++) {
      const w = before[array][i];
      const h = 1e-6;
      before[array][i] = w + h;
      const above = await lossNow();
      before[array][i] = w - h;
      const below = await lossNow();
      before[array][i] = w;
      largest = Math.max(largest, Math.abs((above - below) / (2 * h) - (w - changed[array][i])));
    }
  }
  return largest;
}

const outputs: [string, LossName, LayerSpec][] = [
  ...activationNames.map((activation): [string, LossName, LayerSpec] => [
    `mse with ${activation} output`,
    'mse',
    { units: 2, activation, kernelInit: 'glorot_uniform', biasInit: 'random_normal' },
  ]),
  [
    'binary cross-entropy with sigmoid output',
    'binary_cross_entropy',
    { units: 1, activation: 'sigmoid', kernelInit: 'glorot_uniform', biasInit: 'random_normal' },
  ],
  [
    'cross-entropy with softmax output',
    'cross_entropy',
    { units: 3, activation: 'softmax', kernelInit: 'glorot_uniform', biasInit: 'random_normal' },
  ],
];

describe.each(outputs)('gradient of %s', (_name, loss, output) => {
  test.each(activationNames)(
    '%s hidden layers, depth 0 to 3, equals finite differences',
    async (activation) => {
      for (const depth of [0, 1, 2, 3]) {
        expect(await largestGradientError(layersFor(activation, output, depth), loss)).toBeLessThan(2e-8);
      }
    },
  );

  const penalties = [
    [0.3, 0],
    [0, 0.3],
    [0.2, 0.1],
  ];
  test.each(activationNames)(
    'with L2, L1 and both on all weights and on kernels only, behind %s layers',
    async (activation) => {
      const layers = layersFor(activation, output, 1);
      for (const [lambda, l1] of penalties) {
        for (const ofAll of [true, false]) {
          expect(await largestGradientError(layers, loss, lambda, ofAll, l1)).toBeLessThan(2e-8);
        }
      }
    },
  );

  test('without biases', async () => {
    const layers = layersFor('sigmoid', { ...output, biasInit: null }, 1).map((l) => ({
      ...l,
      biasInit: null,
    }));
    expect(await largestGradientError(layers, loss)).toBeLessThan(2e-8);
  });
});
