import type { Dataset, Sources } from '../datasets/dataset.ts';
import { type DatasetName, datasetEntry, loadData } from '../datasets/index.ts';
import { divisorOf, type Scaling } from '../datasets/scale.ts';
import { cacheSparse, sparseInputs } from '../datasets/sparse.ts';
import type { Csr } from '../math/csr.ts';
import type { Dtype } from '../math/dtype.ts';
import { areAsStored, sharedSeed } from './config.ts';
import { takesSparse } from './size.ts';
import { solverEntry } from './solvers/index.ts';
import { canonicalJson, type Trial } from './trial.ts';

/** Data in shared memory. Threads that receive this use the data without copying them. */
export type SharedData = readonly {
  readonly name: DatasetName;
  readonly dataset: Dataset;
  readonly matrices: readonly { readonly divisor: number; readonly dtype: Dtype; readonly csr: Csr }[];
}[];

/** Reads the trials' data files once, and builds their sparse matrices once for each scaling and element type. */
export async function shareData(trials: readonly Trial[], sources: Sources): Promise<SharedData> {
  const needed = new Map<string, { trial: Trial; sparse: Map<string, [Scaling, Dtype]> }>();
  for (const trial of trials) {
    const { data, features, model } = trial.config;
    if (datasetEntry(data.dataset).keep === null) continue;
    const key = canonicalJson(data);
    const { sparse } = needed.get(key) ?? { sparse: new Map<string, [Scaling, Dtype]>() };
    needed.set(key, { trial, sparse });
    const { scale } = features;
    const dtype = solverEntry(model.solver).dtype(model);
    if (areAsStored(features) && takesSparse(trial.config)) sparse.set(`${scale} ${dtype}`, [scale, dtype]);
  }
  const shared: SharedData[number][] = [];
  for (const { trial, sparse } of needed.values()) {
    const { data } = trial.config;
    const dataset = await loadData(data, sharedSeed(trial.config, 'data'), sources);
    const matrices = [...sparse.values()].flatMap(([scale, dtype]) => {
      const divisor = divisorOf(scale, dataset.largest);
      const csr = sparseInputs(dataset, divisor, dtype);
      return csr === null ? [] : [{ divisor, dtype, csr }];
    });
    shared.push({ name: data.dataset, dataset, matrices });
  }
  return shared;
}

/** Uses the data that another thread has shared instead of reading them. */
export function useSharedData(shared: SharedData, sources: Sources): void {
  for (const { name, dataset, matrices } of shared) {
    datasetEntry(name).keep!(dataset, sources);
    for (const { divisor, dtype, csr } of matrices) cacheSparse(dataset, divisor, dtype, csr);
  }
}
