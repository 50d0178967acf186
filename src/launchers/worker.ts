import { parentPort } from 'node:worker_threads';
import type { Sources } from '../experiment/data.ts';
import { runTrial } from '../experiment/run-trial.ts';
import { openJournal } from '../experiment/store.ts';
import type { Trial, TrialRecord } from '../experiment/trial.ts';

export interface WorkerTask {
  readonly trial: Trial;
  readonly storeDirectory: string;
  readonly sources: Sources;
}

/** What a worker says while it works. */
export type WorkerMessage = { readonly id: string; readonly epoch: number };

/** At most this often, in milliseconds, does a worker report an epoch: the main thread only draws bars with it. */
const reportEvery = 100;

let journal: ReturnType<typeof openJournal> | null = null;

/** Computes one trial in a worker thread and keeps its record in this worker's own journal. */
export default async function work(task: WorkerTask): Promise<TrialRecord['status']> {
  const { trial, storeDirectory, sources } = task;
  let reported = 0;
  const record = await runTrial(trial, sources, (epoch) => {
    const now = performance.now();
    if (epoch > 1 && now - reported < reportEvery) return;
    reported = now;
    parentPort?.postMessage({ id: trial.id, epoch } satisfies WorkerMessage);
  });
  journal ??= openJournal(storeDirectory);
  await (await journal).append(record);
  return record.status;
}
