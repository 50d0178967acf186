import { counted } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { toJson } from '../output/json.ts';
import { savedEpochs } from '../store/checkpoints.ts';
import type { Store } from '../store/store.ts';
import { shortId } from '../trial/id.ts';
import { createIdSet } from '../trial/id-set.ts';
import type { Trial } from '../trial/trial.ts';
import { roughDuration } from './duration.ts';
import { labelOf } from './label.ts';
import { writeStdout, writeStdoutRaw } from './terminal.ts';
import { foresee } from './time-left.ts';
import { workOf } from './work.ts';

export interface PlannedRun {
  readonly plan: Plan;
  /** Folder for this plan's files. */
  readonly out: string;
}

/** How the missing trials would be computed. */
interface Computing {
  readonly jobs: number;
  readonly force: boolean;
}

/** Prints the trials of every plan, which of them are in the store, and how long the others would take. */
export async function showPlan(
  runs: readonly PlannedRun[],
  store: Store,
  json: boolean,
  { jobs, force }: Computing,
): Promise<void> {
  const saved = await savedEpochs(store.directory);
  if (json) {
    const plans = runs.map(({ plan }) => ({
      experiment: plan.experiment.name,
      trials: plan.cells.map(({ settings, trial }) => ({
        id: trial.id,
        status: store.get(trial.id)?.status ?? 'not run',
        savedEpoch: store.has(trial.id) ? null : (saved.get(trial.id) ?? null),
        settings,
      })),
    }));
    writeStdoutRaw(toJson(plans.length === 1 ? plans[0] : plans));
    return;
  }
  const ids = createIdSet();
  const missing: Trial[] = [];
  for (const { plan } of runs) {
    for (const cell of plan.cells) {
      const { trial } = cell;
      const record = store.get(trial.id);
      const before = ids.size;
      const isNew = ids.add(trial.id) === before;
      if (isNew && (record === undefined || force)) missing.push(trial);
      const status = force ? 'to run' : (record?.status ?? 'to run');
      const epoch = status === 'to run' ? saved.get(trial.id) : undefined;
      const remark = epoch === undefined ? '' : ` (resumes at epoch ${epoch + 1})`;
      writeStdout(`${shortId(trial.id)}  ${status.padEnd(8)}  ${labelOf(plan, cell)}${remark}`);
    }
  }
  const known = ids.size - missing.length;
  const works = missing.map((trial) => workOf(trial, saved));
  writeStdout(
    `${counted(ids.size, 'trial')}: ${known} in the store, ${missing.length} to run${timeText(foresee(works, jobs), jobs)}`,
  );
}

/** ", in about 25 s on 2 workers". */
export function timeText(seconds: number, jobs: number): string {
  return seconds === 0 ? '' : `, in about ${roughDuration(seconds)} on ${counted(jobs, 'worker')}`;
}
