import { describe, expect, test } from '@jest/globals';
import { loadData } from '../datasets/index.ts';
import { splitRows } from '../datasets/split.ts';
import { coefficientsOf, featureNames, namedCoefficients } from './coefficients.ts';
import { numerics } from './config.ts';
import { prepare } from './prepare.ts';
import { runTrial } from './run-trial.ts';
import type { LbfgsConfig } from './solvers/lbfgs.ts';
import type { SgdConfig } from './solvers/sgd.ts';
import { createTrial, type TrialConfig } from './trial.ts';

const sources = { dataDir: null };
const network = {
  layers: [{ units: 1, activation: 'linear', kernelInit: 'random_normal', biasInit: 'zeros' }],
  draw: 0,
  loss: 'mse',
  lambda: 0.001,
  l1: 0,
  penalizeBiases: true,
} as const;
const sgd: SgdConfig = {
  ...network,
  solver: 'sgd',
  optimizer: { name: 'sgd', momentum: 0 },
  learningRate: 0.05,
  schedule: 'constant',
  batchSize: 9,
  batches: 'permutation',
  epochs: 7,
  dtype: 'float64',
};
const lbfgs: LbfgsConfig = {
  ...network,
  solver: 'lbfgs',
  maxIterations: 50,
  gradientTolerance: 1e-6,
  dtype: 'float64',
};
const franke = (model: TrialConfig['model'], features: Partial<TrialConfig['features']>): TrialConfig => ({
  numerics,
  seed: 4,
  data: { dataset: 'franke', samples: 60, noise: 1, target: null },
  split: { method: 'random', trainRows: 45, testRows: 15 },
  features: { scale: 'none', basis: 'total', degree: 3, center: 'none', centerTargets: false, ...features },
  model,
  bootstrap: null,
});

describe('the coefficients of a record', () => {
  const scaled = { scale: 'standard', scaleTargets: 'minmax' } as const;
  test.each<[string, TrialConfig]>([
    ['a closed form', franke({ solver: 'closed-form', lambda: 0.01 }, {})],
    ['a closed form of scaled features and targets', franke({ solver: 'closed-form', lambda: 0.01 }, scaled)],
    [
      'a closed form of centred targets',
      franke({ solver: 'closed-form', lambda: 0.1 }, { centerTargets: true }),
    ],
    ['SGD', franke(sgd, { center: 'columns' })],
    ['SGD of scaled inputs', franke(sgd, { ...scaled, basis: 'none', degree: null })],
    ['L-BFGS', franke(lbfgs, scaled)],
    [
      'coordinate descent',
      franke(
        { solver: 'coordinate-descent', lambda: 0, l1: 0.01, kktTolerance: 1e-9, maxSweeps: 1000 },
        scaled,
      ),
    ],
  ])('of %s give its predictions, and change nothing else', async (_name, config) => {
    const plain = await runTrial(createTrial(config), sources);
    const kept = await runTrial(createTrial({ ...config, coefficients: true }), sources);
    expect(plain).not.toHaveProperty('coefficients');
    expect(kept.id).not.toBe(plain.id);
    expect({ ...kept.metrics }).toEqual({ ...plain.metrics });
    expect(JSON.parse(JSON.stringify(kept.coefficients))).toEqual(kept.coefficients);
    const dataset = await loadData(config.data, config.seed, sources);
    const { test: held } = splitRows(dataset, config.split, config.seed);
    const inputs = prepare(dataset, config, 'float64', 'mse').test.inputs as Float64Array;
    const [values] = kept.coefficients!.values;
    const intercept = kept.coefficients!.intercepts?.[0] ?? 0;
    let sum = 0;
    held.forEach((row, n) => {
      const predicted = values.reduce(
        (total, value, d) => total + value * inputs[n * values.length + d],
        intercept,
      );
      sum += (predicted - dataset.targets[row]) ** 2;
    });
    expect(kept.metrics.test_mse).toBeCloseTo(sum / held.length, 10);
  });

  test('are none if it diverged, and none of a network with hidden layers', async () => {
    const diverging = { ...franke({ ...sgd, learningRate: 1e9 }, {}), coefficients: true };
    expect(await runTrial(createTrial(diverging), sources)).not.toHaveProperty('coefficients');
    const hidden = { units: 3, activation: 'relu', kernelInit: 'random_normal', biasInit: 'zeros' } as const;
    const deep = { ...franke({ ...sgd, layers: [hidden, ...sgd.layers] }, {}), coefficients: true };
    expect(await runTrial(createTrial(deep), sources)).not.toHaveProperty('coefficients');
  });

  test('do not change the draws of streams of their own', async () => {
    const config: TrialConfig = { ...franke(sgd, {}), streams: 'cell' };
    const { metrics } = await runTrial(createTrial(config), sources);
    expect((await runTrial(createTrial({ ...config, coefficients: true }), sources)).metrics).toEqual(
      metrics,
    );
    expect(createTrial({ ...config, coefficients: false }).id).toBe(createTrial(config).id);
  });
});

test('features have the names of their powers', () => {
  expect(featureNames({ basis: 'total', degree: 3 }, 10)).toEqual([
    ...['1', 'x', 'x^2', 'x^3', 'y', 'x*y', 'x^2*y', 'y^2', 'x*y^2', 'y^3'],
  ]);
  expect(featureNames({ basis: 'product', degree: 3 }, 4)).toEqual(['1', 'x', 'x^2', 'x^3']);
  expect(featureNames({ basis: 'total', degree: 1 }, 4)).toEqual(['1', 'x0', 'x1', 'x2']);
  expect(featureNames({ basis: 'total', degree: 0 }, 1, ['age', 'sex'])).toEqual(['1']);
  expect(featureNames({ basis: 'none', degree: null }, 1)).toEqual(['x']);
  expect(featureNames({ basis: 'none', degree: null }, 2)).toEqual(['x', 'y']);
  expect(featureNames({ basis: 'none', degree: null }, 3)).toEqual(['x0', 'x1', 'x2']);
});

test('features of inputs with names have these; a name that looks like a term stays apart from it', () => {
  const names = ['bill length', 'x^2', 'sex=female'];
  expect(featureNames({ basis: 'none', degree: null }, 3, names)).toEqual(names);
  expect(featureNames({ basis: 'total', degree: 2 }, 10, names)).toEqual([
    ...['1', 'bill length', 'bill length^2', '(x^2)', 'bill length*(x^2)', '(x^2)^2'],
    ...['sex=female', 'bill length*sex=female', '(x^2)*sex=female', 'sex=female^2'],
  ]);
});

test('a classifier has those of each output, and no -0', () => {
  const weights = { kernel: Float64Array.of(1, 2, 3, -0, 5, 6), bias: Float64Array.of(0.5, 0.25) };
  const coefficients = coefficientsOf(weights, 3);
  expect(coefficients).toEqual({
    values: [
      [1, 3, 5],
      [2, 0, 6],
    ],
    intercepts: [0.5, 0.25],
  });
  const named = [...namedCoefficients(coefficients, { basis: 'none', degree: null })];
  expect(named).toHaveLength(8);
  expect(named[4]).toEqual({ output: 1, feature: 'intercept', value: 0.25 });
  expect(named[6]).toEqual({ output: 1, feature: 'x1', value: 0 });
});
