import { describe, expect, test } from '@jest/globals';
import type { Dataset } from '../datasets/dataset.ts';
import { datasetEntry, loadData } from '../datasets/index.ts';
import { foldRows, splitRows } from '../datasets/split.ts';
import { multiplyVector } from '../math/matrix.ts';
import { isEvaluated } from '../nn/evaluated-epochs.ts';
import { ridge } from '../regression/least-squares.ts';
import { mean, standardDeviation } from '../stats/describe.ts';
import { meanSquaredError } from '../stats/metrics.ts';
import { featuresOf, linearFit } from './fit.ts';
import { epochsOfFolds, foldSplits } from './folds.ts';
import { prepare, prepareRows } from './prepare.ts';
import { runTrial } from './run-trial.ts';
import { closedForm } from './solvers/closed-form.ts';
import { type SgdConfig, sgd } from './solvers/sgd.ts';
import { drawSeeds } from './streams.ts';
import { createTrial, type FeaturesConfig, numerics, type TrialConfig } from './trial.ts';
import { withValidation } from './validation.ts';

const sources = { dataDir: null };

const base: TrialConfig = {
  numerics,
  seed: 4,
  data: { dataset: 'franke', samples: 70, noise: 1, target: null },
  split: { method: 'random', trainRows: 53, testRows: 17 },
  features: { scale: 'none', basis: 'total', degree: 3, center: 'columns', centerTargets: true },
  model: { solver: 'closed-form', lambda: 0.01 },
  bootstrap: { resamples: 20, method: 'test' },
};
const network: SgdConfig = {
  solver: 'sgd',
  layers: [
    { units: 6, activation: 'tanh', kernelInit: 'glorot_uniform', biasInit: 'zeros' },
    { units: 1, activation: 'linear', kernelInit: 'glorot_uniform', biasInit: 'zeros' },
  ],
  draw: 0,
  loss: 'mse',
  lambda: 0,
  l1: 0,
  penalizeBiases: true,
  learningRate: 0.05,
  optimizer: { name: 'sgd', momentum: 0 },
  schedule: 'constant',
  batchSize: 6,
  batches: 'permutation',
  epochs: 12,
  dtype: 'float64',
};
const inputs: TrialConfig['features'] = {
  scale: 'none',
  basis: 'none',
  degree: null,
  center: 'scalar',
  centerTargets: false,
};

const split = (changes: Partial<TrialConfig['split']>) => ({ split: { ...base.split, ...changes } });
const run = async (changes: Partial<TrialConfig>) => {
  const { seconds: _, at: __, ...record } = await runTrial(createTrial({ ...base, ...changes }), sources);
  return record;
};

test('a trial without validation has the id and the record of one that knows of none', async () => {
  const explicit = split({ validationRows: 0, folds: 0 });
  expect(createTrial({ ...base, ...explicit }).id).toBe(createTrial(base).id);
  for (const changes of [{}, { model: network, features: inputs }]) {
    const [known, unknown] = [await run({ ...changes, ...explicit }), await run(changes)];
    expect({ ...known, config: null }).toEqual({ ...unknown, config: null });
    expect(Object.keys(unknown.metrics).filter((name) => /validation|epochs_run/.test(name))).toEqual([]);
  }
  expect(createTrial({ ...base, ...split({ folds: 5 }) }).id).not.toBe(createTrial(base).id);
});

/** lambda against the mean square, as fitted to the training rows and scored on the others. */
async function ridgeScores(dataset: Dataset, train: Int32Array, held: Int32Array): Promise<number> {
  const rows = { train, validation: new Int32Array(), test: held };
  const data = prepareRows(dataset, rows, base.features, 'float64', 'mse', false);
  const beta = await ridge(
    featuresOf(data.train),
    data.train.targets as Float64Array,
    0.01 * data.train.rows,
  );
  return meanSquaredError(data.test.targets, multiplyVector(featuresOf(data.test), beta));
}

test('validation rows are scored by the fit to the other training rows', async () => {
  const { metrics, curves } = await run(split({ validationRows: 9 }));
  const dataset = await loadData(base.data, base.seed, sources);
  const rows = splitRows(dataset, { ...base.split, validationRows: 9 }, base.seed);
  expect(metrics.validation_mse).toBe(await ridgeScores(dataset, rows.train, rows.validation));
  expect(metrics.test_mse).toBe(await ridgeScores(dataset, rows.train, rows.test));
  expect(curves).toEqual({});
});

test('folds are scored by the fits to the others, and all training rows are fitted at the end', async () => {
  const plain = await run({});
  const { metrics, bootstrap } = await run(split({ folds: 5 }));
  const dataset = await loadData(base.data, base.seed, sources);
  const { train } = splitRows(dataset, base.split, base.seed);
  const scores: number[] = [];
  for (const { train: rest, validation } of foldRows(train, 5, base.seed)) {
    scores.push(await ridgeScores(dataset, rest, validation));
  }
  expect(metrics).toMatchObject(plain.metrics);
  expect(metrics.validation_mse).toBe(mean(scores));
  expect(metrics.validation_mse_sd).toBe(standardDeviation(scores));
  expect(bootstrap).toEqual(plain.bootstrap);
});

test('as many folds as rows leave one row out at a time, whose R2 is undefined', async () => {
  const { metrics } = await run(split({ folds: 53 }));
  expect(metrics.validation_mse).toBeGreaterThan(0);
  expect(metrics).toMatchObject({ validation_r2: null, validation_r2_sd: null });
});

describe('a network', () => {
  const trained = { model: network, features: inputs };

  test('has the best epoch of its validation rows, and the test value there', async () => {
    const { metrics, curves } = await run({ ...trained, ...split({ validationRows: 9 }) });
    const validation = curves.validation_mse as number[];
    const best = validation.indexOf(Math.min(...validation));
    expect(metrics).toMatchObject({
      best_epoch: best + 1,
      best_validation_mse: validation[best],
      best_test_mse: curves.test_mse[best],
      validation_mse: validation.at(-1),
      test_mse: curves.test_mse.at(-1),
    });
  });

  test('has the mean curves of its folds', async () => {
    const plain = await run(trained);
    const { metrics, curves } = await run({ ...trained, ...split({ folds: 3 }) });
    expect(curves).toMatchObject(plain.curves);
    const validation = curves.validation_mse as number[];
    expect(validation).toHaveLength(12);
    expect(validation.at(-1)).toBe(metrics.validation_mse);
    expect(metrics.best_validation_mse).toBe(Math.min(...validation));
    expect(metrics.best_epoch).toBe(validation.indexOf(Math.min(...validation)) + 1);
  });

  test('that stops early has the results of its best epoch', async () => {
    const model = { ...network, learningRate: 0.3, epochs: 300, earlyStopping: 5 };
    const { metrics, curves, bootstrap } = await run({ ...trained, model, ...split({ validationRows: 9 }) });
    const best = metrics.best_epoch!;
    expect(metrics.epochs_run).toBe(best + 5);
    expect(curves.test_mse).toHaveLength(best + 5);
    const short = await run({
      ...trained,
      model: { ...network, learningRate: 0.3, epochs: best },
      ...split({ validationRows: 9 }),
    });
    expect(metrics).toMatchObject(short.metrics);
    expect(bootstrap).toEqual(short.bootstrap);
  });

  test.each([1, 4])(
    'that stops early in its folds trains for their mean, evaluated every %i epochs',
    async (every) => {
      const model = {
        ...network,
        learningRate: 0.3,
        epochs: 300,
        earlyStopping: 8,
        ...(every === 1 ? {} : { evaluateEvery: every }),
      };
      const { metrics, curves } = await run({ ...trained, model, ...split({ folds: 3 }) });
      const chosen = metrics.best_epoch!;
      expect(chosen % every).toBe(0);
      expect(chosen).toBeLessThan(300);
      expect(metrics.epochs_run).toBe(chosen);
      const { earlyStopping: _, ...plain } = model;
      const short = await run({ ...trained, model: { ...plain, epochs: chosen } });
      expect(curves).toEqual(short.curves);
      expect(metrics).toMatchObject({
        test_mse: short.metrics.test_mse,
        best_test_mse: short.metrics.test_mse,
        best_validation_mse: metrics.validation_mse,
      });
    },
  );

  test('with a batch that is larger than the rows of a fold trains on all of them', async () => {
    const full = { ...network, batchSize: 53, batches: 'full' } as const;
    const { status, metrics } = await run({ ...trained, model: full, ...split({ folds: 2 }) });
    expect(status).toBe('done');
    expect(metrics.validation_mse_sd).toBeGreaterThan(0);
  });

  test('of which a fold diverges ends as diverged', async () => {
    const record = await run({ ...trained, model: { ...network, learningRate: 50 }, ...split({ folds: 3 }) });
    expect(record).toMatchObject({ status: 'diverged', bootstrap: null });
    expect(record.divergedAt).toBeGreaterThan(0);
    expect(Object.values(record.metrics).every((value) => value === null)).toBe(true);
  });
});

test.each([
  [10, 7],
  [12, 4],
  [9, 1],
  [5, 8],
])(
  'of %i epochs, the evaluated one nearest to the mean of the folds is chosen, one in %i',
  (epochs, every) => {
    const model = { epochs, ...(every === 1 ? {} : { evaluateEvery: every }) };
    const evaluated = Array.from({ length: epochs }, (_, i) => i + 1).filter((one) =>
      isEvaluated(one, model),
    );
    for (const a of evaluated) {
      for (const b of evaluated) {
        for (const c of evaluated) {
          const fits = [a, b, c].map((best_epoch) => ({
            diverged: false,
            divergedAt: null,
            metrics: { best_epoch },
            curves: {},
          }));
          const distance = (one: number) => Math.abs(3 * one - (a + b + c));
          const least = Math.min(...evaluated.map(distance));
          expect(epochsOfFolds(fits, model)).toBe(evaluated.findLast((one) => distance(one) === least));
        }
      }
    }
  },
);

test('a classifier with sparse inputs is cross-validated', async () => {
  const { config } = await datasetEntry('images').resolve({ transpose: 'no' }, sources);
  const { metrics } = await run({
    data: config as TrialConfig['data'],
    split: { method: 'canonical', trainRows: 90, testRows: 30, folds: 3 },
    features: { ...inputs, scale: 'pixels', center: 'none' },
    model: {
      ...network,
      layers: [{ units: 10, activation: 'softmax', kernelInit: 'random_normal', biasInit: 'zeros' }],
      loss: 'cross_entropy',
      dtype: 'float32',
      epochs: 3,
    },
    bootstrap: null,
  });
  expect(metrics.validation_accuracy).toBeGreaterThan(0.1);
  expect(metrics.validation_cross_entropy_sd).toBeGreaterThan(0);
});

describe('nothing is fitted to the rows that are held out', () => {
  const features: [string, Partial<FeaturesConfig>][] = [
    ['column means', { center: 'columns', centerTargets: true }],
    ['standardised', { scale: 'standard', scaleTargets: 'standard' }],
    ['scaled to [0, 1]', { scale: 'minmax', scaleTargets: 'minmax' }],
    ['polynomials', { basis: 'total', degree: 2, center: 'scalar', scale: 'standard' }],
  ];

  test.each(features)('%s', async (_name, changes) => {
    const dataset = await loadData(base.data, base.seed, sources);
    const withRows = splitRows(dataset, { ...base.split, validationRows: 9 }, base.seed);
    const { train } = splitRows(dataset, base.split, base.seed);
    for (const rows of [withRows, ...foldSplits(train, 4, base.seed)]) {
      const spoilt = {
        ...dataset,
        inputs: Float64Array.from(dataset.inputs),
        targets: Float64Array.from(dataset.targets),
      };
      for (const row of [...rows.validation, ...rows.test]) {
        spoilt.targets[row] = 1e6;
        spoilt.inputs.fill(-1e5, row * dataset.columns, (row + 1) * dataset.columns);
      }
      const prepared = (from: Dataset) =>
        prepareRows(from, rows, { ...inputs, ...changes }, 'float64', 'mse', false);
      expect(prepared(spoilt).train).toEqual(prepared(dataset).train);
      expect(prepared(spoilt).test).not.toEqual(prepared(dataset).test);
    }
  });
});

test('a solver that knows of no validation rows fits again, tested on them', async () => {
  const config = { ...base, ...split({ validationRows: 9 }) };
  const dataset = await loadData(base.data, base.seed, sources);
  const data = prepare(dataset, config, 'float64', 'mse', false);
  const fitOf = (to: typeof data) => closedForm.fit(to, { solver: 'closed-form', lambda: 0.01 });
  const { validation: _, ...without } = data;
  const fit = await withValidation(await fitOf(without), data, 'mse', {}, fitOf);
  expect(fit).toEqual(await fitOf(data));
  expect(await withValidation(fit, data, 'mse', {}, () => Promise.reject(new Error('again')))).toBe(fit);
  const beta = new Float64Array(10).fill(Number.NaN);
  expect(linearFit(data, beta).diverged).toBe(true);
});

test.each([
  ['every epoch', {}],
  ['every other epoch', { evaluateEvery: 2 }],
])(
  'a fit again that diverges on the validation rows leaves no values, evaluated %s',
  async (_name, every) => {
    const config = { ...base, features: inputs, ...split({ validationRows: 9 }) };
    const dataset = await loadData(base.data, base.seed, sources);
    const data = prepare(dataset, config, 'float64', 'mse', false);
    const model = { ...network, ...every };
    const fitOf = (to: typeof data) => sgd.fit(to, model, drawSeeds(config), {});
    const { validation, ...without } = data;
    const fit = await fitOf(without);
    // The weights do not depend on the rows that are held out, so only their own loss can be infinite.
    const targets = new Float64Array(9).fill(1e200);
    const far = { ...data, validation: { ...validation!, targets } };
    const record = await withValidation(fit, far, 'mse', model, fitOf);
    const whole = await fitOf(far);
    expect(whole.diverged).toBe(true);
    expect(Object.keys(record.metrics).sort()).toEqual(Object.keys(whole.metrics).sort());
    expect({ ...record, weights: null }).toEqual({ ...whole, weights: null });
  },
);
