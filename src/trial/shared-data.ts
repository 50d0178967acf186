import type { Dataset, Sources } from '../datasets/dataset.ts';
import { type DatasetName, datasetEntry, loadData } from '../datasets/index.ts';
import { cacheSparse, sparseInputs } from '../datasets/sparse.ts';
import type { Csr } from '../math/csr.ts';
import type { Dtype } from '../math/dtype.ts';
import { takesSparse } from './size.ts';
import { solverEntry } from './solvers/index.ts';
import { canonicalJson, type Trial } from './trial.ts';

/** Data in shared memory. Threads that receive this use the data without copying them. */
export type SharedData = readonly {
  readonly name: DatasetName;
  readonly dataset: Dataset;
  readonly matrices: readonly [Dtype, Csr][];
}[];

/** Reads the trials' data files once, and builds their sparse matrices once for each element type. */
export async function shareData(trials: readonly Trial[], sources: Sources): Promise<SharedData> {
  const needed = new Map<string, { trial: Trial; dtypes: Set<Dtype> }>();
  for (const trial of trials) {
    const { data, features, model } = trial.config;
    if (datasetEntry(data.dataset).keep === null) continue;
    const key = canonicalJson(data);
    const { dtypes } = needed.get(key) ?? { dtypes: new Set<Dtype>() };
    needed.set(key, { trial, dtypes });
    const solver = solverEntry(model.solver);
    const unchanged = features.center === 'none' && features.basis === 'none';
    if (unchanged && takesSparse(trial.config)) dtypes.add(solver.dtype(model));
  }
  const shared: SharedData[number][] = [];
  for (const { trial, dtypes } of needed.values()) {
    const { data, seed } = trial.config;
    const dataset = await loadData(data, seed, sources);
    const matrices = [...dtypes].flatMap((dtype): [Dtype, Csr][] => {
      const csr = sparseInputs(dataset, dtype);
      return csr === null ? [] : [[dtype, csr]];
    });
    shared.push({ name: data.dataset, dataset, matrices });
  }
  return shared;
}

/** Uses the data that another thread has shared instead of reading them. */
export function useSharedData(shared: SharedData, sources: Sources): void {
  for (const { name, dataset, matrices } of shared) {
    datasetEntry(name).keep!(dataset, sources);
    for (const [dtype, csr] of matrices) cacheSparse(dataset, dtype, csr);
  }
}
