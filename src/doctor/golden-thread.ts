import { parentPort, workerData } from 'node:worker_threads';
import { type SharedData, useSharedData } from '../trial/shared-data.ts';
import { type GoldenCase, goldenHash } from './golden.ts';

/** The data that the thread receives. */
export interface GoldenTask {
  readonly cases: readonly GoldenCase[];
  readonly columns: readonly string[];
  readonly shared: SharedData;
}

/** The result of one case: its hash, or the error that stopped it. */
export type GoldenOutcome = { readonly hash: string } | { readonly error: string };

const { cases, columns, shared } = workerData as GoldenTask;
useSharedData(shared, { dataDir: null });
const outcomes: GoldenOutcome[] = [];
for (const one of cases) {
  try {
    outcomes.push({ hash: await goldenHash(one, columns) });
  } catch (error) {
    outcomes.push({ error: error instanceof Error ? error.message : String(error) });
  }
}
parentPort!.postMessage(outcomes);
