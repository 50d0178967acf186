import type { DataFacts } from '../datasets/dataset.ts';
import { datasetEntry } from '../datasets/index.ts';
import { fittedRows } from '../datasets/split.ts';
import { areAsStored, featureCount } from './config.ts';
import { solverEntry } from './solvers/index.ts';
import { secondsPer } from './solvers/seconds.ts';
import type { ModelSize } from './solvers/solver.ts';
import type { TrialConfig } from './trial.ts';

/** Bytes of a dense number, and of sparse entries (value and column) per number, of which at most half are entries. */
const numberBytes = 8;
const sparseBytes = 12 * 0.5;

function sizeOf(config: TrialConfig, columns: number): ModelSize {
  const { split, features, data } = config;
  const { trainRows, testRows } = split;
  return {
    rows: trainRows + testRows,
    trainRows: fittedRows(split),
    testRows,
    inputs: featureCount(features, columns),
    // Images are mostly background. Whether these are is known when they are read.
    sparseInputs: datasetEntry(data.dataset).hasPixels && areAsStored(features) && takesSparse(config),
  };
}

/** The number of weights of the trial's model on data with `columns` columns, without biases. */
export function trialWeights(config: TrialConfig, columns: number): number {
  return solverEntry(config.model.solver).weights(config.model, featureCount(config.features, columns));
}

/** The number of epochs, or the most iterations, of all its fits; 0 for a model without either. */
export function trialEpochs({ model, split }: TrialConfig): number {
  return (1 + (split.folds ?? 0)) * solverEntry(model.solver).epochs(model);
}

/**
 * The approximate seconds of a trial on one core: the longest start first, and it foresees the time of a run. Of adjacent
 * trials that differ in their seed alone, it is computed once.
 */
export function trialSeconds(config: TrialConfig): number {
  if (last === null || parts.some((part) => config[part] !== last?.config[part]))
    last = { config, seconds: secondsOf(config) };
  return last.seconds;
}

const parts = ['data', 'split', 'features', 'model', 'bootstrap'] as const;
let last: { readonly config: TrialConfig; readonly seconds: number } | null = null;

function secondsOf(config: TrialConfig): number {
  const { data, split, features, model, bootstrap } = config;
  const columns = datasetEntry(data.dataset).columns(data);
  const size = sizeOf(config, columns);
  const { resamples, method } = bootstrap ?? { resamples: 0, method: 'test' };
  const fits = 1 + (split.folds ?? 0) + (method === 'test' ? 0 : resamples);
  const rest =
    size.rows * secondsPer.row +
    (areAsStored(features) ? 0 : size.rows * columns * secondsPer.centredInput) +
    resamples * size.testRows * secondsPer.resampledRow;
  const own = fits * solverEntry(model.solver).seconds(model, size) + rest;
  // Trials of milliseconds are sent and written together, those that take longer one by one.
  return own + Math.min(secondsPer.trial, Math.max(secondsPer.tinyTrial, own / 10));
}

/** Trials of one kind take longer, or less long, than `trialSeconds` by about the same factor. */
export function trialKind({ data, features, model }: TrialConfig): string {
  const layers = 'layers' in model ? model.layers.length : 0;
  const { dtype } = solverEntry(model.solver);
  return [data.dataset, features.center, model.solver, dtype(model), Math.min(layers, 3)].join(' ');
}

/** The epochs or iterations that a trial is expected to need, and whether it may need more or fewer. */
export function expectedEpochs(config: TrialConfig): { readonly epochs: number; readonly exact: boolean } {
  const { model, split } = config;
  const { epochs, usualEpochs } = solverEntry(model.solver);
  const fits = 1 + (split.folds ?? 0);
  const exact = usualEpochs === null && !('earlyStopping' in model);
  return { epochs: fits * (usualEpochs ?? epochs)(model), exact };
}

/** The approximate memory of a trial, in bytes: its rows during preparation and training, and its weights. */
export function trialMemory(config: TrialConfig, facts: DataFacts): number {
  const { model } = config;
  const size = sizeOf(config, facts.columns);
  const numbers = 4 * size.rows + solverEntry(model.solver).memory(model, size);
  return inputBytes(config, size, facts) + numberBytes * numbers;
}

/** Whether sparse inputs stay sparse: the solver takes them, and no rows are resampled for a new fit. */
export function takesSparse({ model, bootstrap }: TrialConfig): boolean {
  return solverEntry(model.solver).sparse && (bootstrap?.method ?? 'test') === 'test';
}

/** Dense rows exist in three forms: as prepared, as used in training, and in a batch. */
function inputBytes(config: TrialConfig, { rows, inputs }: ModelSize, facts: DataFacts): number {
  const { features } = config;
  if (facts.sparse && areAsStored(features) && takesSparse(config)) {
    return sparseBytes * facts.rows * facts.columns;
  }
  return numberBytes * 3 * rows * inputs;
}
