import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Sources } from '../../datasets/dataset.ts';
import { UserError } from '../../errors.ts';
import { makeDirectory, syncDirectory } from '../../files/directories.ts';
import { codeOf } from '../../files/errno.ts';
import { forEachLine, readBytes } from '../../files/lines.ts';
import { openToAppend, readRegularBytes } from '../../files/regular-file.ts';
import { removeDirectory, removeFile, renameFile } from '../../files/retry-while-busy.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { createTrial, type Trial } from '../../trial/trial.ts';
import type { Kept } from '../launcher.ts';
import type { SubmittedBy } from './settings.ts';
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
  /** Without initial weights, which are in a file of their own. */
  readonly sources: Sources;
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

const submissionName = /^\d{8}-\d{6}-[0-9a-f]{6}$/;
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

/** Writes the folder of a submission under a temporary name: it appears whole or not at all. */
export async function prepareSubmission(
  store: string,
  submission: Submission,
  tasks: readonly TaskPlan[],
  script: string,
  initialWeights: Sources['initialWeights'],
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
      const plain = trials.map(({ id, config }) => ({ id, config }));
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

/** What the submissions of the same command in the same folder have in common. Whether it waited is not a part of it. */
export function commandKey({ by }: Pick<Submission, 'by'>): string {
  return JSON.stringify([by.directory, by.argv.filter((word) => word !== '--detach')]);
}

/** The ids of a store's submissions, the earliest first. */
export async function submissionIds(store: string): Promise<string[]> {
  const names = await readdir(submissionsFolder(store)).catch((error) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return [];
    throw error;
  });
  return names.filter((name) => submissionName.test(name)).sort();
}

function isCommand({ argv, directory }: SubmittedBy): boolean {
  return (
    typeof directory === 'string' && Array.isArray(argv) && argv.every((word) => typeof word === 'string')
  );
}

/** Reads submission.json. Errors: there is none, or it is not one of this version. */
export async function readSubmission(folder: string): Promise<Submission> {
  const path = join(folder, 'submission.json');
  try {
    const read = JSON.parse((await readRegularBytes(path, largest)).toString()) as Submission;
    if (read.version === 1 && submissionName.test(read.id) && isCommand(read.by)) return read;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw notThere(folder);
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw new UserError({
    what: `${path} does not describe a submission that this version of fys-nn knows`,
    remedy: 'use the version that made it, or remove the folder',
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
export async function readTask(folder: string, task: number): Promise<Trial[]> {
  const offsets = JSON.parse(await readFile(join(folder, 'tasks.index'), 'utf8')) as number[];
  const [begin, end] = [offsets[task], offsets[task + 1]];
  if (end === undefined) {
    throw new UserError({
      what: `the submission ${folder} has no task ${task}`,
      expected: `a number from 0 to ${offsets.length - 2}`,
      received: task,
    });
  }
  const line = readBytes(join(folder, 'tasks.jsonl'), begin, end - begin).toString();
  try {
    const { trials } = JSON.parse(line) as { trials: Trial[] };
    if (trials.every(({ id, config }) => createTrial(config).id === id)) return trials;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw new UserError({
    what: `line ${task + 1} of ${join(folder, 'tasks.jsonl')} is not what was written`,
    remedy: 'run the command again; it submits what is missing',
  });
}

/** The ids of all trials of a submission, by task. */
export async function readTaskIds(folder: string): Promise<string[][]> {
  const ids: string[][] = [];
  await forEachLine(join(folder, 'tasks.jsonl'), 0, (line) => {
    ids.push((JSON.parse(line.toString()) as { trials: Trial[] }).trials.map(({ id }) => id));
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

/** The arrays that were submitted or refused. A line that was never finished is skipped. */
export async function readArrays(folder: string): Promise<ArrayNote[]> {
  const notes: ArrayNote[] = [];
  const take = (line: Buffer): void => {
    try {
      notes.push(JSON.parse(line.toString()));
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
    return JSON.parse((await readRegularBytes(outcomeFile(folder, task), largest)).toString());
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** An empty file of this name says that the submission needs no attention any more, and why. */
export type Mark = 'ended' | 'cancelled';

export const markSubmission = (folder: string, mark: Mark): Promise<void> =>
  writeWhole(join(folder, mark), '');

export async function hasMark(folder: string, mark: Mark): Promise<boolean> {
  const names: string[] = await readdir(folder).catch(() => []);
  return names.includes(mark);
}
