import type { Dataset, Sources } from '../datasets/dataset.ts';
import { loadData } from '../datasets/index.ts';
import { type Split, splitRows, stratifyLabels } from '../datasets/split.ts';
import { losses } from '../nn/losses.ts';
import type { LayerWeights } from '../nn/network.ts';
import { columnsOf, type Samples } from '../nn/samples.ts';
import { coefficientsOf } from './coefficients.ts';
import { sharedSeed } from './config.ts';
import type { Fit } from './fit.ts';
import { divergedFold, epochsOfFolds, fitFolds, foldSplits, withFolds } from './folds.ts';
import { givenWeights } from './initial-weights.ts';
import { type Prepared, prepareRows } from './prepare.ts';
import { resample } from './resample.ts';
import { takesSparse } from './size.ts';
import { type ModelConfig, solverEntry } from './solvers/index.ts';
import type { FitHooks, FitSeeds } from './solvers/solver.ts';
import { drawSeeds } from './streams.ts';
import { outputsToBytes } from './test-outputs.ts';
import type { Trial, TrialConfig, TrialRecord } from './trial.ts';
import { withValidation } from './validation.ts';

/** A model as a trial has fitted it, with what it takes to use it on other rows. */
export interface FittedModel extends Pick<Prepared, 'steps' | 'targetScale'> {
  readonly dataset: Dataset;
  readonly weights: readonly LayerWeights[];
}

export interface TrialHooks extends FitHooks {
  /** Receives the model before the record exists; not called if the trial diverged, or if another library keeps the model. */
  readonly keepModel?: (fitted: FittedModel) => Promise<void>;
}

/**
 * Computes a trial: loads and prepares its data, fits its model, scores it.
 *
 * Except for `seconds` and `at`, the record depends only on the config, not on lent cores or on the checkpoint from
 * which training resumes. Divergence is a result, not an error.
 */
export async function runTrial(
  { id, config }: Trial,
  sources: Sources,
  hooks: TrialHooks = {},
): Promise<TrialRecord> {
  const started = performance.now();
  const given = givenWeights(config.model, sources);
  const draws = { ...drawSeeds(config), ...(given === null ? {} : { weights: given }) };
  const dataset = await loadData(config.data, sharedSeed(config, 'data'), sources);
  const { prepared, fit, fitted } = await fitTrial(dataset, config, draws, hooks);
  const { probabilities, weights } = fit;
  if (weights !== undefined && !fit.diverged && solverEntry(fitted.solver).reference === null) {
    const { steps, targetScale } = prepared;
    await hooks.keepModel?.({ dataset, weights, steps, ...(targetScale && { targetScale }) });
  }
  if (probabilities !== null) {
    const classified = { labels: labelsOf(prepared.test), probabilities };
    const dtype = solverEntry(fitted.solver).dtype(fitted);
    await hooks.attach?.('outputs', outputsToBytes(classified, dtype));
  }
  const { bootstrap, parts } = await resample(prepared, { ...config, model: fitted }, draws, fit);
  return {
    id,
    config,
    status: fit.diverged ? 'diverged' : 'done',
    divergedAt: fit.divergedAt,
    metrics: { ...fit.metrics, ...parts },
    curves: fit.curves,
    bootstrap,
    ...(config.coefficients === true ? keptCoefficients(prepared, fit) : {}),
    seconds: (performance.now() - started) / 1000,
    at: new Date().toISOString(),
  };
}

/** The classes of the rows, from encoded targets: one-hot, or of a single output 0 and 1. */
function labelsOf({ targets, rows }: Samples): Uint32Array {
  const outputs = targets.length / rows;
  if (outputs === 1) return Uint32Array.from(targets);
  return Uint32Array.from({ length: rows }, (_, n) =>
    targets.subarray(n * outputs, (n + 1) * outputs).indexOf(1),
  );
}

function keptCoefficients(
  { train, targetScale }: Prepared,
  { weights, diverged }: Fit,
): Pick<TrialRecord, 'coefficients'> {
  if (weights?.length !== 1 || diverged) return {};
  return { coefficients: coefficientsOf(weights[0], columnsOf(train), targetScale) };
}

interface Fitted {
  readonly prepared: Prepared;
  readonly fit: Fit;
  /** The model that was fitted to all training rows: with the epochs that its folds chose, if they did. */
  readonly fitted: ModelConfig;
}

/** Fits the model to the training rows; with cross-validation, first to all but each fold of them. */
async function fitTrial(
  dataset: Dataset,
  config: TrialConfig,
  draws: FitSeeds,
  hooks: FitHooks,
): Promise<Fitted> {
  const { model, features } = config;
  const solver = solverEntry(model.solver);
  const { selects } = losses[solver.loss(model)];
  const preparedFrom = (rows: Split): Prepared =>
    prepareRows(dataset, rows, features, solver.dtype(model), solver.loss(model), takesSparse(config));
  const splitSeed = sharedSeed(config, 'split');
  const rows = splitRows(dataset, config.split, splitSeed);
  const { folds = 0 } = config.split;
  if (folds === 0) {
    const prepared = preparedFrom(rows);
    const fit = await solver.fit(prepared, model, draws, hooks);
    const again = (data: Prepared) => solver.fit(data, model, draws, {});
    return { prepared, fit: await withValidation(fit, prepared, selects, model, again), fitted: model };
  }
  const splits = foldSplits(rows.train, folds, splitSeed, stratifyLabels(dataset, config.split));
  const fitFold = (fold: number, own: FitHooks): Promise<Fit> =>
    solver.fit(preparedFrom(splits[fold]), model, draws, own);
  const validated = await fitFolds(folds, solver.epochs(model), hooks, fitFold);
  const { fits } = validated;
  const prepared = preparedFrom(rows);
  const failed = fits.find(({ diverged }) => diverged);
  if (failed !== undefined) return { prepared, fit: divergedFold(failed), fitted: model };
  const chosen =
    solver.trainFor !== undefined && 'earlyStopping' in model ? epochsOfFolds(fits, model) : null;
  const fitted = chosen === null ? model : solver.trainFor!(model, chosen);
  const fit = await solver.fit(prepared, fitted, draws, validated.hooks);
  return { prepared, fit: withFolds(fit, fits, selects, model, chosen), fitted };
}
