import { counted } from '../errors.ts';
import { describePlan } from '../experiment/describe.ts';
import type { Plan } from '../experiment/plan.ts';
import { searchWords } from '../experiment/search.ts';
import type { PlanAt } from '../experiment/stopping-rounds.ts';
import type { SlurmSettings } from '../launchers/slurm/settings.ts';
import { toJson } from '../output/json.ts';
import { savedEpochs } from '../store/checkpoints.ts';
import { epochsIn, findContinuable } from '../store/final-checkpoints.ts';
import type { Store } from '../store/store.ts';
import { shortId } from '../trial/id.ts';
import { createIdSet } from '../trial/id-set.ts';
import type { Trial } from '../trial/trial.ts';
import { durationText, roughDuration } from './duration.ts';
import { fold } from './fold.ts';
import { settingsLabel } from './label.ts';
import { foresee } from './makespan.ts';
import { screenOf } from './screen.ts';
import { writeStdout, writeStdoutRaw } from './terminal.ts';
import { startingEpochs, workOf } from './work.ts';

export interface PlannedRun {
  readonly plan: Plan;
  /** Folder for this plan's files. */
  readonly out: string;
  /** The same with another number of epochs; for plans whose settings may be stopped early. */
  readonly planAt?: PlanAt;
}

/** How the missing trials would be computed. */
interface Computing {
  readonly jobs: number;
  readonly force: boolean;
  /** What the trials are a part of: "shard 3/8: 12 of 96 trials". */
  readonly part?: string;
  /** How they would be submitted, if they would. */
  readonly slurm?: SlurmSettings | null;
  /** What JSON says of each plan as well. */
  readonly also?: Readonly<Record<string, unknown>>;
}

/** Prints the trials of every plan, which of them are in the store, and how long the others would take. */
export async function showPlan(
  runs: readonly PlannedRun[],
  store: Store,
  json: boolean,
  { jobs, force, part, slurm = null, also = {} }: Computing,
): Promise<void> {
  const trials = runs.flatMap(({ plan }) => plan.cells.map(({ trial }) => trial));
  const toRun = force ? [] : trials.filter(({ id }) => !store.has(id));
  const continued = epochsIn(await findContinuable(store.directory, toRun), toRun);
  const own = await savedEpochs(store.directory);
  const saved = startingEpochs(own, continued);
  const expectedSeconds = (trials: readonly Trial[]): number => {
    const works = trials.map((trial) => workOf(trial, saved));
    return foresee(works, jobs);
  };
  if (json) {
    const plans = runs.map(({ plan, out }) => ({
      experiment: plan.experiment.name,
      out,
      ...(plan.search === undefined ? {} : { search: plan.search }),
      ...also,
      trials: plan.cells.map(({ settings, trial }) => ({
        id: trial.id,
        status: store.get(trial.id)?.status ?? 'not run',
        savedEpoch: store.has(trial.id) ? null : (saved.get(trial.id) ?? null),
        settings,
      })),
      expectedSeconds: expectedSeconds(
        plan.cells.map(({ trial }) => trial).filter(({ id }) => force || !store.has(id)),
      ),
    }));
    const lacking = distinct(force ? trials : toRun);
    const submission =
      slurm === null || lacking.length === 0
        ? {}
        : { submission: await plannedSubmission(lacking, store.directory, slurm) };
    const isOne = plans.length === 1;
    writeStdoutRaw(
      toJson(
        isOne
          ? { ...plans[0], ...submission }
          : [...plans, ...('submission' in submission ? [submission] : [])],
      ),
    );
    return;
  }
  const ids = createIdSet();
  const missing: Trial[] = [];
  const { width } = screenOf(process.stdout);
  // A program that reads the list finds one trial in each line.
  const lineWidth = process.stdout.isTTY ? width : Infinity;
  for (const { plan } of runs) {
    if (plan.cells.length === 0) continue;
    writeStdout(...fold(describePlan(plan).heading, width));
    if (plan.search !== undefined) writeStdout(...fold(searchWords(plan.search), width));
    for (const cell of plan.cells) {
      const { trial } = cell;
      const record = store.get(trial.id);
      const before = ids.size;
      const isNew = ids.add(trial.id) === before;
      if (isNew && (record === undefined || force)) missing.push(trial);
      const status = force ? 'to run' : (record?.status ?? 'to run');
      const epoch = status === 'to run' ? saved.get(trial.id) : undefined;
      const verb = epoch === own.get(trial.id) ? 'resumes at' : 'continues at';
      const remark = epoch === undefined ? '' : ` (${verb} epoch ${epoch + 1})`;
      const label = settingsLabel(plan, cell);
      const start = `  ${shortId(trial.id)}  ${status.padEnd(8)}  `;
      writeStdout(...fold(`${start}${label}${remark}`.trimEnd(), lineWidth, start.length));
    }
  }
  const known = ids.size - missing.length;
  const time = slurm === null ? timeText(expectedSeconds(missing), jobs) : '';
  const all = part ?? counted(ids.size, 'trial');
  writeStdout(
    `${all}${part === undefined ? ':' : ','} ${known} in the store, ${missing.length} to run${time}`,
  );
  if (slurm !== null && missing.length > 0) await showSubmission(missing, store.directory, slurm);
}

/** How trials would be submitted, and the script of their jobs. */
async function plannedSubmission(trials: readonly Trial[], storeDirectory: string, settings: SlurmSettings) {
  const { readMaxArraySize, whenAnswered } = await import('../launchers/slurm/commands.ts');
  const { planSubmission } = await import('../launchers/slurm/submit.ts');
  const by = { argv: process.argv.slice(2).filter((word) => word !== '--plan'), directory: process.cwd() };
  const most = await whenAnswered('it is not known how large arrays may be', readMaxArraySize);
  const { tasks, arrays, time, script } = planSubmission(trials, storeDirectory, most, settings, by, {
    isMade: false,
  });
  return { tasks: tasks.length, arrays, longestSeconds: tasks[0].seconds, timeLimitSeconds: time, script };
}

/** Prints how trials would be submitted, and the script of their jobs. */
export async function showSubmission(
  trials: readonly Trial[],
  storeDirectory: string,
  settings: SlurmSettings,
): Promise<void> {
  const planned = await plannedSubmission(trials, storeDirectory, settings);
  const longest = roughDuration(planned.longestSeconds);
  writeStdout(
    `they would be submitted as ${counted(planned.tasks, 'task')} in ${counted(planned.arrays, 'job array')}; the longest takes about ` +
      `${longest} on ${counted(settings.cpus, 'core')} and may take ${durationText(planned.timeLimitSeconds)}. The script:`,
    '',
    ...planned.script
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  );
}

function distinct(trials: readonly Trial[]): Trial[] {
  return [...new Map(trials.map((trial) => [trial.id, trial])).values()];
}

/** ", in about 25 s on 2 workers". */
export function timeText(seconds: number, jobs: number): string {
  return seconds === 0 ? '' : `, in about ${roughDuration(seconds)} on ${counted(jobs, 'worker')}`;
}
