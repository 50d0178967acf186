import { type Matrix, matrix, multiplyVector } from '../math/matrix.ts';
import { createRng } from '../math/rng.ts';
import { batchings } from '../nn/batches.ts';
import { type Checkpoints, noCheckpoints } from '../nn/epochs.ts';
import type { LendCore } from '../nn/evaluator.ts';
import { fitLbfgs } from '../nn/fit-lbfgs.ts';
import { type LossName, losses } from '../nn/losses.ts';
import { initialWeights, type LayerWeights } from '../nn/network.ts';
import { columnsOf, type Samples } from '../nn/samples.ts';
import { compileSchedule } from '../nn/schedules.ts';
import { type Trained, type Training, train } from '../nn/train.ts';
import { references } from '../references/index.ts';
import { leastSquares, ridge } from '../regression/least-squares.ts';
import { type BootstrapSummary, bootstrapTest, summarize } from '../stats/bootstrap.ts';
import { meanSquaredError, r2Score } from '../stats/metrics.ts';
import { loadData, type Sources } from './data.ts';
import { dtypeOf, type Prepared, prepare } from './prepare.ts';
import type {
  LbfgsConfig,
  ReferenceConfig,
  SgdConfig,
  TfjsConfig,
  Trial,
  TrialConfig,
  TrialRecord,
} from './trial.ts';

/** What one fit of the model gives, before bootstrapping. */
interface Fit {
  readonly divergedAt: number | null;
  readonly metrics: Record<string, number | null>;
  readonly curves: Record<string, (number | null)[]>;
  /** [test rows] of a regression; null for classification or after divergence. */
  readonly predictions: Float64Array | null;
  /** Of a classifier of our own that did not diverge. */
  readonly weights?: readonly LayerWeights[];
}

type OnEpoch = (epoch: number) => void;
type OnWeights = (weights: readonly LayerWeights[]) => Promise<void>;

/**
 * Computes a trial: loads and prepares its data, fits its model, scores it.
 *
 * The record depends on the config alone, but for `seconds` and `at`, whether or not a core is lent, and from
 * whichever checkpoint of its training it goes on. Divergence is a result, not an error. `onWeights` is given the final
 * weights of a classifier, before the record is there.
 */
export async function runTrial(
  { id, config }: Trial,
  sources: Sources,
  onEpoch?: OnEpoch,
  lendCore?: LendCore,
  onWeights?: OnWeights,
  checkpoints?: Checkpoints,
): Promise<TrialRecord> {
  const started = performance.now();
  const dataset = await loadData(config.data, config.seed, sources);
  const data = prepare(dataset, config, dtypeOf(config.model));
  const fit = await fitModel(data, config, onEpoch, lendCore, checkpoints);
  const diverged = fit.divergedAt !== null;
  if (fit.weights !== undefined) await onWeights?.(fit.weights);
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
  const { model, seed } = config;
  switch (model.solver) {
    case 'sgd':
      return fitBySgd(data, model, seed, onEpoch, lendCore, checkpoints);
    case 'lbfgs':
      return fitByLbfgs(data, model, seed, onEpoch);
    case 'closed-form':
      return fitClosedForm(data, model.lambda);
    case 'reference':
      return fitReference(data, model, seed, onEpoch);
  }
}

async function fitBySgd(
  data: Prepared,
  model: SgdConfig,
  seed: number,
  onEpoch?: OnEpoch,
  lendCore?: LendCore,
  checkpoints: Checkpoints = noCheckpoints,
): Promise<Fit> {
  const training = { ...(await trainingOf(data, model, seed)), dtype: model.dtype };
  const trained = await train(data.train, data.test, training, onEpoch, lendCore, checkpoints);
  const fit = trainedFit(data, model.loss, trained);
  const classifies = losses[model.loss].task === 'classification' && fit.divergedAt === null;
  return classifies ? { ...fit, weights: trained.weights } : fit;
}

async function trainingOf(
  { train: { rows }, train: samples }: Prepared,
  model: SgdConfig | TfjsConfig,
  seed: number,
): Promise<Omit<Training, 'dtype'>> {
  const { layers, loss, lambda, momentum, penalizeBiases, learningRate, batchSize, epochs, draw } = model;
  return {
    layers,
    weights: initialWeights(layers, columnsOf(samples), seed, draw),
    loss,
    sgd: { momentum, lambda, penalizeBiases },
    learningRate,
    schedule: await compileSchedule(model.schedule),
    batches: batchings[model.batches](rows, batchSize, seed),
    epochs,
  };
}

async function fitByLbfgs(
  data: Prepared,
  model: LbfgsConfig,
  seed: number,
  onIteration?: OnEpoch,
): Promise<Fit> {
  const weights = initialWeights(model.layers, columnsOf(data.train), seed, model.draw);
  const fitted = await fitLbfgs(data.train, data.test, { ...model, weights }, onIteration);
  const { iterations, converged, gradientNorm, divergedAt } = fitted;
  const fit = trainedFit(data, model.loss, fitted);
  const ending =
    divergedAt === null
      ? { iterations, converged: Number(converged), gradient_norm: gradientNorm }
      : { iterations: null, converged: null, gradient_norm: null };
  return { ...fit, metrics: { ...fit.metrics, ...ending } };
}

/** Curves, final and best values of a trained network. */
function trainedFit(data: Prepared, loss: LossName, trained: Omit<Trained, 'weights'>): Fit {
  const { metric, task } = losses[loss];
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

async function fitClosedForm(data: Prepared, lambda: number): Promise<Fit> {
  const { train } = data;
  const targets = train.targets as Float64Array;
  // mean square + lambda |beta|^2 has the minimum of sum of squares + N lambda |beta|^2.
  const beta =
    lambda === 0
      ? await leastSquares(featuresOf(train), targets)
      : await ridge(featuresOf(train), targets, lambda * train.rows);
  return linearFit(data, beta);
}

/** The same by another library: it fits, and what comes out is scored as our own is. */
async function fitReference(
  data: Prepared,
  model: ReferenceConfig,
  seed: number,
  onEpoch?: OnEpoch,
): Promise<Fit> {
  const { train, test } = data;
  const { tfjs, sklearn } = references;
  if (model.reference === 'tfjs') {
    const training = await trainingOf(data, model, seed);
    return trainedFit(data, model.loss, await tfjs.train(train, test, training, model, onEpoch));
  }
  const { version, numpy, scipy, parameters } = model;
  const versions = { version, numpy, scipy };
  if (model.method === 'SGDRegressor') {
    return linearFit(data, await sklearn.fitSgdRegressor(train, model, seed, versions));
  }
  const fitted = await sklearn.fitLogisticRegression(train, test, parameters, versions);
  const { scores, converged, iterations } = fitted;
  const metrics = {
    train_cross_entropy: scores.train.loss,
    test_cross_entropy: scores.test.loss,
    train_accuracy: scores.train.accuracy,
    test_accuracy: scores.test.accuracy,
    converged: Number(converged),
    iterations,
  };
  return { divergedAt: null, metrics, curves: {}, predictions: null };
}

/** Dense inputs as a matrix [rows][columns]. */
function featuresOf({ rows, inputs }: Samples): Matrix {
  const values = inputs as Float64Array;
  return matrix(rows, values.length / rows, values);
}

/** Scores of a linear model with the coefficients beta [columns]. */
function linearFit({ train, test }: Prepared, beta: Float64Array): Fit {
  const predictions = multiplyVector(featuresOf(test), beta);
  const fitted = multiplyVector(featuresOf(train), beta);
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

function r2({ train, test }: Prepared, trained: Omit<Trained, 'weights'>, diverged: boolean): Fit['metrics'] {
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
