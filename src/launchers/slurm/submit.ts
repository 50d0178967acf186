import { join, resolve } from 'node:path';
import { counted } from '../../errors.ts';
import { packageFolder } from '../../files/package-folder.ts';
import { shellWord } from '../../parsing/shell-word.ts';
import type { Trial } from '../../trial/trial.ts';
import type { LaunchOptions } from '../launcher.ts';
import { cancelJobs, SlurmError, submitArray } from './commands.ts';
import { jobName, scriptOf } from './script.ts';
import type { SlurmSettings, SubmittedBy } from './settings.ts';
import {
  hasMark,
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
  { isMade }: { readonly isMade: boolean },
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
      ...{ id, time, arraySize, program, isMade },
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

/** A submission whose folder is written, and what became of its arrays. */
export interface Submitted {
  readonly submission: Submission;
  readonly folder: string;
  readonly tasks: readonly TaskPlan[];
  /** The numbers of the arrays' jobs; null for one that was refused. */
  readonly jobs: readonly (string | null)[];
  /** Why an array was refused. */
  readonly refusal: SlurmError | null;
  /** Whether it was cancelled while it was submitted. What was submitted is cancelled then. */
  readonly isCancelled: boolean;
}

/**
 * Writes the folder of a submission and submits its arrays. Returns null, and does nothing, if another process has made a
 * submission that is not in `seen`.
 *
 * `unsent` is a submission of the same trials none of whose arrays was submitted: its folder is used again.
 */
export async function submit(
  trials: readonly Trial[],
  seen: ReadonlySet<string>,
  maxArraySize: number,
  options: LaunchOptions,
  unsent: Submitted | null,
): Promise<Submitted | null> {
  const written = unsent ?? (await writeSubmission(trials, seen, maxArraySize, options));
  if (written === null) return null;
  const { folder, submission, tasks } = written;
  const { jobs, refusal, isCancelled } = await submitArrays(submission, folder, unsent !== null);
  const done = jobs.filter((job) => job !== null);
  if (done.length > 0 && !isCancelled) {
    const what = `${counted(trials.length, 'trial')} in ${counted(tasks.length, 'task')}`;
    options.events.note(`submitted ${what} as ${jobsText(done)}; its script and logs are in ${folder}`);
  }
  return { submission, folder, tasks, jobs, refusal, isCancelled };
}

/** "job 7", "jobs 7, 8", "1000 jobs from 7 to 1006". */
export function jobsText(jobs: readonly string[]): string {
  if (jobs.length > 3) return `${jobs.length} jobs from ${jobs[0]} to ${jobs.at(-1)}`;
  return `job${jobs.length === 1 ? '' : 's'} ${jobs.join(', ')}`;
}

async function writeSubmission(
  trials: readonly Trial[],
  seen: ReadonlySet<string>,
  maxArraySize: number,
  options: LaunchOptions,
): Promise<Pick<Submitted, 'submission' | 'folder' | 'tasks'> | null> {
  const { store, lease, sources } = options;
  const slurm = options.slurm!;
  const { id, tasks, arraySize, script } = planSubmission(
    trials,
    store.directory,
    maxArraySize,
    slurm.settings,
    slurm.by,
    { isMade: true },
  );
  const { initialWeights, ...located } = sources;
  const { keep = 'records', force = false, retries = 1, timeout = null, maxFailures } = options;
  const { continuable, keepFinals = true } = options;
  const computing: TaskComputing = {
    ...{ cpus: slurm.settings.cpus, keep, force, retries, timeout, sources: located },
    maxFailures: Number.isFinite(maxFailures) ? maxFailures! : null,
    ...(keepFinals ? {} : { keepFinals }),
  };
  const counts = { tasks: tasks.length, arraySize, trials: trials.length };
  const submission: Submission = { version: 1, id, by: slurm.by, lease: lease.name, ...counts, computing };
  const prepared = await prepareSubmission(store.directory, submission, tasks, script, {
    initialWeights,
    continuable,
  });
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
  return isOurs ? { submission, folder: submissionFolder(store.directory, id), tasks } : null;
}

/** Submits arrays until one is refused, or the submission is cancelled. */
async function submitArrays(
  { id, tasks, arraySize }: Submission,
  folder: string,
  isNoted: boolean,
): Promise<Pick<Submitted, 'jobs' | 'refusal' | 'isCancelled'>> {
  const jobs: (string | null)[] = [];
  let refusal: SlurmError | null = null;
  let isCancelled = await hasMark(folder, 'cancelled');
  for (let array = 0; array < Math.ceil(tasks / arraySize); array++) {
    const first = array * arraySize;
    const last = Math.min(arraySize, tasks - first) - 1;
    let job: string | null = null;
    if (refusal === null && !isCancelled) {
      try {
        job = await submitArray(folder, jobName(id, array), `0-${last}`, first);
      } catch (error) {
        if (!(error instanceof SlurmError)) throw error;
        refusal = error;
      }
      // Whoever cancels marks first and looks into the queue then: it has this job, or the mark is seen here.
      isCancelled = await hasMark(folder, 'cancelled');
    }
    jobs.push(job);
    if (job !== null || !isNoted) await noteArray(folder, { array, job });
  }
  if (isCancelled) await cancelJobs(jobs.filter((job) => job !== null));
  return { jobs, refusal, isCancelled };
}
