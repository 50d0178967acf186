import { parentPort, workerData } from 'node:worker_threads';
import type { Sources } from '../datasets/dataset.ts';
import { reasonOf } from '../files/errno.ts';
import { writeAttachment } from '../store/attachments.ts';
import { openCheckpoints, Stopped } from '../store/checkpoints.ts';
import { openJournal } from '../store/store.ts';
import type { Attach } from '../trial/attachments.ts';
import { runTrial } from '../trial/run-trial.ts';
import { type SharedData, useSharedData } from '../trial/shared-data.ts';
import type { TrialConfig } from '../trial/trial.ts';
import { injectFault } from './faults.ts';
import { keeping } from './keeping.ts';
import { type Ending, type Kept, LaunchFailure } from './launcher.ts';
import { type LentCores, takeCore } from './lent-cores.ts';

/** The data that every worker receives when it starts. */
export interface WorkerData {
  readonly shared: SharedData;
  readonly sources: Sources;
}

export interface WorkerTask {
  readonly id: string;
  readonly config: TrialConfig;
  readonly storeDirectory: string;
  readonly cores: LentCores;
  /** [1], in shared memory: not 0 when trainings must save their state and stop. */
  readonly stopFlag: Int32Array;
  /** Whether to compute everything again, also what a finished trial with fewer epochs has computed. */
  readonly force: boolean;
  readonly keep: Kept;
  /** 1, plus the number of earlier failed attempts. */
  readonly attempt: number;
}

/** What a worker sends while it works: that it has begun, the epoch it has reached, or a note for the user. */
export type WorkerMessage = { readonly id: string } & (
  | { readonly begun: true }
  | { readonly epoch: number }
  | { readonly note: string }
);

/** How a task ended, or why its result could not be stored. */
export type WorkerEnding = Ending | { readonly storeError: string };

/** Milliseconds between two reports of an epoch, at least. The main thread only needs them for progress bars. */
const reportInterval = 100;

const { shared, sources } = workerData as WorkerData;
useSharedData(shared, sources);

let journal: ReturnType<typeof openJournal> | null = null;

/** Computes one trial in a worker thread. Stores its attachments, then its record in this worker's own journal. */
export default async function work(task: WorkerTask): Promise<WorkerEnding> {
  const { id, config, storeDirectory, cores, stopFlag, force, keep, attempt } = task;
  const post = (message: WorkerMessage) => parentPort?.postMessage(message);
  let reported = Number.NEGATIVE_INFINITY;
  const onEpoch = (epoch: number): void => {
    const now = performance.now();
    if (now - reported < reportInterval) return;
    reported = now;
    post({ id, epoch });
  };
  post({ id, begun: true });
  injectFault(config.seed, attempt);
  let warned = false;
  const checkpoints = await openCheckpoints(
    storeDirectory,
    { id, config },
    {
      mayContinue: !force,
      stopRequested: () => Atomics.load(stopFlag, 0) !== 0,
      onDamaged: (path) =>
        post({
          id,
          note: `${path} is damaged, so no training continues from it; fys-nn store gc removes it`,
        }),
      onFailure: (error) => {
        if (!warned) post({ id, note: `no checkpoint could be written: ${reasonOf(error)}` });
        warned = true;
      },
    },
  );
  try {
    const lendCore = (left: number) => takeCore(cores, left);
    const throwLaunchFailure = (error: Error): never => {
      throw new LaunchFailure(error.message);
    };
    const attach: Attach = (kind, bytes) =>
      writeAttachment(storeDirectory, { id }, kind, bytes).catch(throwLaunchFailure);
    const hooks = { onEpoch, lendCore, checkpoints, ...keeping({ id, config }, keep, attach) };
    const record = await runTrial({ id, config }, sources, hooks);
    if (keep !== 'models') {
      journal ??= openJournal(storeDirectory);
      await (await journal).append(record).catch(throwLaunchFailure);
    }
    await checkpoints.remove();
    return record.status;
  } catch (error) {
    if (error instanceof Stopped) return 'stopped';
    // An error loses its class when it is sent to the main thread.
    if (error instanceof LaunchFailure) return { storeError: error.message };
    throw error;
  }
}
