import { setImmediate } from 'node:timers/promises';
import type { Command } from 'commander';
import { allExperiments } from '../../experiments/index.ts';
import { datasets } from '../datasets/index.ts';
import { counted, exitCodes } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { formatNames, formats } from '../output/formats.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { addUnder, choosing, headings, helpUnder } from './command-options.ts';
import { dataFlags } from './data-flags.ts';
import { addExamples } from './examples.ts';
import { experimentCommand, type PlanFlags, planOf, quickText } from './experiment.ts';
import { addFileArgument, fileQuick, planFile } from './run-file.ts';
import { defaultStore, selectionFlags, storeFlag } from './run-flags.ts';
import { searchFlags } from './search-flags.ts';
import type { SetStatus } from './status.ts';
import { writeStderr, writeStdoutRaw } from './terminal.ts';
import { addTrainOptions, planTraining, type TrainFlags, trainQuick } from './train.ts';

type Flags = PlanFlags & { readonly store?: string; readonly format: string };

/** `fys-nn table grid-search ols --format latex`: prints the report's table from the store, without training. */
export function addTableCommand(program: Command, setStatus: SetStatus): void {
  const table = program
    .command('table')
    .description("Print an experiment's table in the report's layout, from the store, without training");
  table.helpCommand(false);
  addExamples(table, [
    ['table grid-search ols', 'as Markdown'],
    ['table ffnn --seed 1..5 --format latex', 'means of five seeds, for LaTeX'],
  ]);
  for (const experiment of allExperiments) {
    const command = experimentCommand(table, experiment);
    if (datasets[experiment.dataset].fromFiles) addUnder(command, headings.data, ...dataFlags());
    addTableFlags(command, quickText(experiment));
    addExamples(command, [
      [`table ${experiment.name}`, "the report's settings, from the store"],
      [`table ${experiment.name} --quick --format latex`, 'of a quick run, for LaTeX'],
    ]);
    command.action(async (flags: Flags) =>
      printTable((await planOf(experiment, flags)).plan, flags, setStatus),
    );
  }
  const train = table.command('train').description('Models of data of your own');
  addTrainOptions(train);
  addTableFlags(train, trainQuick);
  addExamples(train, [
    ['table train --data franke', 'the defaults, from the store'],
    ['table train --data mnist --hidden none,64 --format latex', 'two models, for LaTeX'],
  ]);
  train.action(async (flags: Flags & TrainFlags) =>
    printTable((await planTraining(flags)).plan, flags, setStatus),
  );
  const run = table.command('run').description('An experiment from a file');
  addFileArgument(run);
  addTrainOptions(run);
  addTableFlags(run, fileQuick);
  addExamples(run, [
    ['table run my.yaml', 'its settings, from the store'],
    ['table run my.yaml --seed 1..5 --format latex', 'means of five seeds, for LaTeX'],
  ]);
  run.action(async (path: string, flags: Flags & TrainFlags) =>
    printTable((await planFile(path, flags, run)).plan, flags, setStatus),
  );
}

/** What every table is made from, and its format. */
function addTableFlags(command: Command, quick: string): void {
  addUnder(command, headings.run, ...selectionFlags(quick), ...searchFlags(), storeFlag());
  addUnder(
    command,
    headings.output,
    choosing('--format <name>', `format of the table: ${formatNames.join(', ')}`, formatNames).default(
      'markdown',
    ),
  );
  helpUnder(command, headings.output);
}

async function printTable(plan: Plan, flags: Flags, setStatus: SetStatus): Promise<void> {
  const { render } = formats[parseChoice(flags.format, formatNames, '--format')];
  const { describeProblems, openStore } = await import('../store/store.ts');
  const { quickWarning } = await import('../output/manifest.ts');
  const { reportTable } = await import('../output/report-table.ts');
  const directory = flags.store ?? defaultStore;
  const store = await openStore(
    directory,
    plan.cells.map(({ trial }) => trial.id),
  );
  for await (const piece of render(await reportTable(plan, store))) {
    writeStdoutRaw(piece);
    await setImmediate(); // lets Ctrl-C through
  }
  for (const problem of await describeProblems(directory, store.problems)) {
    writeStderr(`note: the store ${directory}: ${problem}`);
  }
  if (plan.quick) writeStderr(quickWarning);
  const missing = plan.cells.filter(({ trial }) => !store.has(trial.id)).length;
  if (missing === 0) return;
  writeStderr(
    `not run: ${missing} of ${counted(plan.cells.length, 'trial')} (not in the store ${directory})`,
  );
  setStatus(exitCodes.incomplete);
}
