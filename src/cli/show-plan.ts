import { counted, UserError } from '../errors.ts';
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

/** Of more trials than `mostListed`, only the first and the last are printed: nobody reads thousands of lines. */
const mostListed = 200;
const [firstListed, lastListed] = [10, 5];

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
  // What Slurm says comes first: without it, nobody needs the list of trials.
  const limit = slurm === null || distinct(force ? trials : toRun).length === 0 ? null : await askLimit();
  const ids = createIdSet();
  const missing: Trial[] = [];
  const { width } = screenOf(process.stdout);
  // A program that reads the list finds one trial in each line.
  const lineWidth = process.stdout.isTTY ? width : Infinity;
  for (const { plan } of runs) {
    if (plan.cells.length === 0) continue;
    writeStdout(...fold(describePlan(plan).heading, width));
    if (plan.search !== undefined) writeStdout(...fold(searchWords(plan.search), width));
    const leftOut = plan.cells.length <= mostListed ? 0 : plan.cells.length - firstListed - lastListed;
    for (const [place, cell] of plan.cells.entries()) {
      const { trial } = cell;
      const record = store.get(trial.id);
      const before = ids.size;
      const isNew = ids.add(trial.id) === before;
      if (isNew && (record === undefined || force)) missing.push(trial);
      if (limit instanceof Error) continue;
      if (leftOut > 0 && place === firstListed)
        writeStdout(`  ... ${counted(leftOut, 'more trial')}; --json lists all`);
      if (leftOut > 0 && place >= firstListed && place < firstListed + leftOut) continue;
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
  if (slurm !== null && missing.length > 0) await showSubmission(missing, store.directory, slurm, limit);
}

/** The number of tasks that an array may have, or why it is not known. */
async function askLimit(): Promise<number | UserError> {
  const { readMaxArraySize, whenAnswered } = await import('../launchers/slurm/commands.ts');
  try {
    return await whenAnswered('it is not known how large arrays may be', readMaxArraySize);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** How trials would be submitted, and the script of their jobs. Errors: UserError if arrays may have no known number of tasks. */
async function plannedSubmission(
  trials: readonly Trial[],
  storeDirectory: string,
  settings: SlurmSettings,
  known: number | UserError | null = null,
) {
  const { planSubmission } = await import('../launchers/slurm/submit.ts');
  const by = { argv: process.argv.slice(2).filter((word) => word !== '--plan'), directory: process.cwd() };
  const most = known ?? (await askLimit());
  if (most instanceof UserError) throw most;
  const { tasks, arrays, time, script } = planSubmission(trials, storeDirectory, most, settings, by, {
    isMade: false,
  });
  return { tasks: tasks.length, arrays, longestSeconds: tasks[0].seconds, timeLimitSeconds: time, script };
}

/**
 * Prints how trials would be submitted, and the script of their jobs. Errors: UserError if Slurm does not say how large arrays
 * may be, after what is known without it.
 */
export async function showSubmission(
  trials: readonly Trial[],
  storeDirectory: string,
  settings: SlurmSettings,
  known: number | UserError | null = null,
): Promise<void> {
  const most = known ?? (await askLimit());
  if (most instanceof UserError) {
    const { cutIntoTasks } = await import('../launchers/slurm/tasks.ts');
    const tasks = cutIntoTasks(trials, settings);
    writeStdout(
      `they would be submitted as ${counted(tasks.length, 'task')}, if this cluster allows so many; the longest takes about ` +
        `${roughDuration(tasks[0].seconds)} on ${counted(settings.cpus, 'core')}`,
    );
  }
  const planned = await plannedSubmission(trials, storeDirectory, settings, most);
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
