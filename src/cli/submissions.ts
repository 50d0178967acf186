import { type Detached, UserError } from '../errors.ts';
import {
  hasMark,
  readSubmission,
  type Submission,
  submissionFolder,
  submissionIds,
} from '../launchers/slurm/submission.ts';
import { shellWord } from '../parsing/shell-word.ts';
import { defaultStore } from './run-flags.ts';

/** What to say when a command that waits for jobs ends before them. */
export async function goOnLines(storeDirectory: string): Promise<string[]> {
  if ((await submissionIds(storeDirectory)).length === 0) return ['run the same command to resume'];
  return ['jobs that were submitted go on without this command', ...nextLines(storeDirectory)];
}

/** What to say when everything is submitted, and the command does not wait. */
export function detachedLines({ storeDirectory, submissions }: Detached): string[] {
  const jobs = submissions.map(({ id, jobs }) => `submission ${id}: job ${jobs.join(', ')}`);
  return [...jobs, ...nextLines(storeDirectory)];
}

function nextLines(storeDirectory: string): string[] {
  const store = storeDirectory === defaultStore ? '' : ` --store ${shellWord(storeDirectory)}`;
  return [
    `  to wait for them and get the results: fys-nn attach${store}`,
    `  to cancel them: fys-nn cancel${store}`,
  ];
}

/**
 * The submissions that a user means: that of an id; without one, those that have not ended, if one command made them all.
 * If all have ended, `orNewest` chooses the newest. Errors: UserError if there is none, or several commands made them.
 */
export async function chooseSubmissions(
  storeDirectory: string,
  id: string | undefined,
  { orNewest }: { readonly orNewest: boolean },
): Promise<Submission[]> {
  const ids = await submissionIds(storeDirectory);
  const read = (one: string) => readSubmission(submissionFolder(storeDirectory, one));
  if (id !== undefined) {
    if (ids.includes(id)) return [await read(id)];
    throw new UserError({
      what: `the store ${storeDirectory} has no submission of this id`,
      expected: ids.length === 0 ? 'a store with submissions' : `one of ${ids.slice(-10).join(', ')}`,
      received: id,
      remedy: 'leave out the id for the newest, or name another store with --store',
    });
  }
  if (ids.length === 0) {
    throw new UserError({
      what: `the store ${storeDirectory} has no submissions`,
      expected: 'a store to which a command with --launcher slurm has submitted',
      remedy: 'run the command in the folder where it was run, or name its store with --store',
    });
  }
  const open: Submission[] = [];
  for (const one of ids) {
    const folder = submissionFolder(storeDirectory, one);
    if (!(await hasMark(folder, 'ended')) && !(await hasMark(folder, 'cancelled')))
      open.push(await read(one));
  }
  if (open.length === 0) return orNewest ? [await read(ids.at(-1)!)] : [];
  const commands = new Set(open.map(({ by }) => JSON.stringify(by)));
  if (commands.size === 1) return open;
  throw new UserError({
    what: `several commands have submitted to the store ${storeDirectory}`,
    expected: `the id of one submission: ${open.map((one) => `${one.id} (${commandOf(one)})`).join('; ')}`,
    remedy: 'name one of them',
  });
}

/** The command that made a submission, as a shell reads it. */
export function commandOf({ by }: Submission): string {
  return ['fys-nn', ...by.argv.map(shellWord)].join(' ');
}
