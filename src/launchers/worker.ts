import { parentPort, workerData } from 'node:worker_threads';
import type { Sources } from '../datasets/dataset.ts';
import { reasonOf } from '../files/errno.ts';
import { openCheckpoints, Stopped } from '../store/checkpoints.ts';
import { openJournal } from '../store/store.ts';
import { writeWeights } from '../store/weights.ts';
import { runTrial } from '../trial/run-trial.ts';
import { type SharedData, useSharedData } from '../trial/shared-data.ts';
import type { TrialConfig } from '../trial/trial.ts';
import { injectFault } from './faults.ts';
import { type Ending, LaunchFailure } from './launcher.ts';
import { type LentCores, takeCore } from './lent-cores.ts';

/** What every worker is given when it starts. */
export interface WorkerData {
  readonly shared: SharedData;
  readonly sources: Sources;
}

export interface WorkerTask {
  readonly id: string;
  readonly config: TrialConfig;
  readonly storeDirectory: string;
  readonly cores: LentCores;
  /** One number on shared memory: not 0 when trainings are to keep their state and end. */
  readonly stopFlag: Int32Array;
  /** From 1; more where the trial failed before. */
  readonly attempt: number;
}

/** What a worker says while it works: that it has begun, how far it is, what the user should know. */
export type WorkerMessage = { readonly id: string } & (
  | { readonly begun: true }
  | { readonly epoch: number }
  | { readonly note: string }
);

/** How a task ends, or why the store could not take its record. */
export type WorkerEnding = Ending | { readonly unstored: string };

/** At most this often, in milliseconds, does a worker report an epoch: the main thread only draws bars with it. */
const reportEvery = 100;

const { shared, sources } = workerData as WorkerData;
useSharedData(shared, sources);

let journal: ReturnType<typeof openJournal> | null = null;

/** Computes one trial in a worker thread and keeps its weights, then its record in this worker's own journal. */
export default async function work(task: WorkerTask): Promise<WorkerEnding> {
  const { id, config, storeDirectory, cores, stopFlag, attempt } = task;
  const say = (message: WorkerMessage) => parentPort?.postMessage(message);
  let reported = Number.NEGATIVE_INFINITY;
  const onEpoch = (epoch: number): void => {
    const now = performance.now();
    if (now - reported < reportEvery) return;
    reported = now;
    say({ id, epoch });
  };
  say({ id, begun: true });
  injectFault(config.seed, attempt);
  let told = false;
  const checkpoints = await openCheckpoints(storeDirectory, id, {
    stopRequested: () => Atomics.load(stopFlag, 0) !== 0,
    onFailure: (error) => {
      if (!told) say({ id, note: `no checkpoint could be written: ${reasonOf(error)}` });
      told = true;
    },
  });
  try {
    const lendCore = (left: number) => takeCore(cores, left);
    const unstored = (error: Error): never => {
      throw new LaunchFailure(error.message);
    };
    const onWeights = (weights: Parameters<typeof writeWeights>[2]) =>
      writeWeights(storeDirectory, { id, config }, weights).catch(unstored);
    const hooks = { onEpoch, lendCore, onWeights, checkpoints };
    const record = await runTrial({ id, config }, sources, hooks);
    journal ??= openJournal(storeDirectory);
    await (await journal).append(record).catch(unstored);
    await checkpoints.remove();
    return record.status;
  } catch (error) {
    if (error instanceof Stopped) return 'stopped';
    // Its kind would not outlive the way to the main thread.
    if (error instanceof LaunchFailure) return { unstored: error.message };
    throw error;
  }
}
