import type { Plan } from '../experiment/plan.ts';
import type { Lease } from '../store/leases.ts';
import { openStore, type Store } from '../store/store.ts';
import { trialSeconds } from '../trial/size.ts';
import { computeTrials, distinctTrials, idsOf, noteProblems, reportFailures } from './compute-trials.ts';
import type { ComputingOptions } from './computing-flags.ts';
import type { RunOptions } from './run-flags.ts';
import type { LauncherOptions } from './slurm-flags.ts';

/** How to compute the trials that are not in the store. */
export type Running = Pick<RunOptions, 'storeDirectory' | 'sources' | 'jobs' | 'quiet' | 'progress'> &
  ComputingOptions &
  LauncherOptions & {
    /** Aborted when the time is over: running trials save their state, and no others are started. Null: never. */
    readonly enough: AbortSignal | null;
  };

/** All records of the plans, from the store or computed now. Some are missing after failures, or if the time was over. */
export async function recordsOf(
  plans: readonly Plan[],
  running: Running,
  lease: Lease,
): Promise<{ records: Store; failures: number }> {
  const trials = distinctTrials(plans.map((plan) => ({ plan, out: '' })));
  const store = await openStore(running.storeDirectory, idsOf(trials));
  const reported = await noteProblems(store, 0);
  // With little time, what is cheap comes first: it would wait for the end of the dear trials otherwise.
  const parts = running.enough === null ? [plans] : cheapFirst(plans).map((plan) => [plan]);
  let failures = 0;
  for (const part of parts) {
    if (running.enough?.aborted !== true) failures += await computeMissing(part, store, running, lease);
  }
  await store.refresh();
  for (const { id } of trials) store.has(id);
  await noteProblems(store, reported);
  return { records: store, failures };
}

/** Returns how many trials failed. */
async function computeMissing(
  plans: readonly Plan[],
  store: Store,
  running: Running,
  lease: Lease,
): Promise<number> {
  const runs = plans.map((plan) => ({ plan, out: '' }));
  const trials = distinctTrials(runs);
  const missing = trials.filter(({ id }) => !store.has(id));
  if (missing.length === 0) return 0;
  const { failures } = await computeTrials(missing, trials.length, runs, store, { ...running, lease });
  reportFailures(failures, store.directory);
  return failures.length;
}

function cheapFirst(plans: readonly Plan[]): Plan[] {
  const seconds = ({ cells }: Plan) => cells.reduce((sum, { trial }) => sum + trialSeconds(trial.config), 0);
  const keyed = plans.map((plan) => ({ plan, seconds: seconds(plan) }));
  return keyed.sort((a, b) => a.seconds - b.seconds).map(({ plan }) => plan);
}
