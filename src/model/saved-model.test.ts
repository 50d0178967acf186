import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Sources } from '../datasets/dataset.ts';
import { noise, writeImages } from '../datasets/image-files.testing.ts';
import { readImages } from '../datasets/image-folder.ts';
import { loadData } from '../datasets/index.ts';
import { splitRows } from '../datasets/split.ts';
import { activationNames } from '../nn/activations.ts';
import { type LossName, losses } from '../nn/losses.ts';
import { r2Score } from '../stats/metrics.ts';
import { numerics } from '../trial/config.ts';
import { type FittedModel, runTrial } from '../trial/run-trial.ts';
import type { SgdConfig } from '../trial/solvers/sgd.ts';
import { outputsFromBytes } from '../trial/test-outputs.ts';
import { createTrial, type TrialConfig } from '../trial/trial.ts';
import { modelFromJson, modelToText } from './model-file.ts';
import { createModelPredictor } from './predict.ts';
import { modelOf, type SavedModel } from './saved-model.ts';

const sources = { dataDir: null };

function sgd(
  change: Partial<SgdConfig>,
  hidden: SgdConfig['layers'][number]['activation'][] = [],
): SgdConfig {
  const { loss = 'mse' as LossName } = change;
  const { task, output } = losses[loss];
  const layer = { kernelInit: 'glorot_uniform', biasInit: 'zeros' } as const;
  const last = {
    ...layer,
    units: losses[loss].units(task === 'classification' ? 10 : 1),
    activation: output,
  };
  return {
    solver: 'sgd',
    layers: [...hidden.map((activation) => ({ ...layer, units: 5, activation })), last],
    draw: 0,
    loss,
    lambda: 0.001,
    l1: 0,
    penalizeBiases: true,
    optimizer: { name: 'sgd', momentum: 0 },
    learningRate: 0.01,
    schedule: 'constant',
    batchSize: 9,
    batches: 'permutation',
    epochs: 4,
    dtype: 'float64',
    ...change,
  };
}

const plain = { scale: 'none', basis: 'none', degree: null, center: 'none', centerTargets: false } as const;

function franke(model: TrialConfig['model'], features: Partial<TrialConfig['features']> = {}): TrialConfig {
  return {
    numerics,
    seed: 7,
    data: { dataset: 'franke', samples: 57, noise: 0.1, target: null },
    split: { method: 'random', trainRows: 40, testRows: 17 },
    features: { ...plain, ...features },
    model,
    bootstrap: null,
  };
}

/** Runs a trial, and reads back the file of its model. */
async function saved(
  config: TrialConfig,
  from: Sources = sources,
): Promise<{ model: SavedModel; record: Awaited<ReturnType<typeof runTrial>> }> {
  const trial = createTrial(config);
  let kept: FittedModel | undefined;
  const record = await runTrial(trial, from, {
    keepModel: async (fitted) => {
      kept = fitted;
    },
  });
  expect(record.status).toBe('done');
  const model = modelOf(trial, kept!);
  const read = await modelFromJson(JSON.parse(modelToText(model)), 'model.json');
  expect(read).toEqual(model);
  return { model: read, record };
}

/** The predictions for the test rows, as they are in the data, and their targets. */
async function onTestRows({ data, split, seed }: TrialConfig, model: SavedModel, from: Sources = sources) {
  const dataset = await loadData(data, seed, from);
  const { test: rows } = splitRows(dataset, split, seed);
  const { columns, inputs } = dataset;
  const values = Float64Array.from({ length: rows.length * columns }, (_, i) => {
    return inputs[rows[Math.floor(i / columns)] * columns + (i % columns)];
  });
  const predictor = await createModelPredictor(model);
  const predictions = predictor.predict(values);
  expect(predictor.predict(values)).toEqual(predictions);
  predictor.release();
  return { predictions, targets: Float64Array.from(rows, (row) => dataset.targets[row]) };
}

async function expectMetrics(config: TrialConfig): Promise<void> {
  const { model, record } = await saved(config);
  const { predictions, targets } = await onTestRows(config, model);
  const { factor, offset } = model.target;
  const r2 = r2Score(targets, predictions);
  if (factor === 1 && offset === 0) expect(r2).toBe(record.metrics.test_r2);
  else expect(Math.abs(r2 - record.metrics.test_r2!)).toBeLessThan(model.dtype === 'float32' ? 1e-6 : 1e-12);
}

describe('a model that was written and read predicts what its trial did', () => {
  test.each(activationNames)('hidden layers of %s', (activation) =>
    expectMetrics(franke(sgd({}, [activation, activation]))),
  );

  test.each<[LossName, Partial<TrialConfig['features']>]>([
    ['mse', {}],
    ['mae', {}],
    ['huber', {}],
    ['sigmoid_cross_entropy', { scaleTargets: 'minmax' }],
  ])('loss %s', (loss, features) => expectMetrics(franke(sgd({ loss }, ['tanh']), features)));

  const closed = { solver: 'closed-form', lambda: 1e-3 } as const;
  const lasso = {
    solver: 'coordinate-descent',
    lambda: 0,
    l1: 1e-4,
    kktTolerance: 1e-8,
    maxSweeps: 1000,
  } as const;
  const { layers, draw, loss, lambda, l1, penalizeBiases } = sgd({}, ['tanh']);
  const network = { layers, draw, loss, lambda, l1, penalizeBiases };
  const lbfgs = {
    ...network,
    solver: 'lbfgs',
    maxIterations: 20,
    gradientTolerance: 1e-6,
    dtype: 'float64',
  } as const;
  const [hidden, last] = sgd({}, ['relu']).layers;
  const withDropout = { ...sgd({}), layers: [{ ...hidden, dropout: 0.5 }, last] };
  const models: [string, TrialConfig['model']][] = [
    ['least squares', { ...closed, lambda: 0 }],
    ['ridge', closed],
    ['lasso', lasso],
    ['L-BFGS', lbfgs],
    ['a network in float32', sgd({ dtype: 'float32' }, ['relu'])],
    ['a network with dropout', withDropout],
    ['early stopping', sgd({ earlyStopping: 2, epochs: 30, learningRate: 0.05 }, ['tanh'])],
  ];
  const features: [string, Partial<TrialConfig['features']>][] = [
    ['plain inputs', {}],
    ['centred inputs and targets', { center: 'columns', centerTargets: true }],
    ['standardised inputs and targets', { scale: 'standard', scaleTargets: 'standard' }],
    ['min-max inputs and targets', { scale: 'minmax', scaleTargets: 'minmax' }],
    ['a polynomial', { basis: 'total', degree: 4 }],
    [
      'a scaled polynomial of centred inputs',
      { basis: 'product', degree: 3, center: 'scalar', scale: 'standard' },
    ],
  ];
  test.each(
    models.flatMap(([name, model]) => features.map(([what, own]) => [name, what, model, own] as const)),
  )('%s on %s', (_name, _what, model, own) => expectMetrics(franke(model, own)));
});

test('with folds and validation rows, it is the model of the record', async () => {
  const config = franke(sgd({}, ['tanh']));
  await expectMetrics({ ...config, split: { ...config.split, folds: 4 } });
  await expectMetrics({ ...config, split: { ...config.split, validationRows: 7 } });
});

describe('a classifier', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fys-nn-model-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    ['ten classes, sparse', 'cross_entropy', false, 'pixels', 'float32'],
    ['ten classes, dense', 'cross_entropy', true, 'max', 'float64'],
    ['two classes, sparse', 'binary_cross_entropy', false, 'max', 'float64'],
    ['two classes, standardised', 'binary_cross_entropy', true, 'standard', 'float32'],
  ] as const)('of %s gives the probabilities of its trial', async (_name, loss, dense, scale, dtype) => {
    const own = join(folder, `${loss}-${dense}`);
    const label = (row: number) => noise.label(row) % (loss === 'cross_entropy' ? 10 : 2);
    const pixel = (row: number, y: number, x: number) =>
      dense || (x + y) % 3 === 0 ? noise.pixel(row, y, x) : 0;
    await writeImages(own, { ...noise, label, pixel });
    const { sha256 } = await readImages(own);
    const { trainRows, testRows } = noise;
    const config: TrialConfig = {
      ...franke(sgd({ loss, dtype, learningRate: 0.5, epochs: 9 }, ['relu'])),
      data: { dataset: 'images', sha256, transpose: false },
      split: { method: 'canonical', trainRows, testRows },
      features: { ...plain, scale },
    };
    let outputs: Uint8Array | undefined;
    await runTrial(
      createTrial(config),
      { dataDir: own },
      {
        attach: async (kind, bytes) => {
          if (kind === 'outputs') outputs = bytes;
        },
      },
    );
    const { model } = await saved(config, { dataDir: own });
    const { predictions } = await onTestRows(config, model, { dataDir: own });
    expect(predictions).toEqual(outputsFromBytes(outputs!)!.probabilities);
  });
});
