import type { Plan } from '../experiment/plan.ts';
import type { TrialStatus } from '../output/table.ts';
import type { Records } from '../output/trials-table.ts';

/** How each trial ended, by its id; each record is read once. */
export type Statuses = ReadonlyMap<string, TrialStatus>;

export function readStatuses(plans: readonly Plan[], records: Records): Statuses {
  const found = new Map<string, TrialStatus>();
  for (const { cells } of plans)
    for (const {
      trial: { id },
    } of cells)
      if (!found.has(id)) found.set(id, records.get(id)?.status ?? 'not run');
  return found;
}

/** How many of some trials there are, diverged, and were not run. */
export function countStatuses(statuses: Iterable<TrialStatus | undefined>) {
  const counts = { all: 0, diverged: 0, notRun: 0 };
  for (const status of statuses) {
    counts.all++;
    if (status === 'diverged') counts.diverged++;
    if (status === 'not run') counts.notRun++;
  }
  return counts;
}
