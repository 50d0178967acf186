import { describe, expect, test } from '@jest/globals';
import { columnName, optionNames } from '../experiment/options.ts';
import { losses, lossesOf } from '../nn/losses.ts';
import { metricNames, metrics } from '../stats/metrics.ts';
import { isMetric, metricColumn, metricOf, metricsOf } from './metrics.ts';
import { runTrial } from './run-trial.ts';
import type { SgdConfig } from './solvers/sgd.ts';
import { createTrial, numerics, type TrialConfig, type TrialRecord } from './trial.ts';

const infinite = Number.POSITIVE_INFINITY;
const nonNegative = [0, infinite];
const share = [0, 1];
const ofR2 = [-infinite, 1];
type Row = [name: string, better: 'lower' | 'higher' | null, domain: number[]];

/** The columns that a record of the task has had so far, in the order of the CSVs. Those of a later metric stand among them. */
const columns: Record<'regression' | 'classification', Row[]> = {
  regression: [
    ['train_mse', 'lower', nonNegative],
    ['test_mse', 'lower', nonNegative],
    ['train_r2', 'higher', ofR2],
    ['test_r2', 'higher', ofR2],
    ['best_test_mse', 'lower', nonNegative],
    ['best_epoch', null, nonNegative],
    ['bootstrap_mse', 'lower', nonNegative],
    ['bootstrap_mse_sd', 'lower', nonNegative],
    ['bootstrap_mse_low', 'lower', nonNegative],
    ['bootstrap_mse_high', 'lower', nonNegative],
    ['bootstrap_r2', 'higher', ofR2],
    ['bootstrap_r2_sd', 'lower', nonNegative],
    ['bootstrap_r2_low', 'higher', ofR2],
    ['bootstrap_r2_high', 'higher', ofR2],
    ['expected_error', 'lower', nonNegative],
    ['bias_squared', 'lower', nonNegative],
    ['variance', 'lower', nonNegative],
    ['noise_variance', 'lower', nonNegative],
    ['train_mae', 'lower', nonNegative],
    ['test_mae', 'lower', nonNegative],
    ['train_huber', 'lower', nonNegative],
    ['test_huber', 'lower', nonNegative],
    ['train_binary_cross_entropy', 'lower', [-infinite, infinite]],
    ['test_binary_cross_entropy', 'lower', [-infinite, infinite]],
    ['validation_mse', 'lower', nonNegative],
    ['validation_mse_sd', 'lower', nonNegative],
    ['validation_r2', 'higher', ofR2],
    ['validation_r2_sd', 'lower', nonNegative],
    ['validation_mae', 'lower', nonNegative],
    ['validation_mae_sd', 'lower', nonNegative],
    ['validation_huber', 'lower', nonNegative],
    ['validation_huber_sd', 'lower', nonNegative],
    ['validation_binary_cross_entropy', 'lower', [-infinite, infinite]],
    ['validation_binary_cross_entropy_sd', 'lower', nonNegative],
    ['best_validation_mse', 'lower', nonNegative],
    ['epochs_run', null, nonNegative],
  ],
  classification: [
    ['train_cross_entropy', 'lower', nonNegative],
    ['test_cross_entropy', 'lower', nonNegative],
    ['train_accuracy', 'higher', share],
    ['test_accuracy', 'higher', share],
    ['best_test_accuracy', 'higher', share],
    ['best_epoch', null, nonNegative],
    ['converged', 'higher', share],
    ['iterations', null, nonNegative],
    ['validation_cross_entropy', 'lower', nonNegative],
    ['validation_cross_entropy_sd', 'lower', nonNegative],
    ['validation_accuracy', 'higher', share],
    ['validation_accuracy_sd', 'lower', nonNegative],
    ['best_validation_accuracy', 'higher', share],
    ['epochs_run', null, nonNegative],
  ],
};
const lbfgsColumns: Row[] = [
  ['gradient_norm', 'lower', nonNegative],
  ['no_optimum', 'lower', share],
];

describe.each(['regression', 'classification'] as const)('the columns of %s', (task) => {
  const described = (settings: object) =>
    metricsOf({ task, settings }).map(({ name, better, domain }): Row => [name, better, [...domain]]);

  test('are these, in this order, each with its direction and domain', () => {
    const known = new Set([...columns[task], ...lbfgsColumns].map(([name]) => name));
    const knownOf = (settings: object) => described(settings).filter(([name]) => known.has(name));
    expect(knownOf({})).toEqual(columns[task]);
    expect(knownOf({ maxIterations: [10] })).toEqual([...columns[task], ...lbfgsColumns]);
  });

  test('are those of the metrics of the task, with the direction and domain of the metric', () => {
    const byName = new Map(described({}).map((row) => [row[0], row]));
    for (const name of metricNames()) {
      const { better, domain, task: own } = metrics[name];
      for (const split of ['train', 'test', 'validation']) {
        const column = `${split}_${name}`;
        expect(byName.get(column)).toEqual(own === task ? [column, better, [...domain]] : undefined);
      }
    }
  });

  test('have names, titles and descriptions of their own', () => {
    const all = metricsOf({ task, settings: { maxIterations: [10] } });
    for (const key of ['name', 'title', 'description'] as const) {
      const texts = all.map((column) => column[key]);
      expect(texts).not.toContain('');
      expect(new Set(texts).size).toBe(all.length);
    }
  });

  test('are found by their names', () => {
    for (const { name, better, domain } of metricsOf({ task, settings: { maxIterations: [10] } })) {
      expect(isMetric(name)).toBe(true);
      expect(metricColumn(name)).toMatchObject({ name, better, domain });
    }
  });
});

test('no column has the name of a setting, which is a column too', () => {
  const settings: readonly string[] = [
    ...optionNames.map(columnName),
    'trial',
    'run',
    'variant',
    'data',
    'status',
  ];
  for (const task of ['regression', 'classification'] as const) {
    const names = metricsOf({ task, settings: { maxIterations: [10] } }).map(({ name }) => name);
    expect(names.filter((name) => settings.includes(name))).toEqual([]);
  }
});

test('what is no column is none', () => {
  for (const name of ['', 'mse', 'test_mse_sd', 'bootstrap_accuracy', 'toString', '__proto__']) {
    expect(isMetric(name)).toBe(false);
    expect(() => metricColumn(name)).toThrow(name);
  }
});

const config: TrialConfig = {
  numerics,
  seed: 4,
  data: { dataset: 'franke', samples: 60, noise: 1, target: null },
  split: { method: 'random', trainRows: 45, testRows: 15, folds: 3 },
  features: { scale: 'none', basis: 'total', degree: 3, center: 'columns', centerTargets: true },
  model: { solver: 'closed-form', lambda: 0.01 },
  bootstrap: { resamples: 30, method: 'bias-variance' },
};
const network = {
  layers: [{ units: 1, activation: 'linear', kernelInit: 'random_normal', biasInit: null }],
  draw: 0,
  loss: 'mse',
  lambda: 0,
  l1: 0,
  penalizeBiases: true,
  dtype: 'float64',
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
};
const recordOf = (changes: Partial<TrialConfig>) =>
  runTrial(createTrial({ ...config, ...changes }), { dataDir: null });
const all = metricsOf({ task: 'regression', settings: { maxIterations: [10] } });

describe('a real record', () => {
  test.each<[string, TrialConfig['model'], string[]]>([
    [
      'closed form',
      config.model,
      ['best_test_mse', 'best_validation_mse', 'best_epoch', 'epochs_run', 'gradient_norm', 'no_optimum'],
    ],
    ['SGD', sgd, ['epochs_run', 'gradient_norm', 'no_optimum']],
    ['SGD that stops early', { ...sgd, earlyStopping: 1 }, ['gradient_norm', 'no_optimum']],
    ['L-BFGS', { ...network, solver: 'lbfgs', maxIterations: 20, gradientTolerance: 1e-5 }, ['epochs_run']],
  ])(
    'of %s has a value in its domain in every column but those that it cannot have',
    async (_name, model, without) => {
      const record = await recordOf({ model });
      for (const { name, domain } of all) {
        const value = metricOf(record, name);
        if (without.includes(name) || /_(mae|huber|binary_cross_entropy)(_sd)?$/.test(name))
          expect([name, value]).toEqual([name, null]);
        else {
          expect(value).toBeGreaterThanOrEqual(domain[0]);
          expect(value).toBeLessThanOrEqual(domain[1]);
        }
      }
    },
  );

  test.each(lossesOf('regression'))(
    'has the value of its own loss alone, here %s, next to MSE and R2',
    async (loss) => {
      const data = { dataset: 'franke', samples: 60, noise: 0, target: 'x*y' } as const;
      const features = { ...config.features, centerTargets: false };
      const layers = [{ ...network.layers[0], activation: losses[loss].output }];
      const record = await recordOf({ data, features, model: { ...sgd, loss, layers } });
      const own = new Set(['mse', 'r2', losses[loss].metric]);
      for (const metric of metricNames('regression')) {
        for (const split of ['train', 'test']) {
          const value = metricOf(record, `${split}_${metric}`);
          expect([metric, Number.isFinite(value)]).toEqual([metric, own.has(metric)]);
        }
      }
      expect(metricOf(record, 'best_test_mse')).toBeGreaterThan(0);
      expect(metricOf(record, 'bootstrap_mse')).toBeGreaterThan(0);
      expect(Object.keys(record.bootstrap!)).toEqual(['mse', 'r2']);
    },
  );

  test('that diverged has none', async () => {
    const record = await recordOf({ model: { ...sgd, learningRate: 1e9 } });
    expect(record.status).toBe('diverged');
    expect(all.map(({ name }) => metricOf(record, name))).toEqual(all.map(() => null));
  });
});

describe('metricOf', () => {
  const summary = { mean: 1, standardDeviation: 2, low: 3, high: 4 };
  const record: TrialRecord = {
    id: '',
    config,
    status: 'done',
    divergedAt: null,
    metrics: { test_mse: 5, test_r2: null, best_epoch: 6, other: 7 },
    curves: {},
    bootstrap: { mse: summary, r2: null },
    seconds: 0,
    at: '',
  };

  test('reads the metrics, and each part of a bootstrap', () => {
    const read = (...names: string[]) => names.map((name) => metricOf(record, name));
    expect(read('test_mse', 'best_epoch', 'test_r2', 'train_mse')).toEqual([5, 6, null, null]);
    const parts = ['', '_sd', '_low', '_high'];
    expect(read(...parts.map((part) => `bootstrap_mse${part}`))).toEqual([1, 2, 3, 4]);
    expect(read(...parts.map((part) => `bootstrap_r2${part}`))).toEqual([null, null, null, null]);
    expect(read('other', 'toString', '')).toEqual([null, null, null]);
  });

  test('of a record without a bootstrap, or with one of fewer metrics, is null', () => {
    expect(metricOf({ ...record, bootstrap: null }, 'bootstrap_mse')).toBeNull();
    expect(metricOf({ ...record, bootstrap: { mse: summary } }, 'bootstrap_r2_sd')).toBeNull();
  });
});
