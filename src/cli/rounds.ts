import { exitCodes } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { openStore, type Store } from '../store/store.ts';
import { createIdSet } from '../trial/id-set.ts';
import { distinctTrials, idsOf } from './compute-trials.ts';
import { type Round, runShard, type ShardOptions, withoutFolders } from './run-shard.ts';
import type { Shard } from './shard.ts';
import { writeStderr } from './terminal.ts';

/** The records of a round's plans, and how many of its trials failed. */
export interface Computed {
  readonly records: Store;
  readonly failures: number;
}

/**
 * Gives the plans of one round after the other, takes their records, and ends with what they say. What a round runs follows from the
 * records of the rounds before, and so it is the same on every machine.
 */
export type Rounds<Result> = AsyncGenerator<readonly Plan[], Result, Computed>;

/** A round of which a trial has no record. */
export type OpenRound = Round & { readonly plans: readonly Plan[]; readonly records: Store };

/** The first round of which a trial has no record; null if there is none. The plans of those before it are added to `complete`. */
export async function openRound(
  rounds: Rounds<unknown>,
  result: Round['result'],
  storeDirectory: string,
  complete: Plan[] = [],
): Promise<OpenRound | null> {
  const before = createIdSet();
  let step = await rounds.next();
  for (let number = 1; step.done !== true; number++) {
    const plans = step.value;
    const trials = distinctTrials(withoutFolders(plans));
    const records = await openStore(storeDirectory, idsOf(trials));
    if (trials.some(({ id }) => !records.has(id))) return { number, before, result, plans, records };
    for (const { id } of trials) before.add(id);
    complete.push(...plans);
    step = await rounds.next({ records, failures: 0 });
  }
  return null;
}

/**
 * Computes a shard of the first round that lacks records, or only plans it, and returns the exit status. If no round does, `force`
 * computes the shard of all rounds again: their trials are known then.
 */
export async function runShardOfRounds(
  rounds: Rounds<unknown>,
  result: Round['result'],
  shard: Shard,
  options: ShardOptions,
): Promise<number> {
  const complete: Plan[] = [];
  const open = await openRound(rounds, result, options.storeDirectory, complete);
  if (open !== null) return await runShard(open.plans, shard, options, open);
  if (options.force === true) return await runShard(complete, shard, options);
  if (options.json) await runShard([], shard, { ...options, quiet: true });
  if (!options.quiet) writeStderr('every round has its records: run the same command without --shard');
  return exitCodes.done;
}
