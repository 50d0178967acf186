import type { Plan } from '../experiment/plan.ts';
import { planCalibrations } from './calibrate.ts';
import { runShardOfRounds } from './rounds.ts';
import { runShard } from './run-shard.ts';
import type { Shard } from './shard.ts';
import { calibrationChoices } from './verify-calibrate.ts';
import type { VerifySubject } from './verify-claims.ts';
import type { VerifyRequest } from './verify-flags.ts';
import { looksOf } from './verify-looks.ts';
import { roundsOf } from './verify-run.ts';

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
  return await runShardOfRounds(rounds, 'the verdicts', shard, options);
}
