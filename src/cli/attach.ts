import type { Command } from 'commander';
import { exitCodes, UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { shellWord } from '../parsing/shell-word.ts';
import { addExamples } from './examples.ts';
import { storeFlag } from './run-flags.ts';
import { writeStderr } from './terminal.ts';

/** `fys-nn attach`: runs the command of a submission again, which waits for its jobs and writes the results. */
export function addAttachCommand(program: Command): void {
  const command = program
    .command('attach')
    .argument(
      '[id]',
      'a submission of the command, if several commands have submitted; without it, they are listed',
    )
    .description('Wait for jobs that a command has submitted to Slurm, and write its results')
    .addOption(storeFlag())
    .action(async (id: string | undefined, { store }: { store: string }) => {
      const { chooseSubmissions, commandOf } = await import('./submissions.ts');
      const { newest, open } = await chooseSubmissions(store, id);
      const { argv, directory } = newest.by;
      if (open.length === 0 && (await isCancelled(store, newest.id))) {
        throw new UserError(
          {
            what: `the jobs of submission ${newest.id} were cancelled; nothing was submitted again`,
            remedy: `to start them again: cd ${shellWord(directory)} && ${commandOf(newest)}`,
          },
          exitCodes.incomplete,
        );
      }
      // Only commands that run trials have this option: no other is run, whoever wrote the record.
      if (
        !argv.some(
          (word, at) => word === '--launcher=slurm' || (word === 'slurm' && argv[at - 1] === '--launcher'),
        )
      ) {
        throw new UserError({
          what: `submission ${newest.id} was not made by a command with --launcher slurm`,
          received: commandOf(newest),
          remedy: 'remove its folder from slurm/ in the store, and run the command that submitted',
        });
      }
      try {
        process.chdir(directory);
      } catch (error) {
        throw new UserError({
          what: `the command was run in ${directory}, which cannot be entered: ${reasonOf(error)}`,
          remedy: 'run it again from where its files are now; finished trials are in the store',
        });
      }
      writeStderr(`in ${directory}: ${commandOf(newest)}`);
      if (open.length === 0) writeStderr('all of its jobs have ended');
      // From here on this process is that command: its results name it.
      process.argv.splice(2, Number.POSITIVE_INFINITY, ...argv);
      await program.parseAsync(argv, { from: 'user' });
    });
  command.addHelpText(
    'after',
    '\nIt runs the recorded command again in its folder. That submits again what has\n' +
      'ended without records, but not what was cancelled (exit status 4).',
  );
  addExamples(command, [
    ['attach', 'the jobs of the last command with --launcher slurm here'],
    ['attach --store trials', 'those of another store'],
  ]);
}

async function isCancelled(store: string, id: string): Promise<boolean> {
  const { hasMark, submissionFolder } = await import('../launchers/slurm/submission.ts');
  const folder = submissionFolder(store, id);
  return (await hasMark(folder, 'cancelled')) && !(await hasMark(folder, 'ended'));
}
