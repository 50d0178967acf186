import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { addExamples } from './examples.ts';
import { storeFlag } from './run-flags.ts';
import { writeStderr } from './terminal.ts';

/** `fys-nn attach`: runs the command of a submission again, which waits for its jobs and writes the results. */
export function addAttachCommand(program: Command): void {
  const command = program
    .command('attach')
    .argument('[id]', 'which submission, if several commands have submitted')
    .description('Wait for jobs that a command has submitted to Slurm, and write its results')
    .addOption(storeFlag())
    .action(async (id: string | undefined, { store }: { store: string }) => {
      const { chooseSubmissions, commandOf } = await import('./submissions.ts');
      const submission = (await chooseSubmissions(store, id, { orNewest: true })).at(-1)!;
      const { argv, directory } = submission.by;
      try {
        process.chdir(directory);
      } catch (error) {
        throw new UserError({
          what: `the command was run in ${directory}, which cannot be entered: ${reasonOf(error)}`,
          remedy: 'run it again from where its files are now; finished trials are in the store',
        });
      }
      const again = argv.filter((word) => word !== '--detach');
      writeStderr(`in ${directory}: ${commandOf({ ...submission, by: { argv: again, directory } })}`);
      // From here on this process is that command: its results name it.
      process.argv.splice(2, Number.POSITIVE_INFINITY, ...again);
      await program.parseAsync(again, { from: 'user' });
    });
  addExamples(command, [
    ['attach', 'the jobs of the last command with --launcher slurm here'],
    ['attach --store trials', 'those of another store'],
  ]);
}
