import { parentPort, workerData } from 'node:worker_threads';
import type { Sources } from '../experiment/data.ts';
import { runTrial } from '../experiment/run-trial.ts';
import { type SharedData, useSharedData } from '../experiment/shared-data.ts';
import { openJournal } from '../experiment/store.ts';
import type { Trial, TrialRecord } from '../experiment/trial.ts';
import { writeWeights } from '../experiment/weights-store.ts';

/** What every worker is given when it starts. */
export interface WorkerData {
  readonly shared: SharedData;
  readonly sources: Sources;
}

export interface WorkerTask {
  readonly trial: Trial;
  readonly storeDirectory: string;
  /** One number on shared memory: how many cores no trial is running on. */
  readonly idleCores: Int32Array;
}

/** What a worker says while it works. */
export type WorkerMessage = { readonly id: string; readonly epoch: number };

/** At most this often, in milliseconds, does a worker report an epoch: the main thread only draws bars with it. */
const reportEvery = 100;

/** A second core is of use only where more than this is left, in milliseconds: a thread has to start and load. */
const worthwhile = 1000;

const { shared, sources } = workerData as WorkerData;
useSharedData(shared, sources);

let journal: ReturnType<typeof openJournal> | null = null;

/** Computes one trial in a worker thread and keeps its weights, then its record in this worker's own journal. */
export default async function work(task: WorkerTask): Promise<TrialRecord['status']> {
  const { trial, storeDirectory, idleCores } = task;
  let reported = 0;
  const onEpoch = (epoch: number): void => {
    const now = performance.now();
    if (epoch > 1 && now - reported < reportEvery) return;
    reported = now;
    parentPort?.postMessage({ id: trial.id, epoch } satisfies WorkerMessage);
  };
  const record = await runTrial(
    trial,
    sources,
    onEpoch,
    (left) => takeCore(idleCores, left),
    (weights) => writeWeights(storeDirectory, trial, weights),
  );
  journal ??= openJournal(storeDirectory);
  await (await journal).append(record);
  return record.status;
}

/** Takes one of the idle cores, if there is one; what it returns gives it back. */
function takeCore(idleCores: Int32Array, millisecondsLeft: number): (() => void) | null {
  if (millisecondsLeft < worthwhile) return null;
  const idle = Atomics.load(idleCores, 0);
  if (idle < 1 || Atomics.compareExchange(idleCores, 0, idle, idle - 1) !== idle) return null;
  return () => Atomics.add(idleCores, 0, 1);
}
