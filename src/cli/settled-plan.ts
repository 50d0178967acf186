import type { Plan } from '../experiment/plan.ts';
import { openStore } from '../store/store.ts';
import { distinctTrials, idsOf } from './compute-trials.ts';
import { withoutFolders } from './run-shard.ts';
import type { PlannedRun } from './show-plan.ts';
import { nothingLeft, stoppingRunOf } from './stopping-run.ts';

/**
 * The plan of the settings that are left after all rounds, as the records of a store say; the plan itself if none are stopped. If a round
 * lacks records, or nothing is left, also the reason.
 */
export async function settledPlan(
  run: PlannedRun,
  storeDirectory: string,
): Promise<{ readonly plan: Plan; readonly lacking: string | null }> {
  const { plan } = run;
  const stopping = stoppingRunOf([run]);
  if (stopping === null) return { plan, lacking: null };
  const rounds = stopping.rounds();
  let step = await rounds.next();
  for (let number = 1; step.done !== true; number++) {
    const trials = distinctTrials(withoutFolders(step.value));
    const records = await openStore(storeDirectory, idsOf(trials));
    const missing = trials.filter(({ id }) => !records.has(id)).length;
    if (missing > 0) {
      const round = `round ${number} of ${stopping.schedule.length}`;
      return { plan, lacking: `${round} lacks ${missing} of its ${trials.length} trials` };
    }
    step = await rounds.next({ records, failures: 0 });
  }
  const settled = step.value;
  if (settled.cells.length > 0) return { plan: settled, lacking: null };
  return { plan, lacking: nothingLeft(settled.stopping!) };
}
