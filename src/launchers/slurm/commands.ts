import { type ExecFileException, execFile } from 'node:child_process';
import { exitCodes, UserError } from '../../errors.ts';
import { environmentOf } from './environment.ts';
import { isNoAnswer } from './no-answer.ts';
import {
  accountingFormat,
  parseAccounting,
  parseJobs,
  parseMaxArraySize,
  parseQueue,
  parseSubmitted,
  type QueuedTasks,
  queueFormat,
  type TaskEnd,
} from './parse.ts';

/** What a command of Slurm printed, and how it ended. */
interface Answer {
  readonly ok: boolean;
  readonly stdout: string;
  /** Its message, without the command's name; of commands that could not be run, why. */
  readonly message: string;
  readonly isMissing: boolean;
  readonly isUnanswered: boolean;
}

/** A command of Slurm did not do what it was asked. */
export class SlurmError extends Error {
  /** Whether this is no answer at all: sbatch may have submitted the job all the same, or will do so later. */
  readonly isUnanswered: boolean;

  constructor(message: string, isUnanswered: boolean) {
    super(message);
    this.isUnanswered = isUnanswered;
  }
}

/** Milliseconds after which a command of Slurm has failed. They wait for the controller themselves for less. */
const longest = 120_000;
/** The most that a command prints: a queue of a million jobs. */
const maxBuffer = 2 ** 28;

function run(command: string, args: readonly string[], cwd?: string): Promise<Answer> {
  const options = {
    env: environmentOf(process.env),
    timeout: longest,
    maxBuffer,
    ...(cwd && { cwd }),
  };
  return new Promise((resolve) => {
    execFile(command, args, options, (error: ExecFileException | null, stdout, stderr) => {
      const lines = stderr
        .split('\n')
        .map((line) =>
          line.replace(new RegExp(`^(?:${command}: (?:error: |fatal: )?|slurm_\\w+ error: )`), '').trim(),
        )
        .filter((line) => line !== '');
      const isLate = error?.killed === true;
      const message =
        inWords(lines) || (isLate ? `no answer in ${longest / 1000} s` : (error?.message ?? ''));
      const isUnanswered = isLate || (error !== null && isNoAnswer(lines.at(-1) ?? ''));
      resolve({ ok: error === null, stdout, message, isMissing: error?.code === 'ENOENT', isUnanswered });
    });
  });
}

/** What a command said, in one line. Without a configuration, what it tried to find one comes after what that means. */
function inWords(lines: readonly string[]): string {
  const text = lines.join('; ');
  const isUnconfigured = lines.some((line) => /could not establish a configuration source/i.test(line));
  return isUnconfigured ? `no slurm.conf was found on this machine: ${text}` : text;
}

async function answerOf(command: string, args: readonly string[], cwd?: string): Promise<string> {
  const { ok, stdout, message, isMissing, isUnanswered } = await run(command, args, cwd);
  if (isMissing) throw noSlurm(command);
  if (!ok) throw new SlurmError(message, isUnanswered);
  return stdout;
}

/** Submits an array and returns the number of its job. Errors: SlurmError with sbatch's words. */
export async function submitArray(
  folder: string,
  name: string,
  indices: string,
  firstTask: number,
): Promise<string> {
  const args = ['--parsable', `--job-name=${name}`, `--array=${indices}`, 'job.sh', String(firstTask)];
  const stdout = await answerOf('sbatch', args, folder);
  const job = parseSubmitted(stdout);
  if (job === null) throw new SlurmError(`it printed no job number: ${stdout.trim()}`, true);
  return job;
}

/** The tasks that wait or run, of all jobs with these names. Errors: SlurmError. */
export async function readQueue(names: readonly string[]): Promise<QueuedTasks[]> {
  const queue: QueuedTasks[] = [];
  for (const some of chunks(names)) {
    const args = ['--noheader', `--name=${some.join(',')}`, `--format=${queueFormat}`];
    queue.push(...parseQueue(await answerOf('squeue', args)));
  }
  return queue;
}

/** Names or numbers of as many jobs as one command is asked about: the system limits the length of arguments to 128 KiB each. */
const mostNamed = 1000;

export function* chunks<T>(list: readonly T[]): Generator<T[]> {
  for (let at = 0; at < list.length; at += mostNamed) yield list.slice(at, at + mostNamed);
}

/** How tasks ("1234_5") ended, as far as Slurm still knows: from its accounting, else from its memory. */
export async function readEnds(tasks: readonly string[]): Promise<Map<string, TaskEnd>> {
  const ends = new Map<string, TaskEnd>();
  for (const some of chunks(jobsOf(tasks))) {
    const args = ['-n', '-P', '-X', '-j', some.join(','), `--format=${accountingFormat}`];
    const { ok, stdout } = await run('sacct', args);
    if (ok) for (const [id, end] of parseAccounting(stdout)) ends.set(id, end);
  }
  // Accounting lags behind, or there is none.
  for (const job of jobsOf(tasks.filter((task) => !ends.has(task)))) {
    const { stdout } = await run('scontrol', ['show', 'job', '-o', job]);
    for (const [id, end] of parseJobs(stdout)) if (!ends.has(id)) ends.set(id, end);
  }
  return ends;
}

const jobsOf = (tasks: readonly string[]): string[] => [...new Set(tasks.map((task) => task.split('_')[0]))];

/** Cancels jobs, or tasks of arrays: "1234", "1234_5". Those that have ended are left alone. */
export async function cancelJobs(jobs: readonly string[]): Promise<void> {
  const known = jobs.filter((job) => job !== '');
  for (const some of chunks(known)) await answerOf('scancel', some);
}

/** Sends this task back into the queue. Returns whether Slurm took it. */
export async function requeueJob(job: string): Promise<boolean> {
  return (await run('scontrol', ['requeue', job])).ok;
}

/** Lets a task start that Slurm holds back. Returns whether Slurm did. */
export async function releaseJob(job: string): Promise<boolean> {
  return (await run('scontrol', ['release', job])).ok;
}

/** Whether every controller is down by Slurm's own account, which takes far less time than waiting for an answer. */
export async function isDown(): Promise<boolean> {
  const { stdout } = await run('scontrol', ['ping']);
  return /\bis DOWN\b/.test(stdout) && !/\bis UP\b/.test(stdout);
}

/** Does what cannot wait for Slurm. Errors: UserError in place of SlurmError, which says that `consequence`. */
export async function whenAnswered<T>(consequence: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof SlurmError)) throw error;
    throw new UserError(
      {
        what: `Slurm does not answer (${error.message}), so ${consequence}`,
        remedy: 'run the command again when it does; scontrol ping says whether its controller is up',
      },
      exitCodes.incomplete,
    );
  }
}

/** The number of tasks that an array may have here. Errors: SlurmError; UserError if Slurm is missing, or has no arrays. */
export async function readMaxArraySize(): Promise<number> {
  const { ok, stdout, message, isMissing, isUnanswered } = await run('scontrol', ['show', 'config']);
  if (isMissing) throw noSlurm('scontrol');
  if (isUnanswered) throw new SlurmError(message, isUnanswered);
  const size = ok ? parseMaxArraySize(stdout) : null;
  if (size === null) {
    throw new UserError({
      what: `Slurm's configuration cannot be read: ${message || 'scontrol show config names no MaxArraySize'}`,
      expected: 'a machine from which jobs can be submitted',
      remedy:
        'run this command on a login node of the cluster; scontrol ping says whether its controller answers',
    });
  }
  if (size < 1) {
    throw new UserError({
      what: 'this cluster does not allow job arrays',
      expected: 'MaxArraySize of at least 1',
      received: size,
      remedy: 'ask those who run it to allow them, or run without {launcher} slurm',
    });
  }
  return size;
}

function noSlurm(command: string): UserError {
  return new UserError(
    {
      what: `there is no ${command} on this machine, so nothing can be submitted to Slurm`,
      expected: 'the commands of Slurm (sbatch, squeue, scontrol, scancel) in the PATH',
      remedy:
        'run this command on a login node of the cluster (there, perhaps after module load slurm), or without {launcher} slurm',
    },
    exitCodes.usage,
  );
}
