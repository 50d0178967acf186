import { join, resolve } from 'node:path';
import { counted } from '../../errors.ts';
import { packageFolder } from '../../files/package-folder.ts';
import { shellWord } from '../../parsing/shell-word.ts';
import type { Trial } from '../../trial/trial.ts';
import type { LaunchOptions } from '../launcher.ts';
import { SlurmError, submitArray } from './commands.ts';
import { jobName, scriptOf } from './script.ts';
import type { SlurmSettings, SubmittedBy } from './settings.ts';
import {
  newSubmissionId,
  noteArray,
  prepareSubmission,
  type Submission,
  submissionFolder,
  submissionIds,
  type TaskComputing,
} from './submission.ts';
import { cutIntoTasks, type TaskPlan, timeLimit } from './tasks.ts';

/** The name of the command that computes a task's trials. Users do not call it. */
export const taskCommand = 'slurm-task';

/** Trials cut into tasks and arrays, and the script that runs them. */
export interface SlurmPlan {
  readonly id: string;
  readonly tasks: readonly TaskPlan[];
  readonly arraySize: number;
  readonly arrays: number;
  /** Seconds that a task may run. */
  readonly time: number;
  readonly script: string;
}

export function planSubmission(
  trials: readonly Trial[],
  storeDirectory: string,
  maxArraySize: number,
  settings: SlurmSettings,
  by: SubmittedBy,
): SlurmPlan {
  const id = newSubmissionId();
  const tasks = cutIntoTasks(trials, settings);
  const arraySize = Math.min(maxArraySize, tasks.length);
  const time = settings.time ?? timeLimit(tasks[0].seconds);
  const program = [
    process.execPath,
    ...process.execArgv,
    join(packageFolder, 'bin', 'fys-nn.js'),
    taskCommand,
  ];
  const script = scriptOf(
    {
      ...{ id, time, arraySize, program },
      command: ['fys-nn', ...by.argv.map(shellWord)].join(' '),
      folder: resolve(submissionFolder(storeDirectory, id)),
      directory: by.directory,
      trials: trials.length,
      tasks: tasks.length,
    },
    settings,
  );
  return { id, tasks, arraySize, arrays: Math.ceil(tasks.length / arraySize), time, script };
}

/** What became of a submission. */
export interface Submitted {
  readonly submission: Submission;
  readonly folder: string;
  readonly tasks: readonly TaskPlan[];
  /** The numbers of the arrays' jobs; null for one that was refused. */
  readonly jobs: readonly (string | null)[];
  /** Why an array was refused. */
  readonly refusal: SlurmError | null;
}

/**
 * Writes the folder of a submission and submits its arrays. Returns null, and does nothing, if another process has made a
 * submission that is not in `seen`.
 */
export async function submit(
  trials: readonly Trial[],
  seen: ReadonlySet<string>,
  maxArraySize: number,
  options: LaunchOptions,
): Promise<Submitted | null> {
  const { store, lease, sources, events } = options;
  const slurm = options.slurm!;
  const { id, tasks, arraySize, arrays, script } = planSubmission(
    trials,
    store.directory,
    maxArraySize,
    slurm.settings,
    slurm.by,
  );
  const { initialWeights, ...located } = sources;
  const { keep = 'records', force = false, retries = 1, timeout = null, maxFailures } = options;
  const computing: TaskComputing = {
    ...{ cpus: slurm.settings.cpus, keep, force, retries, timeout, sources: located },
    maxFailures: Number.isFinite(maxFailures) ? maxFailures! : null,
  };
  const counts = { tasks: tasks.length, arraySize, trials: trials.length };
  const submission: Submission = { version: 1, id, by: slurm.by, lease: lease.name, ...counts, computing };
  const prepared = await prepareSubmission(store.directory, submission, tasks, script, initialWeights);
  let isOurs = false;
  try {
    await lease.claim(async () => {
      if (!isOurs && (await submissionIds(store.directory)).some((other) => !seen.has(other))) return [];
      await prepared.publish();
      isOurs = true;
      return [];
    });
  } finally {
    if (!isOurs) await prepared.remove();
  }
  if (!isOurs) return null;
  const folder = submissionFolder(store.directory, id);
  const jobs: (string | null)[] = [];
  let refusal: SlurmError | null = null;
  for (let array = 0; array < arrays; array++) {
    const first = array * arraySize;
    const last = Math.min(arraySize, tasks.length - first) - 1;
    let job: string | null = null;
    try {
      if (refusal === null) job = await submitArray(folder, jobName(id, array), `0-${last}`, first);
    } catch (error) {
      if (!(error instanceof SlurmError)) throw error;
      refusal = error;
    }
    jobs.push(job);
    await noteArray(folder, { array, job });
  }
  const done = jobs.filter((job) => job !== null);
  if (done.length > 0) {
    const what = `${counted(trials.length, 'trial')} in ${counted(tasks.length, 'task')}`;
    events.note(`submitted ${what} as job ${done.join(', ')}; its script and logs are in ${folder}`);
  }
  return { submission, folder, tasks, jobs, refusal };
}
