import { type Detached, printable, UserError } from '../errors.ts';
import {
  commandKey,
  hasMark,
  readSubmission,
  type Submission,
  submissionFolder,
  submissionIds,
} from '../launchers/slurm/submission.ts';
import { shellWord } from '../parsing/shell-word.ts';
import { defaultStore } from './run-flags.ts';
import { thisCommand } from './slurm-flags.ts';
import { writeStderr } from './terminal.ts';

/** What to say when a command that waits for jobs ends before them. */
export async function keepRunningLines(storeDirectory: string): Promise<string[]> {
  if ((await submissionIds(storeDirectory)).length === 0) return ['run the same command to resume'];
  return ['the submitted jobs keep running', ...(await nextLines(storeDirectory))];
}

/** What to say when everything is submitted, and the command does not wait. */
export async function detachedLines({ storeDirectory, submissions }: Detached): Promise<string[]> {
  const jobs = submissions.map(({ id, jobs }) => `submission ${id}: job ${jobs.join(', ')}`);
  return [...jobs, ...(await nextLines(storeDirectory))];
}

/** How to get or cancel what this command has submitted. The hints have an id only if other commands have submitted, too. */
async function nextLines(storeDirectory: string): Promise<string[]> {
  const open = await openSubmissions(storeDirectory, await readSubmissions(storeDirectory));
  const own = open.findLast((one) => commandKey(one) === commandKey({ by: thisCommand() }));
  if (own === undefined)
    return ['  they belong to another command; to get the results of this one, run it again'];
  const id = byCommand(open).size === 1 ? '' : ` ${own.id}`;
  const store = storeDirectory === defaultStore ? '' : ` --store ${shellWord(storeDirectory)}`;
  return [
    `  to wait for them and get the results: fys-nn attach${id}${store}`,
    `  to cancel them: fys-nn cancel${id}${store}`,
  ];
}

/** The submissions of one command, the earliest first. */
export interface Chosen {
  readonly newest: Submission;
  /** Those that have not ended, and were not cancelled. */
  readonly open: readonly Submission[];
  /** Those that were cancelled, perhaps while Slurm did not answer. */
  readonly cancelled: readonly Submission[];
}

/**
 * The submissions that a user means: those of the command that made the one of an id; without an id, those of the command
 * whose submissions have not ended, or of the newest one if all have. Errors: UserError if there is none, or if those of
 * several commands have not ended.
 */
export async function chooseSubmissions(storeDirectory: string, id: string | undefined): Promise<Chosen> {
  const all = await readSubmissions(storeDirectory);
  if (all.length === 0) {
    throw new UserError({
      what: `the store ${storeDirectory} has no submissions`,
      expected: 'a store to which a command with --launcher slurm has submitted',
      remedy: 'run the command in the folder where it was run, or name its store with --store',
    });
  }
  const open = await openSubmissions(storeDirectory, all);
  const commands = byCommand(open);
  if (id === undefined && commands.size > 1) {
    writeStderr(...[...commands.values()].map(lineOf));
    throw new UserError({
      what: `several commands have submitted to the store ${storeDirectory}`,
      expected: 'the id of one of them, which are listed above',
      remedy: `name one, such as ${open.at(-1)!.id}`,
    });
  }
  const meant = id === undefined ? (open.at(-1) ?? all.at(-1)!) : all.find((one) => one.id === id);
  if (meant === undefined) {
    throw new UserError({
      what: `the store ${storeDirectory} has no submission of this id`,
      expected: `one of ${all
        .slice(-10)
        .map((one) => one.id)
        .join(', ')}`,
      received: id,
      remedy: 'leave out the id for the newest, or name another store with --store',
    });
  }
  const isMeant = (one: Submission): boolean => commandKey(one) === commandKey(meant);
  const own = all.filter(isMeant);
  const cancelled: Submission[] = [];
  for (const one of own)
    if (await hasMark(submissionFolder(storeDirectory, one.id), 'cancelled')) cancelled.push(one);
  return { newest: own.at(-1)!, open: open.filter(isMeant), cancelled };
}

/** The submissions of a store, the earliest first. What cannot be read is left out. */
async function readSubmissions(storeDirectory: string): Promise<Submission[]> {
  const submissions: Submission[] = [];
  for (const id of await submissionIds(storeDirectory)) {
    try {
      submissions.push(await readSubmission(submissionFolder(storeDirectory, id)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      writeStderr(`note: the submission ${id} is left out: ${error.parts.what}`);
    }
  }
  return submissions;
}

async function openSubmissions(storeDirectory: string, all: readonly Submission[]): Promise<Submission[]> {
  const open: Submission[] = [];
  for (const one of all) {
    const folder = submissionFolder(storeDirectory, one.id);
    if (!(await hasMark(folder, 'ended')) && !(await hasMark(folder, 'cancelled'))) open.push(one);
  }
  return open;
}

/** The newest submission of each command. */
function byCommand(submissions: readonly Submission[]): Map<string, Submission> {
  return new Map(submissions.map((one) => [commandKey(one), one]));
}

/** "20261130-003903-0dfc70  2026-11-30 00:39 UTC  fys-nn ffnn --seed 1..3": a line of a terminal. */
function lineOf(submission: Submission): string {
  const { id } = submission;
  const when = id.replace(/^(....)(..)(..)-(..)(..).*$/, '$1-$2-$3 $4:$5 UTC');
  const start = `${id}  ${when}  `;
  const room = (process.stderr.columns ?? 80) - start.length;
  const command = printable(commandOf(submission));
  return start + (command.length > room ? `${command.slice(0, Math.max(room - 3, 10))}...` : command);
}

/** The command that made a submission, as a shell reads it. */
export function commandOf({ by }: Pick<Submission, 'by'>): string {
  return ['fys-nn', ...by.argv.map(shellWord)].join(' ');
}
