import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Kernels } from '../kernels/kernels.ts';
import { createReferenceKernels } from '../kernels/reference.ts';
import { createWasmKernels } from '../kernels/wasm.ts';
import { csrFromDense } from '../math/csr.ts';
import { type Dtype, dtypes } from '../math/dtype.ts';
import { createMemory } from '../math/memory.ts';
import { createRng } from '../math/rng.ts';
import { batchings } from './batches.ts';
import type { TrainingState } from './epochs.ts';
import { initialWeights, type LayerSpec } from './network.ts';
import {
  createOptimizer,
  defaultOptimizer,
  hyperparametersOf,
  type Optimizer,
  type OptimizerConfig,
  optimizerNames,
  optimizers,
} from './optimizers.ts';
import type { Samples } from './samples.ts';
import { schedules } from './schedules.ts';
import { type Training, train } from './train.ts';

/** Odd counts, with tails for vectors of every width. */
const counts = [1, 2, 3, 5, 7, 16, 17, 33];
const implementations = [
  ['reference', createReferenceKernels],
  ['wasm', createWasmKernels],
] as const;
const cases = implementations.flatMap(([name, create]) =>
  dtypes.map((dtype) => [name, dtype, create] as const),
);

/** Every optimiser with its defaults, and with each hyperparameter at other values that it takes. */
const configs = optimizerNames.flatMap((name): OptimizerConfig[] => {
  const known = Object.entries(hyperparametersOf(name));
  const defaults = { name, ...Object.fromEntries(known.map(([field, { default: own }]) => [field, own])) };
  const others = known.flatMap(([field, { holds }]) =>
    [0.3, 0.9].filter(holds).map((value) => ({ ...defaults, [field]: value })),
  );
  return [defaults, ...others] as OptimizerConfig[];
});

describe.each(optimizerNames)('the hyperparameters of %s', (name) => {
  const known = Object.values(hyperparametersOf(name));

  test('have defaults in their range', () => {
    for (const { default: own, holds, range } of known) expect([range, holds(own)]).toEqual([range, true]);
  });

  test('have a range, which is no number outside float64', () => {
    for (const { holds } of known) {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        expect(holds(value)).toBe(false);
      }
    }
  });
});

test('momentum is in [0, 1)', () => {
  const { holds } = hyperparametersOf('sgd').momentum;
  expect([0, 0.5, 1 - 2 ** -53].every(holds)).toBe(true);
  expect([-Number.MIN_VALUE, 1, 2].some(holds)).toBe(false);
});

test('the default is plain SGD with every default', () => {
  const defaults = Object.entries(hyperparametersOf('sgd')).map(([field, own]) => [field, own.default]);
  expect(defaultOptimizer).toEqual({ name: 'sgd', ...Object.fromEntries(defaults) });
  expect(createOptimizer(defaultOptimizer)).toMatchObject({ slots: 0, isPlain: true });
});

/** `steps` steps of an optimiser from normal weights by normal gradients; what each has to work with is at odd offsets. */
async function stepped(
  create: (dtype: Dtype, memory: WebAssembly.Memory) => Kernels | Promise<Kernels>,
  dtype: Dtype,
  config: OptimizerConfig,
  count: number,
  rates: readonly number[],
) {
  const kernels = await create(dtype, createMemory(65536));
  const { floats } = kernels;
  const { slots, update } = createOptimizer(config);
  const rng = createRng(count, 'data');
  const normals = () => Array.from({ length: count }, () => rng.normal());
  const round = dtype === 'float32' ? Math.fround : (x: number) => x;
  const [w, g] = [3, 3 + count + 3];
  const state = Array.from({ length: slots }, (_, slot) => 3 + (slot + 2) * (count + 3));
  const before = normals().map(round);
  floats.set(before, w);
  const gradients = rates.map(() => normals().map(round));
  rates.forEach((rate, step) => {
    floats.set(gradients[step], g);
    update(kernels, w, g, state, count, rate, step + 1);
  });
  const at = (offset: number) => [...floats.subarray(offset, offset + count)];
  return { before, gradients, after: at(w), state: state.map(at), round };
}

const rates = [0.1, 0.07, 0.3];

describe.each(cases)('with the %s kernels in %s', (_implementation, dtype, create) => {
  test('SGD without momentum is w <- w - rate g', async () => {
    for (const count of counts) {
      const config = { name: 'sgd', momentum: 0 } as const;
      const { before, gradients, after, round } = await stepped(create, dtype, config, count, rates);
      const w = [...before];
      rates.forEach((rate, step) => {
        for (let i = 0; i < count; i++) w[i] = round(w[i] - round(round(rate) * gradients[step][i]));
      });
      expect(after).toEqual(w);
    }
  });

  test.each([0.5, 0.9])(
    'SGD with momentum %d is v <- m v + rate g; w <- w - v, from v = 0',
    async (momentum) => {
      for (const count of counts) {
        const config = { name: 'sgd', momentum } as const;
        const { before, gradients, after, state, round } = await stepped(create, dtype, config, count, rates);
        const w = [...before];
        const v = w.map(() => 0);
        rates.forEach((rate, step) => {
          for (let i = 0; i < count; i++) {
            v[i] = round(round(round(momentum) * v[i]) + round(round(rate) * gradients[step][i]));
            w[i] = round(w[i] - v[i]);
          }
        });
        expect(after).toEqual(w);
        expect(state).toEqual([v]);
      }
    },
  );
});

describe.each(configs)('%j', (config) => {
  test('says what it is: plain steps need no state and are w <- w - rate g', async () => {
    const { slots, isPlain } = createOptimizer(config);
    const { before, gradients, after } = await stepped(createReferenceKernels, 'float64', config, 7, rates);
    const plain = before.map((w, i) => rates.reduce((sum, rate, step) => sum - rate * gradients[step][i], w));
    expect(JSON.stringify(after) === JSON.stringify(plain)).toBe(isPlain);
    if (isPlain) expect(slots).toBe(0);
  });

  test.each(dtypes)(
    'resumes in %s from any epoch with the bits of one that was never stopped',
    async (dtype) => {
      const how = training(config, dtype);
      const [first, second] = [samples(1), samples(2)];
      const kept: TrainingState[] = [];
      const keep = async (state: TrainingState) => {
        kept.push(structuredClone(state));
      };
      const run = (resume: TrainingState | null, due: () => boolean) =>
        train(first, second, how, undefined, undefined, { resume, due, keep });
      const whole = await run(null, () => true);
      expect(kept.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
      for (const state of kept) {
        expect(state.state).toHaveLength(createOptimizer(config).slots);
        for (const slot of state.state) {
          slot.forEach(({ kernel, bias }, layer) => {
            expect(kernel).toHaveLength(how.weights[layer].kernel.length);
            expect(bias?.length).toBe(how.weights[layer].bias?.length);
            expect(kernel.some((value) => value !== 0)).toBe(true);
          });
        }
        expect(await run(state, () => false)).toEqual(whole);
      }
    },
  );
});

describe('an optimiser that is added to the table', () => {
  const steps: number[] = [];
  /** u counts its steps; v is the sum of the gradients times their step; w <- w - rate v / u. */
  const probe: Optimizer = {
    slots: 2,
    isPlain: false,
    update({ floats }, w, gradient, [u, v], count, rate, step) {
      steps.push(step);
      for (let i = 0; i < count; i++) {
        floats[u + i] += 1;
        floats[v + i] += step * floats[gradient + i];
        floats[w + i] -= (rate * floats[v + i]) / floats[u + i];
      }
    },
  };
  const table: Record<string, unknown> = optimizers;
  beforeAll(() => {
    table.probe = { title: 'probe', hyperparameters: {}, create: () => probe };
  });
  afterAll(() => {
    Reflect.deleteProperty(table, 'probe');
  });
  const config = { name: 'probe' } as unknown as OptimizerConfig;

  test('hears of every step from 1, once for each kernel and each bias, also after a resume', async () => {
    const how = training(config, 'float64');
    const kept: TrainingState[] = [];
    const keep = async (state: TrainingState) => {
      kept.push(structuredClone(state));
    };
    steps.length = 0;
    const checkpoints = { resume: null, due: () => true, keep };
    const whole = await train(samples(1), samples(2), how, undefined, undefined, checkpoints);
    const total = how.epochs * how.batches.steps;
    // Three kernels and two biases.
    const expected = Array.from({ length: total }, (_, i) => new Array<number>(5).fill(i + 1)).flat();
    expect(steps).toEqual(expected);
    for (const state of kept) {
      const done = state.epoch * how.batches.steps;
      const [counts, sums] = state.state;
      for (const { kernel, bias } of counts) {
        expect(new Set([...kernel, ...(bias ?? [])])).toEqual(new Set([done]));
      }
      expect(sums).not.toEqual(counts);
      steps.length = 0;
      const resumed = { ...checkpoints, resume: state, due: () => false };
      expect(await train(samples(1), samples(2), how, undefined, undefined, resumed)).toEqual(whole);
      expect(steps).toEqual(expected.slice(5 * done));
    }
  });

  test('gives sparse rows the bits of dense ones: weights move without a gradient, too', async () => {
    const how = { ...training(config, 'float64'), penalty: { lambda: 0, penalizeBiases: true } };
    // Half of the inputs are 0, and all of one column.
    const inputs = (samples(1).inputs as Float64Array).map((x, i) => (i % columns === 2 || x < 0 ? 0 : x));
    const dense = { ...samples(1), inputs };
    const every = Int32Array.from({ length: rows }, (_, row) => row);
    const sparse = {
      ...dense,
      inputs: { csr: csrFromDense(inputs, columns, every, 1, 'float64'), rows: every },
    };
    expect(await train(sparse, sparse, how)).toEqual(await train(dense, dense, how));
  });
});

const [rows, columns] = [23, 5];

function samples(index: number): Samples {
  const rng = createRng(9, 'data', index);
  const normals = (count: number) => Float64Array.from({ length: count }, () => rng.normal());
  return { rows, inputs: normals(rows * columns), targets: normals(rows * 3) };
}

/** Odd sizes, and a layer without biases. */
function training(optimizer: OptimizerConfig, dtype: Dtype): Training {
  const layer = { kernelInit: 'glorot_uniform', biasInit: 'random_normal' } as const;
  const layers: LayerSpec[] = [
    { ...layer, units: 7, activation: 'sigmoid' },
    { ...layer, units: 5, activation: 'leaky_relu', biasInit: null },
    { ...layer, units: 3, activation: 'linear' },
  ];
  return {
    layers,
    weights: initialWeights(layers, columns, 5),
    loss: 'mse',
    penalty: { lambda: 0.01, penalizeBiases: true },
    optimizer,
    learningRate: 0.05,
    schedule: schedules.constant,
    batches: batchings.permutation(rows, 6, 5),
    epochs: 4,
    dtype,
  };
}
