import { matrix, multiplyVector } from '../math/matrix.ts';
import { createRng } from '../math/rng.ts';
import { batchings } from '../nn/batches.ts';
import { type Checkpoints, noCheckpoints } from '../nn/epochs.ts';
import type { LendCore } from '../nn/evaluator.ts';
import { losses } from '../nn/losses.ts';
import { initialWeights } from '../nn/network.ts';
import { columnsOf, type Samples } from '../nn/samples.ts';
import { compileSchedule } from '../nn/schedules.ts';
import { type Trained, train } from '../nn/train.ts';
import { leastSquares, ridge } from '../regression/least-squares.ts';
import { type BootstrapSummary, bootstrapTest, summarize } from '../stats/bootstrap.ts';
import { meanSquaredError, r2Score } from '../stats/metrics.ts';
import { loadData, type Sources } from './data.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { SgdConfig, Trial, TrialConfig, TrialRecord } from './trial.ts';

/** What one fit of the model gives, before bootstrapping. */
interface Fit {
  readonly divergedAt: number | null;
  readonly metrics: Record<string, number | null>;
  readonly curves: Record<string, (number | null)[]>;
  /** [test rows] of a regression; null for classification or after divergence. */
  readonly predictions: Float64Array | null;
}

type OnEpoch = (epoch: number) => void;

/**
 * Computes a trial: loads and prepares its data, fits its model, scores it.
 *
 * The record depends on the config alone, but for `seconds` and `at`, whether or not a core is lent, and from
 * whichever checkpoint of its training it goes on. Divergence is a result, not an error.
 */
export async function runTrial(
  { id, config }: Trial,
  sources: Sources,
  onEpoch?: OnEpoch,
  lendCore?: LendCore,
  checkpoints?: Checkpoints,
): Promise<TrialRecord> {
  const started = performance.now();
  const dataset = await loadData(config.data, config.seed, sources);
  const data = prepare(dataset, config, config.model.solver === 'sgd' ? config.model.dtype : 'float64');
  const fit = await fitModel(data, config, onEpoch, lendCore, checkpoints);
  const diverged = fit.divergedAt !== null;
  return {
    id,
    config,
    status: diverged ? 'diverged' : 'done',
    divergedAt: diverged ? fit.divergedAt! + 1 : null,
    metrics: fit.metrics,
    curves: fit.curves,
    bootstrap: diverged ? null : await bootstrap(data, config, fit.predictions),
    seconds: (performance.now() - started) / 1000,
    at: new Date().toISOString(),
  };
}

function fitModel(
  data: Prepared,
  config: TrialConfig,
  onEpoch?: OnEpoch,
  lendCore?: LendCore,
  checkpoints?: Checkpoints,
): Promise<Fit> {
  return config.model.solver === 'sgd'
    ? fitBySgd(data, config.model, config.seed, onEpoch, lendCore, checkpoints)
    : fitClosedForm(data, config.model.lambda);
}

async function fitBySgd(
  data: Prepared,
  model: SgdConfig,
  seed: number,
  onEpoch?: OnEpoch,
  lendCore?: LendCore,
  checkpoints: Checkpoints = noCheckpoints,
): Promise<Fit> {
  const { layers, lambda, momentum, penalizeBiases, batchSize, draw } = model;
  const { metric, task } = losses[model.loss];
  const trained = await train(
    data.train,
    data.test,
    {
      layers,
      weights: initialWeights(layers, columnsOf(data.train), seed, draw),
      loss: model.loss,
      sgd: { momentum, lambda, penalizeBiases },
      learningRate: model.learningRate,
      schedule: await compileSchedule(model.schedule),
      batches: batchings[model.batches](data.train.rows, batchSize, seed),
      epochs: model.epochs,
      dtype: model.dtype,
    },
    onEpoch,
    lendCore,
    checkpoints,
  );
  const curves: Fit['curves'] = {
    [`train_${metric}`]: trained.train.loss.map(finiteOrNull),
    [`test_${metric}`]: trained.test.loss.map(finiteOrNull),
  };
  if (task === 'classification') {
    curves.train_accuracy = trained.train.accuracy;
    curves.test_accuracy = trained.test.accuracy;
  }
  const diverged = trained.divergedAt !== null;
  const metrics = { ...finalValues(curves, diverged), ...best(curves, task, diverged) };
  if (task === 'regression') Object.assign(metrics, r2(data, trained, diverged));
  const predictions = task === 'regression' && !diverged ? trained.testOutputs : null;
  return { divergedAt: trained.divergedAt, metrics, curves, predictions };
}

async function fitClosedForm({ train, test }: Prepared, lambda: number): Promise<Fit> {
  const features = ({ rows, inputs }: Samples) => {
    const values = inputs as Float64Array;
    return matrix(rows, values.length / rows, values);
  };
  const targets = train.targets as Float64Array;
  // mean square + lambda |beta|^2 has the minimum of sum of squares + N lambda |beta|^2.
  const beta =
    lambda === 0
      ? await leastSquares(features(train), targets)
      : await ridge(features(train), targets, lambda * train.rows);
  const predictions = multiplyVector(features(test), beta);
  const fitted = multiplyVector(features(train), beta);
  const metrics = {
    train_mse: meanSquaredError(train.targets, fitted),
    test_mse: meanSquaredError(test.targets, predictions),
    train_r2: finiteOrNull(r2Score(train.targets, fitted)),
    test_r2: finiteOrNull(r2Score(test.targets, predictions)),
  };
  return { divergedAt: null, metrics, curves: {}, predictions };
}

/** Test scores under resampling of the test rows, or of the training rows with a new fit for each. */
async function bootstrap(
  data: Prepared,
  config: TrialConfig,
  predictions: Float64Array | null,
): Promise<TrialRecord['bootstrap']> {
  if (config.bootstrap === null || predictions === null) return null;
  const { resamples, method } = config.bootstrap;
  const { targets } = data.test;
  if (method === 'test') {
    return finiteSummaries(
      bootstrapTest(targets, predictions, resamples, createRng(config.seed, 'bootstrap')),
    );
  }
  const mse: number[] = [];
  const r2: number[] = [];
  for (let resample = 1; resample <= resamples; resample++) {
    const rng = createRng(config.seed, 'bootstrap', resample);
    const rows = Int32Array.from({ length: data.train.rows }, () => rng.below(data.train.rows));
    const refit = await fitModel({ train: takeRows(data.train, rows), test: data.test }, config);
    if (refit.predictions === null) return null;
    mse.push(meanSquaredError(targets, refit.predictions));
    r2.push(r2Score(targets, refit.predictions));
  }
  return finiteSummaries({ mse: summarize(mse), r2: summarize(r2) });
}

/** Dense rows of a regression by index. */
function takeRows({ rows, inputs, targets }: Samples, indices: Int32Array): Samples {
  const dense = inputs as Float64Array;
  const columns = dense.length / rows;
  const taken = new Float64Array(indices.length * columns);
  indices.forEach((row, n) => {
    taken.set(dense.subarray(row * columns, (row + 1) * columns), n * columns);
  });
  return { rows: indices.length, inputs: taken, targets: Float64Array.from(indices, (row) => targets[row]) };
}

function finalValues(curves: Fit['curves'], diverged: boolean): Fit['metrics'] {
  return Object.fromEntries(
    Object.entries(curves).map(([name, curve]) => [name, diverged ? null : curve[curve.length - 1]]),
  );
}

/** The best test score over the epochs and the epoch (from 1) that had it. */
function best(
  curves: Fit['curves'],
  task: 'regression' | 'classification',
  diverged: boolean,
): Fit['metrics'] {
  const name = task === 'regression' ? 'test_mse' : 'test_accuracy';
  if (diverged) return { [`best_${name}`]: null, best_epoch: null };
  const sign = task === 'regression' ? 1 : -1;
  const curve = curves[name] as number[];
  let at = 0;
  curve.forEach((value, epoch) => {
    if (sign * value < sign * curve[at]) at = epoch;
  });
  return { [`best_${name}`]: curve[at], best_epoch: at + 1 };
}

function r2({ train, test }: Prepared, trained: Trained, diverged: boolean): Fit['metrics'] {
  if (diverged) return { train_r2: null, test_r2: null };
  return {
    train_r2: finiteOrNull(r2Score(train.targets, trained.trainOutputs)),
    test_r2: finiteOrNull(r2Score(test.targets, trained.testOutputs)),
  };
}

/** R2 has no value where the targets do not vary; JSON has no NaN. */
function finiteSummaries(summaries: Record<'mse' | 'r2', BootstrapSummary>): TrialRecord['bootstrap'] {
  return Number.isFinite(summaries.r2.mean) ? summaries : { mse: summaries.mse, r2: null };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
