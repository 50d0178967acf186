import { describe, expect, test } from '@jest/globals';
import { createKernels } from '../kernels/index.ts';
import { csrFromDense } from '../math/csr.ts';
import { createRng } from '../math/rng.ts';
import type { ActivationName } from './activations.ts';
import { allocate } from './arena.ts';
import { batchings } from './batches.ts';
import { evaluate, evaluationRows } from './evaluate.ts';
import { lossAndGradient } from './gradient.ts';
import { type LossName, losses } from './losses.ts';
import { initialWeights, type LayerSpec, type LayerWeights, layOut } from './network.ts';
import {
  columnsOf,
  isSparse,
  layOutSamples,
  layOutSparseWorkspace,
  loadSamples,
  memoryOf,
  type Samples,
} from './samples.ts';
import { train } from './train.ts';
import { storeWeights } from './weights.ts';

/** Three pieces, the last of them odd. */
const rows = 2 * evaluationRows + 45;
const columns = 7;

function samplesFor(loss: LossName, outputs: number, sparse: boolean): Samples {
  const rng = createRng(3, 'data');
  const inputs = Float64Array.from({ length: rows * columns }, () =>
    rng.uniform() < 0.6 ? 0 : rng.normal(),
  );
  const targets = new Float64Array(rows * outputs);
  for (let n = 0; n < rows; n++) {
    if (loss === 'cross_entropy') targets[n * outputs + rng.below(outputs)] = 1;
    else for (let p = 0; p < outputs; p++) targets[n * outputs + p] = rng.normal();
  }
  if (!sparse) return { rows, inputs, targets };
  // Backwards, so that a sample's number is not its row's.
  const order = Int32Array.from({ length: rows }, (_, n) => rows - 1 - n);
  const every = Int32Array.from({ length: rows }, (_, n) => n);
  return { rows, inputs: { csr: csrFromDense(inputs, columns, every, 1, 'float64'), rows: order }, targets };
}

function layersFor(loss: LossName, hidden: number[], bias: boolean): LayerSpec[] {
  const biasInit = bias ? 'random_normal' : null;
  const layer = (units: number, activation: ActivationName | 'softmax'): LayerSpec => ({
    units,
    activation,
    kernelInit: 'glorot_uniform',
    biasInit,
  });
  const output = loss === 'mse' ? layer(2, 'linear') : layer(10, 'softmax');
  return [...hidden.map((units) => layer(units, 'sigmoid')), output];
}

async function measured(samples: Samples, layers: LayerSpec[], weights: LayerWeights[], name: LossName) {
  const { offsets, region } = allocate('float64', memoryOf(samples), (arena) => ({
    rows: layOutSamples([samples], arena),
    network: layOut(layers, columnsOf(samples), evaluationRows, 0, isSparse(samples.inputs), arena),
    sorted: layOutSparseWorkspace(samples, evaluationRows, arena),
  }));
  const { network, sorted } = offsets;
  const [memory] = offsets.rows;
  const kernels = await createKernels('float64', region.memory);
  loadSamples([samples], [memory], kernels);
  storeWeights(kernels, network, weights);
  const count = flat(weights).length;
  const gradient = new Float64Array(count).fill(99);
  const score = lossAndGradient(kernels, network, memory, sorted, losses[name], gradient);
  return { score, gradient, evaluated: evaluate(kernels, network, memory, losses[name]) };
}

const flat = (weights: LayerWeights[]): number[] =>
  weights.flatMap(({ kernel, bias }) => [...kernel, ...(bias ?? [])]);

/** 64 units set a sparse kernel's rows apart. */
const networks: [LossName, number[], boolean, boolean][] = [
  ['cross_entropy', [], true, false],
  ['cross_entropy', [], true, true],
  ['cross_entropy', [64], true, true],
  ['cross_entropy', [5, 4], false, true],
  ['mse', [], false, false],
  ['mse', [5], true, true],
  ['mse', [6, 5, 4], true, false],
];

describe.each(networks)('%s, hidden layers %j, biases %j, sparse %j', (loss, hidden, bias, sparse) => {
  test('the gradient is the step of SGD on all rows, and the score that of an evaluation', async () => {
    const layers = layersFor(loss, hidden, bias);
    const samples = samplesFor(loss, layers[layers.length - 1].units, sparse);
    const weights = initialWeights(layers, columns, 5);
    const { score, gradient, evaluated } = await measured(samples, layers, weights, loss);
    expect(score).toEqual(evaluated);

    // gradients.test.ts compares these steps with finite differences.
    const stepped = await train(samples, samples, {
      layers,
      weights,
      loss,
      penalty: { lambda: 0, penalizeBiases: false },
      optimizer: { name: 'sgd', momentum: 0 },
      learningRate: 1,
      schedule: () => 1,
      batches: batchings.full(rows),
      epochs: 1,
      dtype: 'float64',
    });
    const after = flat(stepped.weights);
    const before = flat(weights);
    expect(gradient).toHaveLength(before.length);
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(1e-3);
    gradient.forEach((g, i) => {
      expect(Math.abs(before[i] - after[i] - g)).toBeLessThan(1e-14);
    });
  });
});
