import { setImmediate } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { experiments } from '../../experiments/index.ts';
import { datasets } from '../datasets/index.ts';
import { exitCodes } from '../errors.ts';
import { formatNames, formats } from '../output/formats.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { experimentCommand, type PlanFlags, planOf } from './experiment.ts';
import { addSelectionFlags, defaultStore } from './run-flags.ts';
import type { SetStatus } from './status.ts';
import { printWhole, tell } from './terminal.ts';

type Flags = PlanFlags & { readonly store?: string; readonly format: string };

/** `fys-nn table grid-search ols --format latex`: the report's table from the store; nothing is trained. */
export function addTableCommand(program: Command, setStatus: SetStatus): void {
  const table = program
    .command('table')
    .description("Print an experiment's table as the report has it, from the store; nothing is trained");
  for (const experiment of experiments) {
    const command = experimentCommand(table, experiment);
    addSelectionFlags(command, datasets[experiment.dataset].fromFiles);
    const format = new Option('--format <name>', `of the table: ${formatNames.join(', ')}`).default(
      'markdown',
    );
    command.addOption(format.helpGroup('Run options:')).action(async (flags: Flags) => {
      const { render } = formats[parseChoice(flags.format, formatNames, '--format')];
      const { describeProblems, openStore } = await import('../store/store.ts');
      const { quickWarning } = await import('../output/manifest.ts');
      const { reportTable } = await import('../output/report-table.ts');
      const { plan } = await planOf(experiment, flags);
      const directory = flags.store ?? defaultStore;
      const store = await openStore(
        directory,
        plan.cells.map(({ trial }) => trial.id),
      );
      for await (const piece of render(await reportTable(plan, store))) {
        printWhole(piece);
        await setImmediate(); // Ctrl-C has its turn
      }
      for (const problem of await describeProblems(directory, store.problems)) {
        tell(`note: the store ${directory}: ${problem}`);
      }
      if (plan.quick) tell(quickWarning);
      const missing = plan.cells.filter(({ trial }) => !store.has(trial.id)).length;
      if (missing === 0) return;
      tell(`${missing} of ${plan.cells.length} trials are not in the store ${directory}: not run`);
      setStatus(exitCodes.incomplete);
    });
  }
}
