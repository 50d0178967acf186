import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Kernels, smallestState } from '../kernels/kernels.ts';
import { createReferenceKernels } from '../kernels/reference.ts';
import { createWasmKernels } from '../kernels/wasm.ts';
import { csrFromDense } from '../math/csr.ts';
import { type Dtype, dtypes } from '../math/dtype.ts';
import { createMemory } from '../math/memory.ts';
import { createRng } from '../math/rng.ts';
import { batchings, recordedBatches } from './batches.ts';
import type { TrainingState } from './epochs.ts';
import { initialWeights, type LayerSpec, type LayerWeights } from './network.ts';
import {
  allows,
  createOptimizer,
  defaultOptimizer,
  hyperparametersOf,
  type Optimizer,
  type OptimizerConfig,
  optimizerNames,
  optimizers,
  withDefaults,
} from './optimizers.ts';
import type { Samples } from './samples.ts';
import { schedules } from './schedules.ts';
import { type Training, train } from './train.ts';

const [rows, columns] = [23, 5];

/** Odd counts, with tails for vectors of every width. */
const counts = [1, 2, 3, 5, 7, 16, 17, 33];
const implementations = [
  ['reference', createReferenceKernels],
  ['wasm', createWasmKernels],
] as const;
const cases = implementations.flatMap(([name, create]) =>
  dtypes.map((dtype) => [name, dtype, create] as const),
);

/** Every optimiser with its defaults, with each hyperparameter at other values, and with momentum of each kind. */
const configs = optimizerNames.flatMap((name): OptimizerConfig[] => {
  const defaults = withDefaults({ name });
  const others = Object.entries(hyperparametersOf(name)).flatMap(([field, own]) =>
    [0.3, 0.9, ...(own.choices ?? [])]
      .filter((value) => allows(own, value) && value !== own.default)
      .map((value) => ({ ...defaults, [field]: value })),
  );
  const nesterov = name === 'sgd' ? [{ ...defaults, momentum: 0.9, nesterov: 'yes' }] : [];
  return [defaults, ...others, ...nesterov] as OptimizerConfig[];
});

describe.each(optimizerNames)('the hyperparameters of %s', (name) => {
  const known = Object.values(hyperparametersOf(name));

  test('have defaults in their range', () => {
    for (const own of known) expect([own.range, allows(own, own.default)]).toEqual([own.range, true]);
  });

  test('have a range, which is no number outside float64', () => {
    for (const own of known) {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 'maybe', null]) {
        expect(allows(own, value)).toBe(false);
      }
    }
  });
});

test.each([
  ['sgd', 'momentum', [0, 0.5, 1 - 2 ** -53], [-Number.MIN_VALUE, 1, 2, 'none']],
  ['sgd', 'nesterov', ['yes', 'no'], [0, 1, 'none']],
  ['sgd', 'clipNorm', ['none', 1e-300, 1e300], [0, -1, 'no']],
  ['adam', 'beta1', [0, 0.999], [1, -0.1]],
  ['adam', 'epsilon', [1e-30, 1], [0, -1e-8, 1e-31]],
  ['adamw', 'weightDecay', [0, 0.01, 3], [-0.01, 'none']],
] as const)('%s: %s is %j, and not %j', (name, field, good, bad) => {
  const own = hyperparametersOf(name)[field];
  expect(good.every((value) => allows(own, value))).toBe(true);
  expect(bad.some((value) => allows(own, value))).toBe(false);
});

test("the defaults are PyTorch's, those of the rates aside", () => {
  const published: OptimizerConfig[] = [
    { name: 'sgd', momentum: 0, nesterov: 'no', clipNorm: 'none' },
    { name: 'adagrad', momentum: 0, epsilon: 1e-10, clipNorm: 'none' },
    { name: 'rmsprop', rho: 0.99, momentum: 0, epsilon: 1e-8, clipNorm: 'none' },
    { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clipNorm: 'none' },
    { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clipNorm: 'none', weightDecay: 0.01 },
  ];
  expect(published.map(({ name }) => withDefaults({ name }))).toEqual(published);
});

test('the default is plain SGD with every default', () => {
  expect(defaultOptimizer).toEqual(withDefaults({ name: 'sgd' }));
  expect(createOptimizer(defaultOptimizer)).toMatchObject({ slots: [], isPlain: true, clipNorm: Infinity });
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
  const state = slots.map((_, slot) => 3 + (slot + 2) * (count + 3));
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

/**
 * w after steps by the formulas of PyTorch, one weight at a time in float64. `velocity` has momentum applied to what the
 * weight would move by.
 */
function byFormula(
  config: OptimizerConfig,
  start: number,
  gradients: number[],
  rates: readonly number[],
): number {
  const set = withDefaults(config) as unknown as Record<string, number>;
  const { momentum = 0, epsilon, rho, beta1, beta2, weightDecay = 0 } = set;
  let [w, v, m, s] = [start, 0, 0, 0];
  gradients.forEach((g, index) => {
    const [rate, t] = [rates[index], index + 1];
    if (beta1 !== undefined) {
      w -= rate * weightDecay * w;
      m = beta1 * m + (1 - beta1) * g;
      s = beta2 * s + (1 - beta2) * g ** 2;
      w -= (rate * (m / (1 - beta1 ** t))) / (Math.sqrt(s / (1 - beta2 ** t)) + epsilon);
      return;
    }
    s = config.name === 'adagrad' ? s + g ** 2 : rho * s + (1 - rho) * g ** 2;
    const move = config.name === 'sgd' ? rate * g : (rate * g) / (Math.sqrt(s) + epsilon);
    v = momentum * v + move;
    w -= (set.nesterov as unknown) === 'yes' ? move + momentum * v : v;
  });
  return w;
}

describe.each(cases)('with the %s kernels in %s', (_implementation, dtype, create) => {
  test.each(configs)('%j follows its formula', async (config) => {
    const many = Array.from({ length: 40 }, (_, step) => 0.1 / (1 + step));
    for (const count of counts) {
      const { before, gradients, after } = await stepped(create, dtype, config, count, many);
      after.forEach((w, i) => {
        const own = gradients.map((step) => step[i]);
        const difference = Math.abs(w - byFormula(config, before[i], own, many));
        expect(difference).toBeLessThan(dtype === 'float32' ? 1e-5 : 1e-13);
      });
    }
  });

  test.each(configs)('%j keeps no state that is slow to compute with, and keeps NaN', async (config) => {
    const kernels = await create(dtype, createMemory(65536));
    const { floats } = kernels;
    const { slots, update } = createOptimizer(config);
    if (slots.length === 0 || (config.name === 'sgd' && withDefaults(config).nesterov === 'no')) return;
    const state = slots.map((_, slot) => 20 + 10 * slot);
    const tiny = smallestState[dtype];
    for (const at of state) floats.set([1.05 * tiny, 4 * tiny, tiny / 2, 0, Number.NaN], at);
    for (let step = 1; step <= 200; step++) update(kernels, 0, 10, state, 5, 0.1, step);
    for (const at of state) {
      for (const value of floats.subarray(at, at + 4)) expect(value === 0 || value >= tiny).toBe(true);
    }
    expect(floats[4]).toBeNaN();
    expect(floats.subarray(0, 4).every(Number.isFinite)).toBe(true);
  });
});

describe('one optimiser is another at a limit, bit for bit', () => {
  const trained = (config: OptimizerConfig, dtype: Dtype) =>
    train(samples(1), samples(2), training(config, dtype));

  test.each(dtypes.flatMap((dtype) => optimizerNames.map((name) => [name, dtype] as const)))(
    '%s in %s: a norm that no gradient reaches is no norm',
    async (name, dtype) => {
      const none = await trained({ name }, dtype);
      expect(await trained({ name, clipNorm: 1e30 }, dtype)).toEqual(none);
      expect(await trained({ name, clipNorm: 0.1 }, dtype)).not.toEqual(none);
    },
  );

  test.each(dtypes)('momentum 0, weight decay 0, and decay of Adagrad in %s', async (dtype) => {
    const plain = await trained({ name: 'sgd' }, dtype);
    expect(await trained({ name: 'sgd', momentum: 0, nesterov: 'yes' }, dtype)).toEqual(plain);
    expect(await trained({ name: 'sgd', momentum: 0.5, nesterov: 'yes' }, dtype)).not.toEqual(
      await trained({ name: 'sgd', momentum: 0.5 }, dtype),
    );
    expect(await trained({ name: 'adamw', weightDecay: 0 }, dtype)).toEqual(
      await trained({ name: 'adam' }, dtype),
    );
    // Momentum so small that it is lost in rounding, by the kernel with a velocity.
    for (const name of ['adagrad', 'rmsprop'] as const) {
      const without = await trained({ name }, dtype);
      expect(await trained({ name, momentum: 1e-300 }, dtype)).toEqual(without);
      expect(await trained({ name, momentum: 0.5 }, dtype)).not.toEqual(without);
    }
  });
});

describe('clipping', () => {
  test("a step moves the weights by rate x norm along the gradient, penalties included, as PyTorch's clip_grad_norm_", async () => {
    const flat = ({ weights }: { weights: readonly LayerWeights[] }) =>
      weights.flatMap(({ kernel, bias }) => [...kernel, ...(bias ?? [])]);
    const how = {
      ...training({ name: 'sgd' }, 'float64'),
      epochs: 1,
      batches: batchings.full(rows),
    };
    const start = flat(how);
    const moved = async (clipNorm: number | 'none') =>
      flat(await train(samples(1), samples(2), { ...how, optimizer: { name: 'sgd', clipNorm } })).map(
        (w, i) => start[i] - w,
      );
    const whole = await moved('none');
    const norm = Math.hypot(...whole) / how.learningRate;
    for (const clipNorm of [0.01, norm * 0.9, norm * 0.999999, norm * 1.1]) {
      const scale = Math.min(1, clipNorm / (norm + 1e-6));
      (await moved(clipNorm)).forEach((step, i) => {
        expect(step).toBeCloseTo(scale * whole[i], 14);
      });
    }
  });
});

describe('sparse rows', () => {
  // Half of the inputs are 0, and all of one column.
  const inputs = (samples(1).inputs as Float64Array).map((x, i) => (i % columns === 2 || x < 0 ? 0 : x));
  const every = Int32Array.from({ length: rows }, (_, row) => row);
  const both = (dtype: Dtype) => {
    const dense = { ...samples(1), inputs };
    const csr = csrFromDense(inputs, columns, every, 1, dtype);
    return [dense, { ...dense, inputs: { csr, rows: every } }];
  };

  test.each(dtypes.flatMap((dtype) => configs.map((config) => [config, dtype] as const)))(
    '%j gives the bits of dense ones in %s: weights move without a gradient, too',
    async (config, dtype) => {
      for (const lambda of [0, 0.01]) {
        const how = { ...training(config, dtype), penalty: { lambda, penalizeBiases: true } };
        const [dense, sparse] = both(dtype);
        const trained = await train(dense, dense, how);
        expect(await train(sparse, sparse, how)).toEqual(trained);
      }
    },
  );

  test('rows of weights without an entry in the batch are left out for plain SGD alone', async () => {
    // The first batch has the entries of column 0, the second one none: only what is not plain then moves its weights.
    const first = Float64Array.from([1, 0.5, 0, 0.5]);
    const csr = csrFromDense(first, 2, Int32Array.of(0, 1), 1, 'float64');
    const data = { rows: 2, inputs: { csr, rows: Int32Array.of(0, 1) }, targets: Float64Array.of(1, 1) };
    const layers: LayerSpec[] = [
      { units: 1, activation: 'linear', kernelInit: 'glorot_uniform', biasInit: null },
    ];
    const moves = async (optimizer: OptimizerConfig) => {
      const run = async (steps: number) => {
        const batches = recordedBatches([[[0], [1]].slice(0, steps)]);
        const how = { ...training(optimizer, 'float64'), layers, batches, epochs: 1 };
        const weights = [{ kernel: Float64Array.of(0.1, 0.1), bias: null }];
        const trained = await train(data, data, {
          ...how,
          weights,
          penalty: { lambda: 0, penalizeBiases: true },
        });
        return trained.weights[0].kernel[0];
      };
      return (await run(1)) !== (await run(2));
    };
    const moving: Record<string, boolean> = {};
    for (const config of configs) moving[JSON.stringify(config)] = await moves(config);
    expect(moving).toEqual(
      Object.fromEntries(
        configs.map((config) => {
          const { momentum = 0 } = withDefaults(config) as { momentum?: number };
          return [JSON.stringify(config), momentum > 0 || config.name.startsWith('adam')];
        }),
      ),
    );
  });
});

describe.each(configs)('%j', (config) => {
  test('says what it is: plain steps need no state and are w <- w - rate g', async () => {
    const { slots, isPlain } = createOptimizer(config);
    const { before, gradients, after } = await stepped(createReferenceKernels, 'float64', config, 7, rates);
    const plain = before.map((w, i) => rates.reduce((sum, rate, step) => sum - rate * gradients[step][i], w));
    const { isPlain: unlessClipped } = createOptimizer({ ...config, clipNorm: 'none' });
    expect(JSON.stringify(after) === JSON.stringify(plain)).toBe(unlessClipped);
    expect(isPlain).toBe(unlessClipped && withDefaults(config).clipNorm === 'none');
    if (isPlain) expect(slots).toEqual([]);
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
        expect(state.state).toHaveLength(createOptimizer(config).slots.length);
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
    slots: ['u', 'v'],
    isPlain: false,
    clipNorm: Infinity,
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
