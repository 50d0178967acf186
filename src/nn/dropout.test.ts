import { describe, expect, test } from '@jest/globals';
import { createReferenceKernels } from '../kernels/reference.ts';
import { csrFromDense } from '../math/csr.ts';
import { dtypes } from '../math/dtype.ts';
import { createMemory } from '../math/memory.ts';
import { createRng } from '../math/rng.ts';
import { type ActivationName, activationNames, activations } from './activations.ts';
import { createArena } from './arena.ts';
import { batchings } from './batches.ts';
import { createMasks, layOutDropout } from './dropout.ts';
import { initialWeights, type LayerSpec, type LayerWeights, layOut } from './network.ts';
import type { Samples } from './samples.ts';
import { schedules } from './schedules.ts';
import { type Training, train } from './train.ts';

/** Two inputs: a network with one layer of 8 relu nodes has a fused step, which has no masks. */
const [few, columns] = [7, 2];
/** More than are processed at a time. */
const many = 150;

const layer = (units: number, activation: ActivationName, dropout?: number): LayerSpec => ({
  units,
  activation,
  kernelInit: 'glorot_uniform',
  biasInit: 'random_normal',
  ...(dropout === undefined ? {} : { dropout }),
});

function samples(seed: number, rows = few): Samples {
  const rng = createRng(seed, 'data');
  const normals = (count: number) => Float64Array.from({ length: count }, () => rng.normal());
  return { rows, inputs: normals(rows * columns), targets: normals(rows) };
}

function training(layers: LayerSpec[], changes: Partial<Training> = {}): Training {
  return {
    layers,
    weights: initialWeights(layers, columns, 3),
    loss: 'mse',
    penalty: { lambda: 0, penalizeBiases: true },
    optimizer: { name: 'sgd' },
    learningRate: 0.1,
    schedule: schedules.constant,
    batches: batchings.full(few),
    epochs: 3,
    dropoutSeed: 11,
    dtype: 'float64',
    ...changes,
  };
}

/** Layers with these rates, their masks, and a function that draws the masks of the next N rows. */
function masksOf(rates: (number | undefined)[], units: number, N: number, seed = 11) {
  const specs = [...rates.map((rate) => layer(units, 'tanh', rate)), layer(1, 'linear')];
  const arena = createArena('float64');
  const memory = layOutDropout(layOut(specs, columns, N, 0, false, arena), specs, N, arena);
  const kernels = createReferenceKernels('float64', createMemory(arena.bytes()));
  const masks = createMasks(memory, specs, seed);
  const draw = (epoch: number | null) => {
    if (epoch !== null) masks!.startEpoch(epoch);
    masks!.draw(kernels, N);
    return memory.flatMap(({ mask }) => (mask < 0 ? [] : [kernels.floats.slice(mask, mask + N * units)]));
  };
  return { memory, masks, draw };
}

describe('masks', () => {
  test.each([0.1, 0.5, 0.9])('are 0 with probability %d, else so large that their mean is 1', (rate) => {
    const [mask] = masksOf([rate], 400, 100).draw(0);
    const dropped = mask.filter((factor) => factor === 0).length / mask.length;
    const deviation = Math.sqrt((rate * (1 - rate)) / mask.length);
    expect(Math.abs(dropped - rate)).toBeLessThan(4 * deviation);
    expect([...new Set(mask)].sort()).toEqual([0, 1 / (1 - rate)]);
    const mean = [...mask].reduce((sum, factor) => sum + factor, 0) / mask.length;
    expect(Math.abs(mean - 1)).toBeLessThan((4 * deviation) / (1 - rate));
  });

  test('follow from the seed and the epoch; those of another step, layer, epoch or seed are others', () => {
    const [first, second] = [masksOf([0.5, 0.5], 40, 5), masksOf([0.5, 0.5], 40, 5)];
    const steps = [...first.draw(2), ...first.draw(null), ...first.draw(3)];
    second.draw(0);
    expect([...second.draw(2), ...second.draw(null), ...second.draw(3)]).toEqual(steps);
    const others = [...steps, ...masksOf([0.5], 40, 5, 12).draw(2)];
    expect(new Set(others.map((mask) => mask.join())).size).toBe(7);
  });

  test('are drawn only for layers with dropout', () => {
    const { memory, draw } = masksOf([undefined, 0.5], 4, 3);
    expect(draw(0)).toHaveLength(1);
    expect(memory.map(({ mask, fed, output }) => [mask >= 0, fed !== output])).toEqual([
      [false, false],
      [true, true],
      [false, false],
    ]);
    expect(masksOf([undefined], 4, 3).masks).toBeNull();
  });
});

/** The mean squared error with the masks of the first step of epoch 0, by another road than the kernels'. */
function maskedLoss(
  { rows, inputs, targets }: Samples,
  layers: LayerSpec[],
  weights: LayerWeights[],
): number {
  const rng = createRng(11, 'dropout', 0);
  let below = { values: inputs as Float64Array, width: columns };
  layers.forEach(({ units, activation, dropout }, l) => {
    const { kernel, bias } = weights[l];
    const values = new Float64Array(rows * units);
    const { value } = activations[activation as ActivationName];
    for (let n = 0; n < rows; n++) {
      for (let h = 0; h < units; h++) {
        let z = bias![h];
        for (let d = 0; d < below.width; d++) z += below.values[n * below.width + d] * kernel[d * units + h];
        const factor = dropout === undefined ? 1 : rng.uint32() / 2 ** 32 < dropout ? 0 : 1 / (1 - dropout);
        values[n * units + h] = value(z) * factor;
      }
    }
    below = { values, width: units };
  });
  return below.values.reduce((sum, a, n) => sum + (a - targets[n]) ** 2, 0) / rows;
}

const networks: [string, LayerSpec[], number?][] = [
  ...activationNames.map((name): [string, LayerSpec[]] => [
    `two layers of ${name}`,
    [layer(6, name, 0.5), layer(5, name, 0.3), layer(1, 'linear')],
  ]),
  ['one layer of relu', [layer(8, 'relu', 0.5), layer(1, 'linear')]],
  ['one layer of relu and many rows', [layer(8, 'relu', 0.5), layer(1, 'linear')], many],
  ['one of two layers', [layer(8, 'relu'), layer(5, 'tanh', 0.5), layer(1, 'linear')]],
];

test.each(networks)(
  'the gradient behind masks of %s equals finite differences',
  async (_name, layers, rows = few) => {
    const set = samples(1, rows);
    const { weights: before, ...rest } = training(layers, {
      learningRate: 1,
      epochs: 1,
      batches: batchings.full(rows),
    });
    const { weights: after } = await train(set, set, { ...rest, weights: before });
    const h = 1e-6;
    before.forEach(({ kernel, bias }, l) => {
      for (const part of ['kernel', 'bias'] as const) {
        const w = { kernel, bias: bias! }[part];
        for (let i = 0; i < w.length; i++) {
          const old = w[i];
          const lossAt = (value: number) => {
            w[i] = value;
            return maskedLoss(set, layers, before as LayerWeights[]);
          };
          const slope = (lossAt(old + h) - lossAt(old - h)) / (2 * h);
          w[i] = old;
          expect(Math.abs(old - after[l][part]![i] - slope)).toBeLessThan(2e-8);
        }
      }
    });
  },
);

test('losses and outputs are measured without masks', async () => {
  const still = { schedule: () => 0 };
  const of = async (dropout?: number) => {
    const layers = [layer(8, 'relu', dropout), layer(1, 'linear')];
    return train(samples(1), samples(2), training(layers, still));
  };
  expect(await of(0.5)).toEqual(await of());
});

test.each(dtypes)('sparse inputs train to the bits of dense ones, in %s', async (dtype) => {
  const set = samples(1);
  const csr = csrFromDense(
    set.inputs as Float64Array,
    columns,
    Int32Array.from({ length: few }, (_, n) => n),
    1,
    dtype,
  );
  const inSparse = { ...set, inputs: { csr, rows: Int32Array.from({ length: few }, (_, n) => n) } };
  const layers = [layer(6, 'tanh', 0.4), layer(1, 'linear')];
  const how = training(layers, { dtype, batches: batchings['with-replacement'](few, 3, 5) });
  const dense = await train(set, set, how);
  expect(await train(inSparse, inSparse, how)).toEqual(dense);
  expect((await train(set, set, { ...how, dropoutSeed: 12 })).weights).not.toEqual(dense.weights);
});
