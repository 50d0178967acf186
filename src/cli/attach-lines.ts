import { submissionIds } from '../launchers/slurm/submission.ts';
import { shellWord } from '../parsing/shell-word.ts';
import { defaultStore } from './run-flags.ts';

/** What to say when a command that waits for jobs ends before them. */
export async function goOnLines(storeDirectory: string): Promise<string[]> {
  const id = (await submissionIds(storeDirectory)).at(-1);
  if (id === undefined) return ['nothing was submitted'];
  const store = storeDirectory === defaultStore ? '' : ` --store ${shellWord(storeDirectory)}`;
  return [
    'the jobs go on without this command',
    `  to wait for them and get the results: fys-nn attach${store}`,
    `  to cancel them: fys-nn cancel${store}`,
  ];
}
