import type { DataFacts } from '../datasets/dataset.ts';
import { datasetEntry } from '../datasets/index.ts';
import { featureCount } from './config.ts';
import { solverEntry } from './solvers/index.ts';
import type { ModelSize } from './solvers/solver.ts';
import type { TrialConfig } from './trial.ts';

/** Bytes of a dense number, and of sparse entries (value and column) per number, of which at most half are entries. */
const numberBytes = 8;
const sparseBytes = 12 * 0.5;

function sizeOf({ split, features }: TrialConfig, columns: number): ModelSize {
  const { trainRows, testRows } = split;
  return { rows: trainRows + testRows, trainRows, testRows, inputs: featureCount(features, columns) };
}

/** The number of weights of the trial's model on data with `columns` columns, without biases. */
export function trialWeights(config: TrialConfig, columns: number): number {
  return solverEntry(config.model.solver).weights(config.model, featureCount(config.features, columns));
}

/** The number of epochs, or the most iterations; 0 for a model without either. */
export function trialEpochs({ model }: TrialConfig): number {
  return solverEntry(model.solver).epochs(model);
}

/** The approximate work of a trial, in multiplications, so that the longest trials can start first. */
export function trialCost(config: TrialConfig): number {
  const { data, model, bootstrap } = config;
  const fits = bootstrap?.method === 'refit' ? bootstrap.resamples : 1;
  const columns = datasetEntry(data.dataset).columns(data);
  return fits * solverEntry(model.solver).cost(model, sizeOf(config, columns));
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
  return solverEntry(model.solver).sparse && bootstrap?.method !== 'refit';
}

/** Dense rows exist in three forms: as prepared, as used in training, and in a batch. */
function inputBytes(config: TrialConfig, { rows, inputs }: ModelSize, facts: DataFacts): number {
  const { features } = config;
  const centred = features.center !== 'none';
  const unchanged = !centred && features.basis === 'none';
  const all = facts.rows * facts.columns;
  if (facts.sparse && unchanged && takesSparse(config)) return sparseBytes * all;
  return numberBytes * (3 * rows * inputs + (centred ? all : 0));
}
