import type { Sources } from '../datasets/dataset.ts';
import type { Lease } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import type { IdSet } from '../trial/id-set.ts';
import type { Trial, TrialRecord } from '../trial/trial.ts';

/** What happens to trials, for those who look on; it never changes a result. */
export interface LaunchEvents {
  started(trial: Trial): void;
  epoch(trial: Trial, epoch: number): void;
  ended(trial: Trial, outcome: 'done' | 'diverged' | 'failed'): void;
  /** Another process has put the trial's record in the store meanwhile. */
  found(trial: Trial, outcome: TrialRecord['status']): void;
  note(text: string): void;
}

export interface LaunchOptions {
  /** Opened for these trials, or for all. */
  readonly store: Store;
  /** This process's, on that store. */
  readonly lease: Lease;
  readonly sources: Sources;
  readonly jobs: number;
  readonly events: LaunchEvents;
  /** How often a trial that fails is tried again; 1 if left out. */
  readonly retries?: number;
  /** Seconds after which a trial has failed; null or left out: none. */
  readonly timeout?: number | null;
  /** After so many failures no trial is started any more, and those that run are stopped. */
  readonly maxFailures?: number;
  /** Computes what the store has already. */
  readonly force?: boolean;
  /** Aborted: running trials keep what they have trained, and no other is started. */
  readonly stop?: AbortSignal;
}

/** Milliseconds that running trials have to keep what they have trained. */
export const patience = 10_000;

export interface Failure {
  readonly trial: Trial;
  readonly error: unknown;
}

export interface Launched {
  /** Ids of the trials that were computed here. */
  readonly computed: Pick<IdSet, 'has' | typeof Symbol.iterator>;
  readonly failures: readonly Failure[];
}

/** Puts the records of trials in the store, in whatever order, those that others compute meanwhile included. */
export type Launcher = (trials: readonly Trial[], options: LaunchOptions) => Promise<Launched>;

/** How a trial's computation ended: with its record in the store, or stopped on the way. */
export type Ending = TrialRecord['status'] | 'stopped';

/** The store cannot be written, or no thread be started: no other trial would fare better. */
export class LaunchFailure extends Error {}
