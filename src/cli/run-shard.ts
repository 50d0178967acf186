import { counted, exitCodes } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { checkOutputDirectory } from '../files/write-files.ts';
import { shardOf } from '../launchers/cut.ts';
import type { Failure } from '../launchers/launcher.ts';
import { toJson } from '../output/json.ts';
import { beginStore } from '../store/journal.ts';
import type { Lease } from '../store/leases.ts';
import { openStore, type Store } from '../store/store.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import { checkLauncher } from './check-launcher.ts';
import {
  computeTrials,
  distinctTrials,
  idsOf,
  noteProblems,
  reportFailures,
  trialsToCompute,
} from './compute-trials.ts';
import type { ComputingOptions } from './computing-flags.ts';
import { describeDiverged } from './diverged.ts';
import { holdStore } from './hold-store.ts';
import type { CellChoice } from './model-flags.ts';
import { againNote, keptAtFirst, openModels } from './models.ts';
import type { RunOptions } from './run-flags.ts';
import type { Shard } from './shard.ts';
import { type PlannedRun, showPlan } from './show-plan.ts';
import type { LauncherOptions } from './slurm-flags.ts';
import { writeStderr, writeStdoutRaw } from './terminal.ts';

/** How a shard is computed, and what is kept of its trials. */
export type ShardOptions = Pick<
  RunOptions,
  'storeDirectory' | 'sources' | 'jobs' | 'quiet' | 'progress' | 'json' | 'planOnly'
> &
  ComputingOptions &
  LauncherOptions &
  Partial<Pick<RunOptions, 'force' | 'models'>>;

/** One round of a command whose next trials follow from the records of those before. */
export interface Round {
  /** Counted from 1. */
  readonly number: number;
  /** The trials of earlier rounds, which have their records. */
  readonly before: Pick<IdSet, 'has'>;
  /** What the command gives when no round is left. */
  readonly result: 'the verdicts' | 'the results';
}

/**
 * Computes the trials of a shard that are not in the store, and writes nothing but records and what belongs to them. Returns the
 * exit status: done only if all of its trials have records.
 */
export async function runShard(
  plans: readonly Plan[],
  shard: Shard,
  options: ShardOptions,
  round: Round | null = null,
): Promise<number> {
  const { storeDirectory, json, quiet, force = false } = options;
  const { runs, total } = partOf(plans, shard, round);
  const trials = distinctTrials(runs);
  const name = `${round === null ? '' : `round ${round.number}, `}shard ${shard.k}/${shard.n}`;
  const part = `${name}: ${trials.length} of ${counted(total, 'trial')}`;
  if (options.planOnly) {
    const store = await openStore(storeDirectory, idsOf(trials));
    await noteProblems(store, 0);
    await showPlan(runs, store, json, { jobs: options.jobs, slurm: options.slurm, force, part });
    return exitCodes.done;
  }
  await checkLauncher(options);
  await checkOutputDirectory(storeDirectory, '--store');
  return await holdStore(storeDirectory, async (lease) => {
    const store = await openStore(storeDirectory, idsOf(trials));
    const missing = await trialsToCompute(trials, store, force);
    const reported = await noteProblems(store, 0);
    const keep = options.models === undefined ? 'records' : keptAtFirst(plans, options.models);
    const how = { ...options, lease, keep };
    const { computed, failures } = await computeTrials(missing, trials.length, runs, store, how);
    await store.refresh();
    // With more shards than trials, some have nothing to compute.
    if (trials.length === 0) await beginStore(storeDirectory);
    const failed = [...failures, ...(await keepModels(runs, store, lease, options))];
    const lacking = trials.filter(({ id }) => !store.has(id)).length;
    await noteProblems(store, reported);
    reportFailures(failed, storeDirectory);
    const diverged = options.failOnDiverged
      ? describeDiverged(
          runs.map(({ plan }) => plan),
          store,
        )
      : null;
    if (diverged !== null) writeStderr(`error: ${diverged}`);
    const fromStore = trials.length - missing.length;
    if (json) {
      const { k, n } = shard;
      const counts = { trials: trials.length, of: total, fromStore, computed: [...computed].length, lacking };
      const rounds = round === null ? {} : { round: round.number };
      writeStdoutRaw(toJson({ shard: { k, n }, ...rounds, ...counts, store: storeDirectory }));
    }
    if (lacking > 0) {
      writeStderr(
        `INCOMPLETE: ${name} has no record for ${lacking} of its ${counted(trials.length, 'trial')}`,
      );
    } else if (!quiet) {
      const counts = `${trials.length} of ${counted(total, 'trial')}, ${fromStore} of them from the store`;
      writeStderr(`${name} is complete: ${counts} ${storeDirectory}. No results are written.`);
      writeStderr(nextStep(shard, round));
    }
    if (failed.length > 0 || lacking > 0 || diverged !== null) return exitCodes.failed;
    // Claims about a library that is not installed may be left out: the verdicts say so.
    const isShort = round === null && plans.some(({ absent }) => absent.length > 0);
    return isShort ? exitCodes.incomplete : exitCodes.done;
  });
}

/** The plans with the trials of the shard, and how many trials all shards have together. */
function partOf(
  plans: readonly Plan[],
  { k, n }: Shard,
  round: Round | null,
): { readonly runs: PlannedRun[]; readonly total: number } {
  const all = distinctTrials(withoutFolders(plans)).filter(({ id }) => round?.before.has(id) !== true);
  const own = createIdSet(idsOf(shardOf(all, k, n)));
  const part = plans.map((plan) => ({ ...plan, cells: plan.cells.filter(({ trial }) => own.has(trial.id)) }));
  return { runs: withoutFolders(part), total: all.length };
}

/** For what needs only the trials of plans. */
export function withoutFolders(plans: readonly Plan[]): PlannedRun[] {
  return plans.map((plan) => ({ plan, out: '' }));
}

/**
 * Keeps the models of trials whose records were there already, if those of all are wanted. Which is the best is not known
 * before all shards are complete.
 */
async function keepModels(
  runs: readonly PlannedRun[],
  store: Store,
  lease: Lease,
  options: ShardOptions,
): Promise<readonly Failure[]> {
  const { storeDirectory, models, quiet } = options;
  const ofAll = (choice: CellChoice | null = null) => (choice === 'all' ? choice : null);
  const wanted = {
    saveModel: ofAll(models?.saveModel),
    predictions: ofAll(models?.predictions),
    again: false,
  };
  const failures: Failure[] = [];
  for (const run of runs) {
    await openModels(run.plan, store, storeDirectory, wanted, async (again) => {
      if (!quiet) writeStderr(`note: ${againNote(again.length)}`);
      const how = { ...options, lease, keep: 'models' as const };
      failures.push(...(await computeTrials(again, again.length, [run], store, how)).failures);
    });
  }
  return failures;
}

/** What to do when this shard is complete. */
function nextStep({ n }: Shard, round: Round | null): string {
  const run =
    n === 1
      ? 'Run this command again'
      : `When ${n === 2 ? 'both' : `all ${n}`} shards are complete, merge their stores with fys-nn store merge, and run this command on the merged store`;
  return round === null
    ? `${run}, without --shard, for the results.`
    : `${run}: with --shard for the next round, or without it for all that is missing and ${round.result}.`;
}
