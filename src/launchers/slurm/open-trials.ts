import { createIdSet, type IdSet } from '../../trial/id-set.ts';
import type { Trial } from '../../trial/trial.ts';
import type { Failure, LaunchOptions } from '../launcher.ts';

/** The trials that a command waits for, and how the others of its trials ended. */
export interface OpenTrials {
  /** Those without a record, by id. */
  readonly open: ReadonlyMap<string, Trial>;
  readonly computed: IdSet;
  readonly failures: readonly Failure[];
  /** Whether they are computed anew: records that are there already say nothing about them. */
  readonly isForced: boolean;
  finish(id: string): void;
  fail(id: string, error: Error): void;
  /** Finishes those that have a record by now. */
  takeRecords(): Promise<void>;
}

export function createOpenTrials(
  trials: readonly Trial[],
  { store, events, force = false, keep }: LaunchOptions,
): OpenTrials {
  const open = new Map(trials.map((trial) => [trial.id, trial]));
  const computed = createIdSet();
  const failures: Failure[] = [];
  const isForced = force || keep === 'models';

  const finish = (id: string): void => {
    const trial = open.get(id)!;
    open.delete(id);
    computed.add(id);
    events.found(trial, store.get(id)?.status ?? 'done');
  };
  return {
    ...{ open, computed, failures, isForced, finish },
    fail(id, error) {
      const trial = open.get(id)!;
      open.delete(id);
      failures.push({ trial, error });
      events.ended(trial, 'failed');
    },
    async takeRecords() {
      await store.refresh();
      if (isForced) return;
      for (const id of [...open.keys()]) if (store.has(id)) finish(id);
    },
  };
}
