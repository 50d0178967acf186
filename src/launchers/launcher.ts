import type { Sources } from '../datasets/dataset.ts';
import type { PlacesById } from '../store/final-checkpoints.ts';
import type { Lease } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import type { IdSet } from '../trial/id-set.ts';
import type { Trial, TrialRecord } from '../trial/trial.ts';
import type { SlurmSettings, SubmittedBy } from './slurm/settings.ts';

/** Callbacks that report the progress of trials; they never change a result. */
export interface LaunchEvents {
  started(trial: Trial): void;
  epoch(trial: Trial, epoch: number): void;
  ended(trial: Trial, outcome: 'done' | 'diverged' | 'failed'): void;
  /** Called for a small trial, computed with others, when all of them have ended: neither its start nor its end is reported. */
  ran(trial: Trial, outcome: TrialRecord['status'], seconds: number): void;
  /** Called when another process has put the trial's record in the store. */
  found(trial: Trial, outcome: TrialRecord['status']): void;
  /** Called when the tasks that were submitted to a cluster have moved on. */
  tasks?(counts: TaskCounts): void;
  note(text: string): void;
}

/** The tasks that compute trials on a cluster. */
export interface TaskCounts {
  readonly queued: number;
  readonly running: number;
  readonly ended: number;
}

export interface LaunchOptions {
  /** Opened for these trials, or for all trials. */
  readonly store: Store;
  /** This process's lease on the store. */
  readonly lease: Lease;
  readonly sources: Sources;
  readonly jobs: number;
  readonly events: LaunchEvents;
  /** How often a failed trial is retried; default 1. */
  readonly retries?: number;
  /** Seconds after which a trial counts as failed; null or undefined means no limit. */
  readonly timeout?: number | null;
  /** After this many failures, running trials are stopped and no others are started. */
  readonly maxFailures?: number;
  /** Also compute trials that the store already holds. */
  readonly force?: boolean;
  /** What is put into the store: the records of trials (the default), also their models, or only the models of trials with a record. */
  readonly keep?: Kept;
  /** Where the final checkpoints are from which trials continue, and their own, by id. */
  readonly continuable?: PlacesById;
  /** Whether trainings leave their last state, from which others continue; true by default. */
  readonly keepFinals?: boolean;
  /** Whether this process alone computes these trials and none has a record, so that it claims them at once and without a lock. */
  readonly ownTrials?: boolean;
  /** How to submit, where the launcher submits. */
  readonly slurm?: { readonly settings: SlurmSettings; readonly by: SubmittedBy };
  /** When aborted, running trials save their progress and no others are started. */
  readonly stop?: AbortSignal;
}

export type Kept = 'records' | 'records and models' | 'models';

/** Milliseconds that running trials have to save their progress after a stop. */
export const stopGracePeriod = 10_000;

export interface Failure {
  readonly trial: Trial;
  readonly error: unknown;
}

export interface Launched {
  /** Ids of the trials that were computed here. */
  readonly computed: Pick<IdSet, 'has' | typeof Symbol.iterator>;
  readonly failures: readonly Failure[];
}

/** Runs trials until each has a record in the store, in any order; another process may compute some of them. */
export type Launcher = (trials: readonly Trial[], options: LaunchOptions) => Promise<Launched>;

/** How a trial's computation ended: with its record in the store, or stopped before that. */
export type Ending = TrialRecord['status'] | 'stopped';

/** How a trial of a task ended and how many seconds it took, or why it failed. */
export type Outcome = { readonly ending: Ending; readonly seconds: number } | { readonly error: unknown };

/** The store cannot be written or no thread can be started, so every other trial would fail too. */
export class LaunchFailure extends Error {}
