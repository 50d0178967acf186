import { exitCodes } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { openStore } from '../store/store.ts';
import { createIdSet } from '../trial/id-set.ts';
import { planCalibrations } from './calibrate.ts';
import { distinctTrials, idsOf } from './compute-trials.ts';
import { type Round, runShard, withoutFolders } from './run-shard.ts';
import type { Shard } from './shard.ts';
import { writeStderr } from './terminal.ts';
import { calibrationChoices } from './verify-calibrate.ts';
import type { VerifySubject } from './verify-claims.ts';
import type { VerifyRequest } from './verify-flags.ts';
import { looksOf } from './verify-looks.ts';
import { type Rounds, roundsOf } from './verify-run.ts';

/** Computes a shard of the first round that lacks records, or only plans it, and returns the exit status. */
export async function runVerifyShard(
  request: VerifyRequest,
  subject: VerifySubject,
  shard: Shard,
): Promise<number> {
  const { level, variant, running, json, action } = request;
  const { claims, readings, experiments } = subject;
  const options = { ...running, json, planOnly: action === 'plan' };
  if (action === 'calibrate') {
    const plans: Plan[] = [];
    for (const choices of calibrationChoices(request, subject))
      plans.push(...(await planCalibrations(claims, choices)));
    return await runShard(plans, shard, options);
  }
  const looks = await looksOf(request, readings, experiments);
  const changing = variant === 'both';
  const rounds = roundsOf(claims, readings, looks, { level, running, maxTime: null, experiments, changing });
  const open = await openRound(rounds, running.storeDirectory);
  if (open !== null) return await runShard(open.plans, shard, options, open);
  if (json) await runShard([], shard, { ...options, quiet: true });
  if (!running.quiet) writeStderr('every round has its records: run the same command without --shard');
  return exitCodes.done;
}

/** The first round of which a trial has no record; null if there is none. */
async function openRound(
  rounds: Rounds,
  storeDirectory: string,
): Promise<(Round & { readonly plans: readonly Plan[] }) | null> {
  const before = createIdSet();
  let step = await rounds.next();
  for (let number = 1; step.done !== true; number++) {
    const plans = step.value;
    const trials = distinctTrials(withoutFolders(plans));
    const records = await openStore(storeDirectory, idsOf(trials));
    if (trials.some(({ id }) => !records.has(id))) return { number, before, plans };
    for (const { id } of trials) before.add(id);
    step = await rounds.next({ records, failures: 0 });
  }
  return null;
}
