import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Sources } from '../../datasets/dataset.ts';
import { UserError } from '../../errors.ts';
import { makeDirectory, syncDirectory } from '../../files/directories.ts';
import { codeOf, reasonOf } from '../../files/errno.ts';
import { forEachLine, readBytes } from '../../files/lines.ts';
import { openToAppend, readRegularBytes } from '../../files/regular-file.ts';
import { removeDirectory, removeFile, renameFile } from '../../files/retry-while-busy.ts';
import { writeWhole } from '../../files/write-whole.ts';
import type { FinalPlace } from '../../store/final-packs.ts';
import { createTrial, type Trial } from '../../trial/trial.ts';
import type { Kept, LaunchOptions } from '../launcher.ts';
import type { SubmittedBy } from './settings.ts';
import { submissionName, wrongEntry } from './submission-schema.ts';
import type { TaskPlan } from './tasks.ts';

/** What a submission's folder says of itself, in submission.json. */
export interface Submission {
  readonly version: 1;
  readonly id: string;
  /** The command that made it. */
  readonly by: SubmittedBy;
  /** The name of the lease of the process that made it: while it is alive, it may still be submitting. */
  readonly lease: string;
  readonly tasks: number;
  /** Task t is index t % arraySize of array t / arraySize, rounded down. */
  readonly arraySize: number;
  readonly trials: number;
  /** How its tasks compute their trials. */
  readonly computing: TaskComputing;
}

export interface TaskComputing {
  readonly cpus: number;
  readonly keep: Kept;
  readonly force: boolean;
  readonly retries: number;
  readonly timeout: number | null;
  /** Null: no limit. */
  readonly maxFailures: number | null;
  /** Absent: true. */
  readonly keepFinals?: boolean;
  /** Without initial weights, which are in a file of their own. */
  readonly sources: Sources;
}

/** A trial of a task, and the finished ones that it may continue: tasks do not look for them. */
export interface TaskTrial extends Trial {
  readonly continuable?: readonly FinalPlace[];
}

/** How the trials of a task ended. The others have records. */
export interface TaskOutcome {
  readonly failures: readonly { readonly id: string; readonly reason: string }[];
  /** Ids of trials that were stopped or not begun. */
  readonly unfinished: readonly string[];
}

/** That an array was submitted, or refused. */
export interface ArrayNote {
  readonly array: number;
  readonly job: string | null;
}

export const submissionsFolder = (store: string): string => join(store, 'slurm');
export const submissionFolder = (store: string, id: string): string => join(submissionsFolder(store), id);
/** The folder of the store that a submission's folder is in. */
export const storeOfSubmission = (folder: string): string => resolve(folder, '..', '..');

/** The largest submission.json in bytes. */
const largest = 2 ** 26;

/** A new id, by which later ones are sorted after earlier ones. */
export function newSubmissionId(now = new Date()): string {
  const digits = now.toISOString().replaceAll(/[-:]/g, '').slice(0, 15).replace('T', '-');
  return `${digits}-${randomBytes(3).toString('hex')}`;
}

/** A submission's folder that has all its files, but not yet its name. */
export interface PreparedSubmission {
  /** Gives it its name. */
  publish(): Promise<void>;
  remove(): Promise<void>;
}

/** What tasks need besides their trials. */
interface TaskNeeds {
  readonly initialWeights?: Sources['initialWeights'] | undefined;
  readonly continuable?: LaunchOptions['continuable'] | undefined;
}

/** Writes the folder of a submission under a temporary name: it appears whole or not at all. */
export async function prepareSubmission(
  store: string,
  submission: Submission,
  tasks: readonly TaskPlan[],
  script: string,
  { initialWeights, continuable = new Map<string, never>() }: TaskNeeds = {},
): Promise<PreparedSubmission> {
  const parent = submissionsFolder(store);
  const folder = join(parent, submission.id);
  const draft = join(parent, `.${submission.id}.tmp`);
  await makeDirectory(join(draft, 'logs'));
  await makeDirectory(join(draft, 'outcomes'));
  const offsets: number[] = [0];
  const lines = async function* () {
    for (const [task, { trials }] of tasks.entries()) {
      // A trial of a plan makes its config when asked.
      const plain = trials.map(({ id, config }): TaskTrial => {
        const places = continuable.get(id);
        return { id, config, ...(places === undefined ? {} : { continuable: places }) };
      });
      const line = Buffer.from(`${JSON.stringify({ task, trials: plain })}\n`);
      offsets.push(offsets.at(-1)! + line.length);
      yield line;
    }
  };
  await writeWhole(join(draft, 'tasks.jsonl'), lines());
  await writeWhole(join(draft, 'tasks.index'), `${JSON.stringify(offsets)}\n`);
  if (initialWeights !== undefined && Object.keys(initialWeights).length > 0)
    await writeWhole(join(draft, 'initial-weights.bin'), serialize(initialWeights));
  await writeWhole(join(draft, 'job.sh'), script);
  await writeWhole(join(draft, 'submission.json'), `${JSON.stringify(submission, null, 2)}\n`);
  return {
    async publish() {
      await renameFile(draft, folder).catch(async (error) => {
        // It has its name already.
        if (codeOf(error) !== 'ENOENT') throw error;
      });
      await syncDirectory(parent);
    },
    remove: () => removeDirectory(draft),
  };
}

/** What the submissions of the same command in the same folder have in common. */
export function commandKey({ by }: Pick<Submission, 'by'>): string {
  return JSON.stringify([by.directory, by.argv]);
}

/** The ids of a store's submissions, the earliest first. Errors: UserError if what should be their folder is not one. */
export async function submissionIds(store: string): Promise<string[]> {
  const folder = submissionsFolder(store);
  const names = await readdir(folder).catch((error) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw new UserError({
      what: `the submissions in ${folder} cannot be read: ${reasonOf(error)}`,
      expected: 'a folder that fys-nn made, or nothing of this name',
      remedy: 'move away what is there, or choose another store',
    });
  });
  return names.filter((name) => submissionName.test(name)).sort();
}

/** Reads submission.json. Errors: there is none, or it is not one of this version. */
export async function readSubmission(folder: string): Promise<Submission> {
  const path = join(folder, 'submission.json');
  let read: unknown;
  try {
    read = JSON.parse((await readRegularBytes(path, largest)).toString());
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw notThere(folder);
    throw damaged(`${path} cannot be read: ${reasonOf(error)}`);
  }
  const wrong = await wrongEntry(read);
  if (wrong !== null) {
    const entry = wrong.entry === '' ? '' : `${wrong.entry} of `;
    throw damaged(`${entry}${path} is not what fys-nn writes`, wrong.expected);
  }
  const submission = read as Submission;
  const name = basename(resolve(folder));
  if (submission.id === name) return submission;
  throw damaged(`id of ${path} is not the name of its folder`, name, submission.id);
}

/** The error for a file of a submission that is not as it was written. */
function damaged(what: string, expected?: string, received?: string): UserError {
  return new UserError({
    what,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
    remedy: 'use the version that made it, or remove the folder; the same command submits what is missing',
  });
}

function notThere(folder: string): UserError {
  return new UserError({
    what: `there is no submission in ${folder}`,
    expected: 'a folder that fys-nn made with {launcher} slurm',
    remedy: 'run the command again; it submits what is missing',
  });
}

/** The trials of a task. Errors: a number that it does not have, a line that is not what was written. */
export async function readTask(folder: string, task: number): Promise<TaskTrial[]> {
  const index = join(folder, 'tasks.index');
  const offsets = await readOffsets(index);
  if (task > offsets.length - 2) {
    throw new UserError({
      what: `the submission ${folder} has no task ${task}`,
      expected: `a number from 0 to ${offsets.length - 2}`,
      received: task,
    });
  }
  const [begin, end] = [offsets[task], offsets[task + 1]];
  const path = join(folder, 'tasks.jsonl');
  try {
    const trials = trialsOf(readBytes(path, begin, end - begin));
    if (trials.every(({ id, config }) => createTrial(config).id === id)) return trials;
  } catch (error) {
    if (codeOf(error) !== undefined) throw damaged(`${path} cannot be read: ${reasonOf(error)}`);
  }
  throw damaged(`line ${task + 1} of ${path} is not what was written`);
}

/** Where the line of each task begins, and where the last one ends. */
async function readOffsets(path: string): Promise<number[]> {
  let read: unknown;
  try {
    read = JSON.parse((await readRegularBytes(path, largest)).toString());
  } catch (error) {
    throw damaged(`${path} cannot be read: ${reasonOf(error)}`);
  }
  const isOffset = (offset: unknown, at: number, all: unknown[]): boolean =>
    Number.isSafeInteger(offset) &&
    (at === 0
      ? offset === 0
      : Number(offset) > Number(all[at - 1]) && Number(offset) - Number(all[at - 1]) <= largest);
  if (Array.isArray(read) && read.length > 1 && read.every(isOffset)) return read;
  throw damaged(
    `${path} is not what was written`,
    'a list of numbers from 0, each greater than the one before',
  );
}

function trialsOf(line: Buffer): TaskTrial[] {
  const { trials } = JSON.parse(line.toString()) as { trials: TaskTrial[] };
  if (trials.every(({ id }) => typeof id === 'string')) return trials;
  throw new TypeError('no id');
}

/** The ids of all trials of a submission, by task. Errors: UserError for a line that is not what was written. */
export async function readTaskIds(folder: string): Promise<string[][]> {
  const ids: string[][] = [];
  const path = join(folder, 'tasks.jsonl');
  await forEachLine(path, 0, (line) => {
    try {
      ids.push(trialsOf(line).map(({ id }) => id));
    } catch {
      throw damaged(`line ${ids.length + 1} of ${path} is not what was written`);
    }
  });
  return ids;
}

export async function readInitialWeights(folder: string): Promise<NonNullable<Sources['initialWeights']>> {
  try {
    return deserialize(await readFile(join(folder, 'initial-weights.bin')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {};
    throw error;
  }
}

const arraysFile = (folder: string): string => join(folder, 'arrays.jsonl');

/** Notes that an array was submitted, on disk when this returns. */
export async function noteArray(folder: string, note: ArrayNote): Promise<void> {
  const file = await openToAppend(arraysFile(folder));
  try {
    await file.appendFile(`${JSON.stringify(note)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The arrays that were submitted or refused. A line that was never finished, or is damaged, is skipped. */
export async function readArrays(folder: string): Promise<ArrayNote[]> {
  const notes: ArrayNote[] = [];
  const take = (line: Buffer): void => {
    try {
      const { array, job } = JSON.parse(line.toString());
      const isJob = job === null || (typeof job === 'string' && /^\d+$/.test(job));
      if (Number.isSafeInteger(array) && isJob) notes.push({ array, job });
    } catch {
      // Torn.
    }
  };
  await forEachLine(arraysFile(folder), 0, take).catch((error) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
  return notes;
}

const outcomeFile = (folder: string, task: number): string => join(folder, 'outcomes', `${task}.json`);

export async function writeOutcome(folder: string, task: number, outcome: TaskOutcome): Promise<void> {
  await makeDirectory(join(folder, 'outcomes'));
  await writeWhole(outcomeFile(folder, task), `${JSON.stringify(outcome)}\n`);
}

export const removeOutcome = (folder: string, task: number): Promise<void> =>
  removeFile(outcomeFile(folder, task));

/** How a task ended by its own account; null if it has not said. */
export async function readOutcome(folder: string, task: number): Promise<TaskOutcome | null> {
  try {
    const { failures, unfinished } = JSON.parse(
      (await readRegularBytes(outcomeFile(folder, task), largest)).toString(),
    ) as TaskOutcome;
    const isWhole =
      failures.every(({ id, reason }) => typeof id === 'string' && typeof reason === 'string') &&
      unfinished.every((id) => typeof id === 'string');
    return isWhole ? { failures, unfinished } : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** An empty file of this name says that the submission needs no attention any more, and why. */
export type Mark = 'ended' | 'cancelled';

export const markSubmission = (folder: string, mark: Mark): Promise<void> =>
  writeWhole(join(folder, mark), '');

export async function hasMark(folder: string, mark: Mark): Promise<boolean> {
  // The listing: a network file system remembers for a while that a file was missing.
  const names: string[] = await readdir(folder).catch((error) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  return names.includes(mark);
}
