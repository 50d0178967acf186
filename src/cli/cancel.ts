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
    .argument('[id]', 'which submission, if several commands have submitted')
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
  const { cancelJobs, readQueue } = await import('../launchers/slurm/commands.ts');
  const { markSubmission, submissionFolder } = await import('../launchers/slurm/submission.ts');
  const { liveTasks, namesOf } = await import('../launchers/slurm/watch.ts');
  const submissions = await chooseSubmissions(store, id, { orNewest: false });
  if (submissions.length === 0) writeStdout(`no submission of the store ${resolve(store)} waits or runs`);
  for (const submission of submissions) {
    // First, so that a command that waits for these jobs does not submit them again.
    await markSubmission(submissionFolder(store, submission.id), 'cancelled');
    const queue = await readQueue(namesOf(submission));
    await cancelJobs([...new Set(queue.map(({ job }) => job))]);
    const tasks = [...liveTasks(submission, queue).values()];
    const waiting = tasks.filter(({ state }) => state === 'PENDING').length;
    writeStdout(
      tasks.length === 0
        ? `submission ${submission.id}: no task waits or runs`
        : `submission ${submission.id}: cancelled ${counted(tasks.length, 'task')}, ${waiting} of them before they began`,
    );
  }
}
