import { counted } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { toJson } from '../output/json.ts';
import type { Records } from '../store/store.ts';
import { labelOf } from './label.ts';
import { writeStdout, writeStdoutRaw } from './terminal.ts';

export interface PlannedRun {
  readonly plan: Plan;
  /** Folder for this plan's files. */
  readonly out: string;
}

/** Prints the trials of every plan and which of them are in the store. */
export function showPlan(runs: readonly PlannedRun[], records: Records, json: boolean): void {
  if (json) {
    const plans = runs.map(({ plan }) => ({
      experiment: plan.experiment.name,
      trials: plan.cells.map(({ settings, trial }) => ({
        id: trial.id,
        status: records.get(trial.id)?.status ?? 'not run',
        settings,
      })),
    }));
    writeStdoutRaw(toJson(plans.length === 1 ? plans[0] : plans));
    return;
  }
  let known = 0;
  const ids = new Set<string>();
  for (const { plan } of runs) {
    for (const cell of plan.cells) {
      const status = records.get(cell.trial.id)?.status ?? 'to run';
      if (status !== 'to run' && !ids.has(cell.trial.id)) known++;
      ids.add(cell.trial.id);
      writeStdout(`${cell.trial.id.slice(0, 16)}  ${status.padEnd(8)}  ${labelOf(plan, cell)}`);
    }
  }
  writeStdout(`${counted(ids.size, 'trial')}: ${known} in the store, ${ids.size - known} to run`);
}
