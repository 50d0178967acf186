import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Sources } from '../datasets/dataset.ts';
import { readImages } from '../datasets/image-folder.ts';
import { imageFiles } from '../datasets/image-layouts.ts';
import { loadData } from '../datasets/index.ts';
import { splitRows } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import { matrix, multiplyVector } from '../math/matrix.ts';
import { batchings } from '../nn/batches.ts';
import type { SparseRows } from '../nn/samples.ts';
import { schedules } from '../nn/schedules.ts';
import { train } from '../nn/train.ts';
import { ridge } from '../regression/least-squares.ts';
import { standardDeviation } from '../stats/describe.ts';
import { prepare } from './prepare.ts';
import { runTrial } from './run-trial.ts';
import type { LbfgsConfig } from './solvers/lbfgs.ts';
import type { SgdConfig } from './solvers/sgd.ts';
import { createTrial, numerics, type TrialConfig, type TrialRecord } from './trial.ts';

const sources: Sources = { dataDir: null };

const linear: SgdConfig = {
  solver: 'sgd',
  layers: [{ units: 1, activation: 'linear', kernelInit: 'random_normal', biasInit: null }],
  draw: 0,
  loss: 'mse',
  lambda: 0,
  l1: 0,
  penalizeBiases: true,
  learningRate: 0.1,
  optimizer: { name: 'sgd', momentum: 0 },
  schedule: 'constant',
  batchSize: 6,
  batches: 'permutation',
  epochs: 10,
  dtype: 'float64',
};
const network: SgdConfig = {
  ...linear,
  layers: [
    { units: 5, activation: 'sigmoid', kernelInit: 'glorot_uniform', biasInit: 'zeros' },
    { units: 1, activation: 'linear', kernelInit: 'glorot_uniform', biasInit: 'zeros' },
  ],
  schedule: 'eta0/(1 + epoch)',
};

const exact: LbfgsConfig = {
  solver: 'lbfgs',
  layers: network.layers,
  draw: 0,
  loss: 'mse',
  lambda: 0.001,
  l1: 0,
  penalizeBiases: true,
  maxIterations: 2000,
  gradientTolerance: 1e-6,
  dtype: 'float64',
};

function franke(model: TrialConfig['model'], changes: Partial<TrialConfig> = {}): TrialConfig {
  return {
    numerics,
    seed: 4,
    data: { dataset: 'franke', samples: 60, noise: 1, target: null },
    split: { method: 'random', trainRows: 45, testRows: 15 },
    features: { scale: 'none', basis: 'total', degree: 3, center: 'columns', centerTargets: true },
    model,
    bootstrap: null,
    ...changes,
  };
}

const run = (config: TrialConfig, from = sources) => runTrial(createTrial(config), from);

/** What of a record depends on its config alone. */
function result({ seconds: _seconds, at: _at, ...rest }: TrialRecord): Omit<TrialRecord, 'seconds' | 'at'> {
  return rest;
}

describe('a record', () => {
  test.each<[string, TrialConfig]>([
    ['of SGD', franke(network)],
    ['of L-BFGS', franke({ ...exact, maxIterations: 20 })],
    ['of SGD in float32', franke({ ...network, dtype: 'float32' })],
    ['of a closed form', franke({ solver: 'closed-form', lambda: 0.01 })],
    ['with a bootstrap', franke(linear, { bootstrap: { resamples: 20, method: 'test' } })],
    ['with refits', franke(linear, { bootstrap: { resamples: 5, method: 'refit' } })],
    ['that diverged', franke({ ...linear, learningRate: 1e9 })],
  ])('%s is the same twice but for seconds and at, and survives JSON', async (_name, config) => {
    const record = await run(config);
    expect(result(await run(structuredClone(config)))).toEqual(result(record));
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    expect(record.id).toBe(createTrial(config).id);
    expect(record.config).toEqual(config);
    expect(record.seconds).toBeGreaterThan(0);
    expect(new Date(record.at).toISOString()).toBe(record.at);
  });

  test('has the final and the best of its curves', async () => {
    const { metrics, curves, status, divergedAt, bootstrap } = await run(franke({ ...network, epochs: 12 }));
    expect({ status, divergedAt, bootstrap }).toEqual({ status: 'done', divergedAt: null, bootstrap: null });
    expect(Object.keys(curves)).toEqual(['train_mse', 'test_mse']);
    for (const name of ['train_mse', 'test_mse']) {
      expect(curves[name]).toHaveLength(12);
      expect(metrics[name]).toBe(curves[name][11]);
    }
    const best = Math.min(...(curves.test_mse as number[]));
    expect(metrics.best_test_mse).toBe(best);
    expect(metrics.best_epoch).toBe(curves.test_mse.indexOf(best) + 1);
  });

  test('has R2 = 1 - MSE / variance of the targets', async () => {
    const config = franke(network);
    const { metrics } = await run(config);
    const data = prepare(await loadData(config.data, config.seed, sources), config, 'float64', 'mse');
    for (const part of ['train', 'test'] as const) {
      const targets = [...data[part].targets];
      const mean = targets.reduce((sum, y) => sum + y, 0) / targets.length;
      const variance = targets.reduce((sum, y) => sum + (y - mean) ** 2, 0) / targets.length;
      expect(metrics[`${part}_r2`]).toBeCloseTo(1 - metrics[`${part}_mse`]! / variance, 12);
    }
  });

  test.each(['standard', 'minmax'] as const)(
    'of %s targets has its numbers in their own unit',
    async (scaleTargets) => {
      const features = { ...franke(network).features, centerTargets: false };
      const config = franke(network, { features, bootstrap: { resamples: 9, method: 'test' } });
      const record = await run({ ...config, features: { ...features, scaleTargets } });
      const data = prepare(await loadData(config.data, config.seed, sources), config, 'float64', 'mse');
      for (const part of ['train', 'test'] as const) {
        const targets = [...data[part].targets];
        const mean = targets.reduce((sum, y) => sum + y, 0) / targets.length;
        const variance = targets.reduce((sum, y) => sum + (y - mean) ** 2, 0) / targets.length;
        // R2 has no unit.
        const mse = (1 - record.metrics[`${part}_r2`]!) * variance;
        expect(record.metrics[`${part}_mse`]).toBeCloseTo(mse, 12);
        expect(record.curves[`${part}_mse`].at(-1)).toBe(record.metrics[`${part}_mse`]);
      }
      // Least squares with an intercept does not depend on the unit.
      const exactly = { ...config, model: { solver: 'closed-form', lambda: 0 } } as const;
      const own = await run(exactly);
      const scaled = await run({ ...exactly, features: { ...features, scaleTargets } });
      for (const [name, value] of Object.entries(own.metrics)) {
        expect(scaled.metrics[name]).toBeCloseTo(value!, 10);
      }
      for (const [name, value] of Object.entries(own.bootstrap!.mse!)) {
        expect(scaled.bootstrap!.mse![name as 'mean']).toBeCloseTo(value!, 10);
      }
      expect(scaled.bootstrap!.r2!.mean).toBeCloseTo(own.bootstrap!.r2!.mean, 8);
    },
  );

  test('with its expected error decomposed is that with refits, and three parts that add up', async () => {
    const bootstrap = { resamples: 8, method: 'refit' } as const;
    const refits = await run(franke(linear, { bootstrap }));
    const whole = await run(franke(linear, { bootstrap: { ...bootstrap, method: 'bias-variance' } }));
    const { expected_error, bias_squared, variance, noise_variance: noise, ...metrics } = whole.metrics;
    expect({ metrics, bootstrap: whole.bootstrap }).toEqual({
      metrics: refits.metrics,
      bootstrap: refits.bootstrap,
    });
    expect(bias_squared! + variance! + noise!).toBe(expected_error);
    const config = franke(linear);
    const { targets, noiseFree } = await loadData(config.data, config.seed, sources);
    const { test: rows } = splitRows({ rows: 60, canonicalTrainRows: null }, config.split, config.seed);
    const squares = [...rows].map((row) => (targets[row] - noiseFree![row]) ** 2);
    expect(noise).toBeCloseTo(squares.reduce((sum, square) => sum + square) / squares.length, 12);
  });

  test('of the mean has the variance of a resampled mean, in the unit of the targets', async () => {
    for (const scaleTargets of ['none', 'standard'] as const) {
      const model = { solver: 'closed-form', lambda: 0 } as const;
      const config = franke(model, { bootstrap: { resamples: 2000, method: 'bias-variance' } });
      const features = { ...config.features, degree: 0, centerTargets: false, scaleTargets };
      const { metrics } = await run({ ...config, features });
      const { targets, noiseFree } = await loadData(config.data, config.seed, sources);
      const { train, test: held } = splitRows(
        { rows: 60, canonicalTrainRows: null },
        config.split,
        config.seed,
      );
      const mean = [...train].reduce((sum, row) => sum + targets[row], 0) / train.length;
      // Without an intercept, scaled targets have the mean 0: what varies is the mean of the resample.
      const spread = [...train].reduce((sum, row) => sum + (targets[row] - mean) ** 2, 0) / train.length;
      const bias = [...held].reduce((sum, row) => sum + (mean - noiseFree![row]) ** 2, 0) / held.length;
      // The standard error of a variance from 2000 values is 3 %.
      expect(Math.abs(metrics.variance! / (spread / train.length) - 1)).toBeLessThan(0.1);
      expect(Math.abs(metrics.bias_squared! / bias - 1)).toBeLessThan(0.1);
    }
  });

  test('of another seed, draw or number of epochs is another', async () => {
    const { metrics } = await run(franke(network));
    for (const other of [
      franke(network, { seed: 5 }),
      franke({ ...network, draw: 1 }),
      franke({ ...network, epochs: 11 }),
      franke({ ...network, dtype: 'float32' }),
    ]) {
      expect((await run(other)).metrics).not.toEqual(metrics);
    }
  });

  test('of more epochs begins like one of fewer', async () => {
    const [few, more] = await Promise.all([3, 8].map((epochs) => run(franke({ ...network, epochs }))));
    expect(more.curves.test_mse.slice(0, 3)).toEqual(few.curves.test_mse);
  });

  test('tells of each epoch', async () => {
    const heard: number[] = [];
    await runTrial(createTrial(franke({ ...linear, epochs: 3 })), sources, {
      onEpoch: (epoch) => heard.push(epoch),
    });
    expect(heard).toEqual([1, 2, 3]);
  });

  test('has no R2 where there is one test row only', async () => {
    const split = { method: 'random', trainRows: 59, testRows: 1 } as const;
    for (const model of [linear, { solver: 'closed-form', lambda: 0 } as const]) {
      const bootstrap = { resamples: 3, method: 'test' } as const;
      const record = await run(franke(model, { split, bootstrap }));
      expect(record.metrics.test_r2).toBeNull();
      expect(record.metrics.test_mse).toBeGreaterThan(0);
      expect(record.bootstrap).toMatchObject({ mse: { mean: record.metrics.test_mse }, r2: null });
    }
  });
});

describe('divergence', () => {
  test('is a result: no metrics, no bootstrap, the epoch from 1 and the curves until then', async () => {
    const bootstrap = { resamples: 5, method: 'refit' } as const;
    const record = await run(franke({ ...linear, learningRate: 1.1, epochs: 200 }, { bootstrap }));
    const { divergedAt, curves, metrics } = record;
    expect(record).toMatchObject({ status: 'diverged', bootstrap: null });
    expect(divergedAt).toBeGreaterThan(1);
    expect(divergedAt).toBeLessThan(200);
    expect(Object.keys(metrics).sort()).toEqual(Object.keys((await run(franke(linear))).metrics).sort());
    expect(new Set(Object.values(metrics))).toEqual(new Set([null]));
    expect(curves.train_mse).toHaveLength(divergedAt!);
    expect(curves.train_mse.slice(0, -1)).not.toContain(null);
    expect(Math.max(...(curves.train_mse as number[]))).toBe(curves.train_mse.at(-1));
    expect(curves.train_mse.at(-1)).toBeGreaterThan(1e3);
  });
});

describe('L-BFGS', () => {
  test('leaves curves of iterations as SGD does of epochs, and how it ended', async () => {
    const { metrics, curves, status } = await run(franke(exact));
    expect(status).toBe('done');
    expect(Object.keys(curves)).toEqual(['train_mse', 'test_mse']);
    expect(metrics).toMatchObject({ converged: 1, iterations: curves.train_mse.length });
    expect(metrics.gradient_norm).toBeLessThanOrEqual(1e-6);
    expect(metrics.train_mse).toBe(curves.train_mse.at(-1));
    const sgdMetrics = Object.keys((await run(franke(network))).metrics);
    expect(Object.keys(metrics)).toEqual([
      ...sgdMetrics,
      'iterations',
      'converged',
      'gradient_norm',
      'no_optimum',
    ]);
  });

  test('of fewer iterations has not converged, and is where more began', async () => {
    const [few, more] = await Promise.all(
      [4, 9].map((maxIterations) => run(franke({ ...exact, maxIterations }))),
    );
    expect(few.metrics).toMatchObject({ converged: 0, iterations: 4 });
    expect(more.curves.test_mse.slice(0, 4)).toEqual(few.curves.test_mse);
  });

  test('of a linear model is the closed form of the same lambda, refits too', async () => {
    const model = { ...exact, layers: linear.layers, lambda: 0.05, gradientTolerance: 1e-10 };
    const bootstrap = { resamples: 3, method: 'refit' } as const;
    const closed = await run(franke({ solver: 'closed-form', lambda: 0.05 }, { bootstrap }));
    const fitted = await run(franke(model, { bootstrap }));
    for (const name of ['train_mse', 'test_mse', 'train_r2', 'test_r2']) {
      expect(fitted.metrics[name]).toBeCloseTo(closed.metrics[name]!, 9);
    }
    expect(fitted.bootstrap!.mse!.mean).toBeCloseTo(closed.bootstrap!.mse!.mean, 9);
  });

  test('whose objective is not finite at the start has diverged', async () => {
    const record = await run(franke({ ...exact, lambda: Number.MAX_VALUE, draw: 1 }));
    expect(record.status).toBe('diverged');
    expect(new Set(Object.values(record.metrics))).toEqual(new Set([null]));
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });
});

describe('the closed form of a lambda', () => {
  const lambda = 0.05;
  const config = franke({ solver: 'closed-form', lambda });

  test("is where the gradient of SGD's objective is zero", async () => {
    const { train: rows, test: testRows } = prepare(
      await loadData(config.data, 4, sources),
      config,
      'float64',
      'mse',
    );
    const x = matrix(45, 10, rows.inputs as Float64Array);
    const y = rows.targets as Float64Array;
    const beta = await ridge(x, y, 45 * lambda);
    const meanSquare = (b: Float64Array) =>
      multiplyVector(x, b).reduce((sum, fitted, n) => sum + (y[n] - fitted) ** 2, 0) / 45;
    expect((await run(config)).metrics.train_mse).toBeCloseTo(meanSquare(beta), 13);

    const objective = (b: Float64Array) =>
      meanSquare(b) + lambda * b.reduce((sum, value) => sum + value * value, 0);
    beta.forEach((b, d) => {
      const h = 1e-4;
      expect((objective(beta.with(d, b + h)) - objective(beta.with(d, b - h))) / (2 * h)).toBeCloseTo(0, 10);
    });

    // One step of SGD itself on all rows, with rate 1, is the gradient: it does not move.
    const stepped = await train(rows, testRows, {
      layers: linear.layers,
      weights: [{ kernel: beta, bias: null }],
      loss: 'mse',
      penalty: { lambda, penalizeBiases: true },
      optimizer: { name: 'sgd', momentum: 0 },
      learningRate: 1,
      schedule: schedules.constant,
      batches: batchings.full(45),
      epochs: 1,
      dtype: 'float64',
    });
    stepped.weights[0].kernel.forEach((b, d) => {
      expect(b).toBeCloseTo(beta[d], 12);
    });
  });

  test.each([0.05, 1])('is where SGD on all rows ends, lambda %d', async (penalty) => {
    const sgd: SgdConfig = { ...linear, lambda: penalty, batches: 'full', batchSize: 45, epochs: 1500 };
    const [closed, trained] = await Promise.all([
      run(franke({ solver: 'closed-form', lambda: penalty })),
      run(franke({ ...sgd, learningRate: 0.2 })),
    ]);
    for (const name of ['train_mse', 'test_mse', 'train_r2', 'test_r2']) {
      expect(trained.metrics[name]).toBeCloseTo(closed.metrics[name]!, 10);
    }
  });

  test('0 fits the training rows best; a larger one fits them worse', async () => {
    const fits = await Promise.all(
      [0, 0.01, 1, 100].map((penalty) => run(franke({ solver: 'closed-form', lambda: penalty }))),
    );
    const errors = fits.map(({ metrics }) => metrics.train_mse!);
    expect(errors).toEqual([...errors].sort((a, b) => a - b));
    expect(new Set(errors).size).toBe(4);
    expect(fits[0].curves).toEqual({});
  });
});

describe('bootstrap', () => {
  test('the spread over refits is not that over test rows, and neither changes the fit', async () => {
    for (const model of [linear, { solver: 'closed-form', lambda: 0 } as const]) {
      const [plain, resampled, refitted] = await Promise.all([
        run(franke(model)),
        run(franke(model, { bootstrap: { resamples: 40, method: 'test' } })),
        run(franke(model, { bootstrap: { resamples: 40, method: 'refit' } })),
      ]);
      expect(resampled.metrics).toEqual(plain.metrics);
      expect(refitted.metrics).toEqual(plain.metrics);
      for (const { bootstrap } of [resampled, refitted]) {
        for (const summary of [bootstrap!.mse!, bootstrap!.r2!]) {
          expect(summary.low).toBeLessThan(summary.mean);
          expect(summary.high).toBeGreaterThan(summary.mean);
          expect(summary.standardDeviation).toBeGreaterThan(0);
        }
      }
      expect(refitted.bootstrap!.mse!.standardDeviation).not.toBeCloseTo(
        resampled.bootstrap!.mse!.standardDeviation!,
        6,
      );
    }
  });

  test('refits of least squares are worse on average than the fit to all training rows', async () => {
    const closed = { solver: 'closed-form', lambda: 0 } as const;
    const { bootstrap, metrics } = await run(
      franke(closed, { bootstrap: { resamples: 60, method: 'refit' } }),
    );
    expect(bootstrap!.mse!.mean).toBeGreaterThan(metrics.test_mse!);
  });

  test.each(['test', 'refit'] as const)(
    'the first resamples are those of a shorter bootstrap (%s)',
    async (method) => {
      const [two, three, four] = await Promise.all(
        [2, 3, 4].map(async (resamples) => {
          const { bootstrap } = await run(franke(linear, { bootstrap: { resamples, method } }));
          return bootstrap!.mse!;
        }),
      );
      // What each further one adds to the mean is its own MSE, if the others are the same; the spreads then agree.
      const apart = two.standardDeviation! / Math.sqrt(2);
      const first = [two.mean - apart, two.mean + apart];
      const third = 3 * three.mean - 2 * two.mean;
      const fourth = 4 * four.mean - 3 * three.mean;
      expect(fourth).not.toBeCloseTo(third, 6);
      expect(three.standardDeviation).toBeCloseTo(standardDeviation([...first, third]), 12);
      expect(four.standardDeviation).toBeCloseTo(standardDeviation([...first, third, fourth]), 12);
    },
  );
});

describe('classification', () => {
  let folder: string;
  let config: TrialConfig;

  /** An IDX file of bytes. */
  const idx = (dimensions: number[], values: number[]) =>
    Uint8Array.of(0, 0, 8, dimensions.length, ...dimensions.flatMap((size) => [0, 0, 0, size]), ...values);
  /** Images of 4 x 3 pixels, all 0 but for one or two that tell the label. */
  const image = (label: number, n: number) =>
    Array.from({ length: 12 }, (_, pixel) => (pixel === label ? 255 - n : pixel === 11 ? n % 2 : 0));
  const labels = (rows: number) => Array.from({ length: rows }, (_, n) => (3 * n) % 10);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fys-nn-trial-'));
    const write = async (images: string, names: string, rows: number) => {
      await writeFile(join(folder, images), idx([rows, 4, 3], labels(rows).flatMap(image)));
      await writeFile(join(folder, names), idx([rows], labels(rows)));
    };
    await write(imageFiles.trainImages, imageFiles.trainLabels, 50);
    await write(imageFiles.testImages, imageFiles.testLabels, 20);
    const { sha256 } = await readImages(folder);
    const layers: SgdConfig['layers'] = [
      { units: 10, activation: 'softmax', kernelInit: 'random_normal', biasInit: 'zeros' },
    ];
    config = {
      numerics,
      seed: 1,
      data: { dataset: 'images', sha256, transpose: false },
      split: { method: 'canonical', trainRows: 50, testRows: 20 },
      features: { scale: 'pixels', basis: 'none', degree: null, center: 'none', centerTargets: false },
      model: { ...linear, layers, loss: 'cross_entropy', learningRate: 2, epochs: 30, dtype: 'float32' },
      bootstrap: null,
    };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('learns digits that a single pixel tells apart', async () => {
    const model = { ...(config.model as SgdConfig), learningRate: 0.05 };
    const { metrics, curves, status } = await run({ ...config, model }, { dataDir: folder });
    expect(status).toBe('done');
    expect(Object.keys(curves)).toEqual([
      'train_cross_entropy',
      'test_cross_entropy',
      'train_accuracy',
      'test_accuracy',
    ]);
    expect(metrics).toMatchObject({ train_accuracy: 1, test_accuracy: 1, best_test_accuracy: 1 });
    expect(curves.test_accuracy[0]).toBeLessThan(1);
    expect(metrics.best_epoch).toBe(curves.test_accuracy.indexOf(1) + 1);
    expect(metrics.test_cross_entropy).toBe(curves.test_cross_entropy[29]);
    expect(metrics.test_cross_entropy).toBeLessThan(curves.test_cross_entropy[0]!);
    expect(metrics).not.toHaveProperty('test_r2');
  });

  test('keeps mostly empty images as sparse rows of pixels / 255, and centred ones dense', async () => {
    const dataset = await loadData(config.data, 1, { dataDir: folder });
    const { train, test: held } = prepare(dataset, config, 'float32', 'cross_entropy');
    const { csr, rows } = train.inputs as SparseRows;
    expect(csr).toMatchObject({ rows: dataset.rows, columns: 12 });
    expect(rows).toHaveLength(50);
    // One matrix for both splits, and for the next trial.
    expect((held.inputs as SparseRows).csr).toBe(csr);
    expect((prepare(dataset, config, 'float32', 'cross_entropy').train.inputs as SparseRows).csr).toBe(csr);
    expect([...csr.values.subarray(0, 3)]).toEqual([255, 254, 1].map((v) => Math.fround(v / 255)));
    const scalar = prepare(
      dataset,
      { ...config, features: { ...config.features, center: 'scalar' } },
      'float32',
      'cross_entropy',
    );
    expect(scalar.train.inputs).toBeInstanceOf(Float64Array);
  });

  test('scales sparse rows as dense ones, each scaling with a matrix of its own', async () => {
    const dataset = await loadData(config.data, 1, { dataDir: folder });
    const dark = { ...dataset, inputs: Uint8Array.from(dataset.inputs, (pixel) => pixel >> 4), largest: 15 };
    for (const [scale, divisor] of [
      ['none', 1],
      ['pixels', 255],
      ['max', 15],
    ] as const) {
      const scaled = { ...config, features: { ...config.features, scale } };
      const { csr } = prepare(dark, scaled, 'float64', 'cross_entropy').train.inputs as SparseRows;
      const expected = [...dark.inputs].filter((pixel) => pixel !== 0).map((pixel) => pixel / divisor);
      expect([...csr.values]).toEqual(expected);
      const dense = prepare(dark, scaled, 'float64', 'cross_entropy', false).train.inputs as Float64Array;
      expect([...dense].filter((value) => value !== 0)).toEqual(expected.slice(0, csr.starts[50]));
      // The means are those of the scaled inputs.
      const centred = { ...scaled, features: { ...scaled.features, center: 'columns' } } as const;
      const means = prepare(dark, centred, 'float64', 'cross_entropy').train.inputs as Float64Array;
      for (let column = 0; column < 12; column++) {
        const sum = Array.from({ length: 50 }, (_, n) => means[12 * n + column]).reduce((a, b) => a + b);
        expect(sum).toBeCloseTo(0, 10);
      }
      expect(Math.max(...means)).toBeLessThanOrEqual(15 / divisor);
    }
  });

  test('by L-BFGS is the optimum, whatever the draw of the first weights', async () => {
    const { layers } = config.model as SgdConfig;
    const model: LbfgsConfig = { ...exact, layers, loss: 'cross_entropy', gradientTolerance: 1e-8 };
    const [one, other] = await Promise.all(
      [0, 1].map((draw) => run({ ...config, model: { ...model, draw } }, { dataDir: folder })),
    );
    expect(one.metrics).toMatchObject({ converged: 1, test_accuracy: 1 });
    expect(one.curves.train_cross_entropy[0]).not.toBe(other.curves.train_cross_entropy[0]);
    expect(other.metrics.train_cross_entropy).toBeCloseTo(one.metrics.train_cross_entropy!, 6);
    expect(other.metrics.test_cross_entropy).toBeCloseTo(one.metrics.test_cross_entropy!, 6);
  });

  test('of centred pixels is another result', async () => {
    const centred = { ...config, features: { ...config.features, center: 'columns' } } as const;
    const [plain, other] = await Promise.all([config, centred].map((c) => run(c, { dataDir: folder })));
    expect(other.status).toBe('done');
    expect(other.metrics).not.toEqual(plain.metrics);
  });

  test('that diverges has no metrics, neither accuracies', async () => {
    const model = { ...(config.model as SgdConfig), learningRate: 100, lambda: 1 };
    const record = await run({ ...config, model }, { dataDir: folder });
    expect(record.status).toBe('diverged');
    expect(new Set(Object.values(record.metrics))).toEqual(new Set([null]));
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  test('of other files than those of the config is refused', async () => {
    const other = {
      ...config,
      data: { dataset: 'images', sha256: '0'.repeat(64), transpose: false },
    } as const;
    await expect(run(other, { dataDir: folder })).rejects.toThrow(UserError);
    await expect(run(other, { dataDir: folder })).rejects.toThrow(folder);
  });
});
