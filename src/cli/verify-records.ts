import type { Plan } from '../experiment/plan.ts';
import type { Lease } from '../store/leases.ts';
import { openStore } from '../store/store.ts';
import { computeTrials, distinctTrials, idsOf, noteProblems, reportFailures } from './run.ts';
import type { FailureOptions, RunOptions } from './run-flags.ts';

/** How to compute the trials that are not in the store. */
export type Running = Pick<RunOptions, 'storeDirectory' | 'sources' | 'jobs' | 'quiet' | 'progress'> &
  FailureOptions & {
    /** When no further seeds are started, in milliseconds since 1970; null: never. */
    readonly endBy: number | null;
  };

/** All records of the plans, from the store or computed now. */
export async function recordsOf(plans: readonly Plan[], running: Running, lease: Lease) {
  const runs = plans.map((plan) => ({ plan, out: '' }));
  const trials = distinctTrials(runs);
  const store = await openStore(running.storeDirectory, idsOf(trials));
  const missing = trials.filter(({ id }) => !store.has(id));
  const reported = await noteProblems(store, 0);
  if (missing.length === 0) return { records: store, failures: 0 };
  const { failures } = await computeTrials(missing, trials.length, runs, store, { ...running, lease });
  reportFailures(failures, store.directory);
  await store.refresh();
  for (const { id } of trials) store.has(id);
  await noteProblems(store, reported);
  return { records: store, failures: failures.length };
}
