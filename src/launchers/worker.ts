import { parentPort, workerData } from 'node:worker_threads';
import type { Sources } from '../datasets/dataset.ts';
import { writeAttachment } from '../store/attachments.ts';
import { listCheckpoints, Stopped, type TrialCheckpoints } from '../store/checkpoints.ts';
import { type FinalPlace, type FinalWriter, openFinalWriter } from '../store/final-packs.ts';
import { createRecordBatch, type WrittenBatch } from '../store/record-batch.ts';
import { openJournal } from '../store/store.ts';
import type { Attach } from '../trial/attachments.ts';
import { runTrial } from '../trial/run-trial.ts';
import { type SharedData, useSharedData } from '../trial/shared-data.ts';
import type { Trial, TrialRecord } from '../trial/trial.ts';
import { batchSeconds } from './batch-size.ts';
import { injectFault } from './faults.ts';
import { keeping } from './keeping.ts';
import { type Kept, LaunchFailure, type Outcome } from './launcher.ts';
import { type LentCores, takeCore } from './lent-cores.ts';
import { beginTrial, type TaskClock } from './task-clock.ts';
import { openTrialCheckpoints } from './trial-checkpoints.ts';

/** The data that every worker receives when it starts. */
export interface WorkerData {
  readonly shared: SharedData;
  readonly sources: Sources;
}

/** Trials to compute one after another: one, or several small ones. */
export interface WorkerTask {
  /** The number of the task. */
  readonly task: number;
  readonly trials: readonly Trial[];
  readonly storeDirectory: string;
  readonly cores: LentCores;
  readonly clock: TaskClock;
  /** [1], in shared memory: not 0 when trainings must save their state and stop. */
  readonly stopFlag: Int32Array;
  /** Where finished trials with fewer epochs are, from which each trial may continue. */
  readonly continuable: readonly (readonly FinalPlace[])[];
  /** Whether trainings leave their last state, from which others continue. */
  readonly keepFinals: boolean;
  readonly keep: Kept;
  /** Whether no other process computes these trials. */
  readonly ownTrials: boolean;
  /** 1, plus the number of earlier failed attempts. */
  readonly attempt: number;
}

/** What a worker sends while it works: the epoch that the trial at this place of the task has reached, or a note for the user. */
export type WorkerMessage = { readonly task: number } & (
  | { readonly trial: number; readonly epoch: number }
  | { readonly note: string }
);

/** How the trials of a task ended, as many of the first as were tried, and what was stored; or why it could not be stored. */
export type WorkerEnding =
  | { readonly outcomes: readonly Outcome[]; readonly written: WrittenBatch | null }
  | { readonly storeError: string };

/** Milliseconds between two reports of an epoch, at least. The main thread only needs them for progress bars. */
const reportInterval = 100;

const { shared, sources } = workerData as WorkerData;
useSharedData(shared, sources);

let journal: ReturnType<typeof openJournal> | null = null;
let finals: FinalWriter | null = null;
/** The names of checkpoints when this worker began, if no other process adds any that concern it. */
let listedOnce: Promise<string[]> | null = null;

/**
 * Computes the trials of a task in a worker thread. Stores their attachments, then their records together in this worker's
 * own journal. A trial that fails does not keep the others from being stored.
 */
export default async function work(task: WorkerTask): Promise<WorkerEnding> {
  const { trials, storeDirectory, clock, stopFlag, keep, ownTrials, attempt } = task;
  const outcomes: Outcome[] = [];
  const batch = createRecordBatch();
  const done: TrialCheckpoints[] = [];
  const started = performance.now();
  let ended = started;
  let written: WrittenBatch | null = null;
  // Thousands of tasks of a cluster have checkpoints in one folder, and listing them for each trial would take longer than a trial.
  if (ownTrials && attempt === 1) listedOnce ??= listCheckpoints(storeDirectory);
  const listed = await (ownTrials && attempt === 1 ? listedOnce! : listCheckpoints(storeDirectory));
  try {
    for (const [index, trial] of trials.entries()) {
      // Others take what is left of a batch that takes longer than foreseen.
      if (index > 0 && (Atomics.load(stopFlag, 0) !== 0 || ended - started > 2000 * batchSeconds)) break;
      beginTrial(clock, index);
      try {
        const { record, checkpoints } = await compute(trial, index, task, listed);
        if (keep !== 'models') batch.add(record);
        if (!checkpoints.isSettled()) done.push(checkpoints);
        outcomes.push({ ending: record.status, seconds: (performance.now() - ended) / 1000 });
      } catch (error) {
        if (error instanceof LaunchFailure) throw error;
        if (error instanceof Stopped) outcomes.push({ ending: 'stopped', seconds: 0 });
        else outcomes.push({ error });
      }
      ended = performance.now();
    }
    if (batch.size > 0) {
      journal ??= openJournal(storeDirectory);
      written = await batch.writeTo(await journal).catch(throwLaunchFailure);
    }
  } catch (error) {
    // An error loses its class when it is sent to the main thread.
    if (error instanceof LaunchFailure) return { storeError: error.message };
    throw error;
  }
  for (const checkpoints of done) await checkpoints.settle();
  return { outcomes, written };
}

/** Computes a trial of a task and stores its attachments. Errors: Stopped; LaunchFailure if the store cannot be written. */
async function compute(
  { id, config }: Trial,
  index: number,
  { task, trials, storeDirectory, cores, stopFlag, continuable, keepFinals, keep, attempt }: WorkerTask,
  listed: readonly string[],
): Promise<{ readonly record: TrialRecord; readonly checkpoints: TrialCheckpoints }> {
  const post = (message: WorkerMessage) => parentPort?.postMessage(message);
  // A small trial has ended before its epochs are of interest.
  let reported = trials.length === 1 ? Number.NEGATIVE_INFINITY : performance.now();
  const onEpoch = (epoch: number): void => {
    const now = performance.now();
    if (now - reported < reportInterval) return;
    reported = now;
    post({ task, trial: index, epoch });
  };
  injectFault(config.seed, attempt);
  finals ??= openFinalWriter(storeDirectory);
  const checkpoints = await openTrialCheckpoints(
    storeDirectory,
    { id, config },
    (note) => post({ task, note }),
    {
      continuable: continuable[index],
      // A training for its model alone left its state before.
      ...(keepFinals && keep !== 'models' ? { finals } : {}),
      listed,
      stopRequested: () => Atomics.load(stopFlag, 0) !== 0,
    },
  );
  const lendCore = (left: number) => takeCore(cores, left);
  const attach: Attach = (kind, bytes) =>
    writeAttachment(storeDirectory, { id }, kind, bytes).catch(throwLaunchFailure);
  const hooks = { onEpoch, lendCore, checkpoints, ...keeping({ id, config }, keep, attach) };
  return { record: await runTrial({ id, config }, sources, hooks), checkpoints };
}

function throwLaunchFailure(error: Error): never {
  throw new LaunchFailure(error.message);
}
