import { type ImageDataset, keepMnist, readMnist } from '../datasets/mnist.ts';
import type { Csr } from '../math/csr.ts';
import type { Dtype } from '../math/dtype.ts';
import type { Sources } from './data.ts';
import { dtypeOf, keepSparse, sparseInputs } from './prepare.ts';
import type { Trial } from './trial.ts';

/** Data that lie in shared memory: threads that are handed this read them without a copy of their own. */
export interface SharedData {
  readonly mnist: { readonly dataset: ImageDataset; readonly matrices: readonly [Dtype, Csr][] } | null;
}

/** Reads once what the trials need from files, and makes it sparse once for each element type. */
export async function shareData(trials: readonly Trial[], sources: Sources): Promise<SharedData> {
  const dtypes = new Set<Dtype>();
  let needed = false;
  for (const { config } of trials) {
    const { data, features, model } = config;
    if (data.dataset !== 'mnist') continue;
    needed = true;
    if (model.solver !== 'closed-form' && features.center === 'none') dtypes.add(dtypeOf(model));
  }
  if (!needed) return { mnist: null };
  const dataset = await readMnist(sources.dataDir);
  const matrices = [...dtypes].flatMap((dtype): [Dtype, Csr][] => {
    const csr = sparseInputs(dataset, dtype);
    return csr === null ? [] : [[dtype, csr]];
  });
  return { mnist: { dataset, matrices } };
}

/** Takes the data that another thread has shared, in place of reading them. */
export function useSharedData({ mnist }: SharedData, sources: Sources): void {
  if (mnist === null) return;
  keepMnist(sources.dataDir, mnist.dataset);
  for (const [dtype, csr] of mnist.matrices) keepSparse(mnist.dataset, dtype, csr);
}
