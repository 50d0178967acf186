import { describe, expect, test } from '@jest/globals';
import { createKernels } from '../kernels/index.ts';
import { csrFromDense } from '../math/csr.ts';
import { createRng } from '../math/rng.ts';
import { batchings } from './batches.ts';
import { initialWeights, type LayerSpec } from './network.ts';
import { createPredictor } from './predictor.ts';
import type { Samples } from './samples.ts';
import { schedules } from './schedules.ts';
import { train } from './train.ts';
import { weightsFromBytes, weightsToBytes } from './weights-bytes.ts';

const columns = 13;
const layer = { kernelInit: 'glorot_uniform', biasInit: 'zeros' } as const;
const network: LayerSpec[] = [
  { ...layer, units: 7, activation: 'sigmoid' },
  { ...layer, units: 5, activation: 'leaky_relu', biasInit: null },
  { ...layer, units: 3, activation: 'softmax' },
];

/** 21 rows, three quarters of their inputs 0, in three classes. */
const inputs = (() => {
  const rng = createRng(1, 'data');
  return Float64Array.from({ length: 21 * columns }, () => (rng.below(4) === 0 ? rng.uniform() : 0));
})();
const targets = Float64Array.from({ length: 21 * 3 }, (_, i) => (Math.floor(i / 3) % 3 === i % 3 ? 1 : 0));
const rows = Int32Array.from({ length: 21 }, (_, row) => row);

describe.each(['float32', 'float64'] as const)('%s', (dtype) => {
  test.each<[string, Samples['inputs']]>([
    ['dense rows', inputs],
    ['sparse rows', { csr: csrFromDense(inputs, columns, rows, 1, dtype), rows }],
  ])('answers with the bits of the training, %s', async (_name, given) => {
    const samples = { rows: 21, inputs: given, targets };
    const { testOutputs, weights } = await train(samples, samples, {
      layers: network,
      weights: initialWeights(network, columns, 5),
      loss: 'cross_entropy',
      penalty: { lambda: 0, penalizeBiases: true },
      optimizer: { name: 'sgd', momentum: 0 },
      learningRate: 0.5,
      schedule: schedules.constant,
      batches: batchings.permutation(21, 21, 5),
      epochs: 3,
      dtype,
    });
    const kept = weightsFromBytes(weightsToBytes(weights, dtype), network, dtype);
    expect(kept).toEqual(weights);
    const predict = await createPredictor(network, kept!, 'cross_entropy', dtype, createKernels);
    for (const row of rows) {
      const output = predict(inputs.subarray(row * columns, (row + 1) * columns));
      expect(output).toEqual([...testOutputs.subarray(3 * row, 3 * row + 3)]);
    }
  });

  test('bytes of another length are no weights', () => {
    const bytes = weightsToBytes(initialWeights(network, columns, 5), dtype);
    expect(weightsFromBytes(bytes.subarray(1), network, dtype)).toBeNull();
    expect(weightsFromBytes(new Uint8Array(), network, dtype)).toBeNull();
  });
});
