import { describe, expect, test } from '@jest/globals';
import { createReferenceKernels } from '../kernels/reference.ts';
import { csrFromDense } from '../math/csr.ts';
import { type Dtype, dtypes } from '../math/dtype.ts';
import { createRng } from '../math/rng.ts';
import { allocate } from './arena.ts';
import { batchings, recordedBatches } from './batches.ts';
import { noCheckpoints, type TrainingState } from './epochs.ts';
import { evaluationRows } from './evaluate.ts';
import { forwardHidden, multiplyByDerivativeInPlace } from './forward.ts';
import { losses } from './losses.ts';
import { initialWeights, type LayerSpec, layOut } from './network.ts';
import { layOutSamples, loadSamples, type Samples } from './samples.ts';
import { schedules } from './schedules.ts';
import { type Trained, type Training, train } from './train.ts';
import { copyWeights, storeWeights } from './weights.ts';

/** Two parts and a rest. */
const rows = 2 * evaluationRows + 3;
const columns = 5;
const every = Int32Array.from({ length: rows }, (_, n) => n);

function floats(dtype: Dtype, length: number, value: () => number): Float32Array | Float64Array {
  return dtype === 'float32' ? Float32Array.from({ length }, value) : Float64Array.from({ length }, value);
}

function samplesOf(dtype: Dtype, sparse: boolean, classes: boolean): Samples {
  const rng = createRng(8, 'data');
  const inputs = floats(dtype, rows * columns, () => (rng.below(3) === 0 ? rng.normal() : 0));
  const targets = floats(dtype, rows * 3, () => rng.normal());
  if (classes) {
    targets.fill(0);
    for (let n = 0; n < rows; n++) targets[3 * n + rng.below(3)] = 1;
  }
  if (!sparse) return { rows, inputs, targets };
  return { rows, inputs: { csr: csrFromDense(inputs, columns, every, 1, dtype), rows: every }, targets };
}

function trainingOf(dtype: Dtype, settings: Partial<Training>): Training {
  const layer = { kernelInit: 'glorot_uniform', biasInit: 'random_normal' } as const;
  const output = settings.loss === 'cross_entropy' ? 'softmax' : 'linear';
  const layers: LayerSpec[] = [
    { units: 18, activation: 'tanh', ...layer },
    { units: 7, activation: 'gelu', ...layer },
    { units: 3, activation: output, ...layer },
  ];
  return {
    layers,
    weights: initialWeights(layers, columns, 2),
    loss: 'mse',
    penalty: { lambda: 0, penalizeBiases: false },
    optimizer: { name: 'sgd' },
    learningRate: 0.05,
    schedule: schedules.constant,
    batches: batchings.full(rows),
    epochs: 4,
    dtype,
    ...settings,
  };
}

const resultOf = ({ train, test, weights, trainOutputs }: Trained) => ({
  train,
  test,
  weights,
  trainOutputs,
});

const settings: [string, boolean, Partial<Training>][] = [
  ['sgd', false, {}],
  ['sgd on sparse rows', true, {}],
  ['adam on sparse rows, with classes', true, { loss: 'cross_entropy', optimizer: { name: 'adam' } }],
  [
    'a penalty and clipping',
    false,
    {
      penalty: { lambda: 0.01, l1: 0.01, penalizeBiases: true },
      optimizer: { name: 'adagrad', clipNorm: 0.1 },
    },
  ],
  ['losses after every second epoch', false, { evaluateEvery: 2 }],
];

describe.each(dtypes)('gradient descent in %s', (dtype) => {
  test.each(settings)(
    'all rows in order give the bits of the same rows as a drawn batch: %s',
    async (_name, sparse, given) => {
      const samples = samplesOf(dtype, sparse, given.loss === 'cross_entropy');
      const whole = await train(samples, samples, trainingOf(dtype, given));
      const drawn = recordedBatches(Array.from({ length: 4 }, () => [[...every]]));
      const gathered = await train(samples, samples, trainingOf(dtype, { ...given, batches: drawn }));
      expect(resultOf(whole)).toEqual(resultOf(gathered));
      expect(whole.train.loss.at(-1)).toBeLessThan(whole.train.loss[0]);
    },
  );

  test('a training that is resumed gives the bits of one that is not', async () => {
    const samples = samplesOf(dtype, false, false);
    const training = trainingOf(dtype, { optimizer: { name: 'adam' } });
    const states: TrainingState[] = [];
    const checkpoints = {
      ...noCheckpoints,
      due: () => true,
      keep: async (state: TrainingState) => void states.push(structuredClone(state)),
    };
    const whole = await train(samples, samples, training, undefined, undefined, checkpoints);
    for (const resume of states) {
      const resumed = await train(samples, samples, training, undefined, undefined, {
        ...noCheckpoints,
        resume,
      });
      expect(resultOf(resumed)).toEqual(resultOf(whole));
    }
    expect(states.length).toBe(3);
  });

  test('a step in parts has the bits of one on all rows at a time', async () => {
    const samples = samplesOf(dtype, false, false);
    const { layers, weights, ...training } = trainingOf(dtype, { epochs: 1 });
    const { offsets, region } = allocate(dtype, null, (arena) => ({
      samples: layOutSamples([samples], arena),
      network: layOut(layers, columns, rows, 0, false, arena),
    }));
    const kernels = createReferenceKernels(dtype, region.memory);
    const {
      network,
      samples: [memory],
    } = offsets;
    loadSamples([samples], [memory], kernels);
    storeWeights(kernels, network, weights);
    forwardHidden(kernels, network, memory, memory.dense, -1, rows);
    losses.mse.backward(kernels, network[2], memory.targets, rows, rows);
    for (let l = 2; l >= 0; l--) {
      const { delta, kernel, transposed, inputs, units } = network[l];
      const below = l > 0 ? network[l - 1] : null;
      kernels.backwardBias(delta, network[l].biasGradient, rows, units);
      kernels.denseBackwardWeights(
        below?.output ?? memory.dense,
        delta,
        network[l].kernelGradient,
        rows,
        inputs,
        units,
      );
      if (below === null) continue;
      kernels.backwardInputs(delta, kernel, transposed, below.delta, rows, inputs, units);
      multiplyByDerivativeInPlace(kernels, below, rows);
    }
    for (const { kernel, kernelGradient, bias, biasGradient, inputs, units } of network) {
      kernels.sgdInPlace(kernel, kernelGradient, training.learningRate, inputs * units);
      kernels.sgdInPlace(bias, biasGradient, training.learningRate, units);
    }
    const trained = await train(samples, samples, { layers, weights, ...training });
    expect(trained.weights).toEqual(copyWeights(kernels, network));
    region.release();
  });
});
