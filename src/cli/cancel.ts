import { resolve } from 'node:path';
import type { Command } from 'commander';
import { counted } from '../errors.ts';
import { addExamples } from './examples.ts';
import { storeFlag } from './run-flags.ts';
import { writeStdout } from './terminal.ts';

/** `fys-nn cancel`: cancels what a command has submitted to Slurm. */
export function addCancelCommand(program: Command): void {
  const command = program
    .command('cancel')
    .argument(
      '[id]',
      'a submission of the command, if several commands have submitted; without it, they are listed',
    )
    .description('Cancel jobs that a command has submitted to Slurm; finished trials are kept')
    .addOption(storeFlag())
    .action(async (id: string | undefined, { store }: { store: string }) => await cancel(store, id));
  addExamples(command, [
    ['cancel', 'the jobs of the last command with --launcher slurm here'],
    ['cancel --store trials', 'those of another store'],
  ]);
}

async function cancel(store: string, id: string | undefined): Promise<void> {
  const { chooseSubmissions } = await import('./submissions.ts');
  const { cancelJobs, readQueue, whenAnswered } = await import('../launchers/slurm/commands.ts');
  const { markSubmission, readArrays, submissionFolder } = await import('../launchers/slurm/submission.ts');
  const { arraysOf, liveTasks, namesOf } = await import('../launchers/slurm/watch.ts');
  const { open, cancelled: marked } = await chooseSubmissions(store, id);
  const all = [...marked, ...open];
  const read = () => readQueue(all.flatMap(namesOf));
  let isUnderWay = false;
  for (const submission of open) {
    const noted = await readArrays(submissionFolder(store, submission.id));
    if (noted.length < arraysOf(submission)) isUnderWay = true;
  }
  const cancelled = await whenAnswered('nothing was cancelled', async () => {
    if (!isUnderWay && (await read()).length === 0) return [];
    // Before the jobs end, so that a command that waits for them does not submit them again.
    for (const { id } of open) await markSubmission(submissionFolder(store, id), 'cancelled');
    const queue = await read();
    await cancelJobs([...new Set(queue.map(({ job }) => job))]);
    return all.map((submission) => ({
      id: submission.id,
      tasks: [...liveTasks(submission, queue).values()],
    }));
  });
  const lines = cancelled.flatMap(({ id, tasks }) => {
    const waiting = tasks.filter(({ state }) => state === 'PENDING').length;
    return tasks.length === 0 ? [] : [`submission ${id}: ${cancelledText(tasks.length, waiting)}`];
  });
  writeStdout(...(lines.length > 0 ? lines : [`no submission of the store ${resolve(store)} waits or runs`]));
}

function cancelledText(tasks: number, waiting: number): string {
  const text = `cancelled ${counted(tasks, 'task')}`;
  if (waiting === 0) return text;
  if (waiting < tasks) return `${text}, ${waiting} of which had not begun`;
  return tasks === 1 ? `${text}, which had not begun` : `${text}, none of which had begun`;
}
