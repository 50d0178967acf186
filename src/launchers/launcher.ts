import type { Sources } from '../experiment/data.ts';
import type { Trial } from '../experiment/trial.ts';

/** What happens to trials, for those who look on; it never changes a result. */
export interface LaunchEvents {
  started(trial: Trial): void;
  epoch(trial: Trial, epoch: number): void;
  ended(trial: Trial, outcome: 'done' | 'diverged' | 'failed'): void;
}

export interface LaunchOptions {
  readonly storeDirectory: string;
  readonly sources: Sources;
  readonly jobs: number;
  readonly events: LaunchEvents;
}

export interface Failure {
  readonly trial: Trial;
  readonly error: unknown;
}

/** Computes trials and puts their records in the store, in whatever order; returns those that failed. */
export type Launcher = (trials: readonly Trial[], options: LaunchOptions) => Promise<Failure[]>;
