import { setImmediate } from 'node:timers/promises';
import type { Command } from 'commander';
import { allExperiments } from '../../experiments/index.ts';
import { datasets } from '../datasets/index.ts';
import { counted, exitCodes } from '../errors.ts';
import { choosesOnTestRows, usualValidation } from '../experiment/deciding.ts';
import type { Choices, Plan } from '../experiment/plan.ts';
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
import { stoppingFlags } from './stopping-flags.ts';
import { writeStderr, writeStdoutRaw } from './terminal.ts';
import { addTrainOptions, planTraining, type TrainFlags, trainQuick } from './train.ts';

type Flags = PlanFlags & { readonly store?: string; readonly format: string };

/** Plans what the flags say, with some of them changed. */
type Planning = (changed: Partial<PlanFlags>) => Promise<{ plan: Plan; given: Choices['given'] }>;

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
    command.action(async (flags: Flags) => {
      const planning: Planning = async (changed) => {
        const { plan, choices } = await planOf(experiment, { ...flags, ...changed });
        return { plan, given: choices.given };
      };
      await printTable(planning, flags, setStatus);
    });
  }
  const train = table.command('train').description('Models of data of your own');
  addTrainOptions(train);
  addTableFlags(train, trainQuick);
  addExamples(train, [
    ['table train --data franke', 'the defaults, from the store'],
    ['table train --data mnist --hidden none,64 --format latex', 'two models, for LaTeX'],
  ]);
  train.action(async (flags: Flags & TrainFlags) =>
    printTable((changed) => planTraining({ ...flags, ...changed }), flags, setStatus),
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
    printTable((changed) => planFile(path, { ...flags, ...changed }, run), flags, setStatus),
  );
}

/** What every table is made from, and its format. */
function addTableFlags(command: Command, quick: string): void {
  addUnder(
    command,
    headings.run,
    ...selectionFlags(quick),
    ...searchFlags(),
    ...stoppingFlags(),
    storeFlag(),
  );
  addUnder(
    command,
    headings.output,
    choosing('--format <name>', `format of the table: ${formatNames.join(', ')}`, formatNames).default(
      'markdown',
    ),
  );
  helpUnder(command, headings.output);
}

/** Of more rows than this, it is said where fewer are. */
const mostRead = 200;

async function printTable(planning: Planning, flags: Flags, setStatus: SetStatus): Promise<void> {
  const { render, forPrograms } = formats[parseChoice(flags.format, formatNames, '--format')];
  const { describeProblems, openStore } = await import('../store/store.ts');
  const { quickWarning } = await import('../output/manifest.ts');
  const { reportTable } = await import('../output/report-table.ts');
  const { settledPlan } = await import('./settled-plan.ts');
  const directory = flags.store ?? defaultStore;
  const planned = await planning({});
  const planAt = async (epochs: number) => (await planning({ epochs: `${epochs}` })).plan;
  const { plan, lacking } = await settledPlan({ plan: planned.plan, out: '', planAt }, directory);
  const store = await openStore(
    directory,
    plan.cells.map(({ trial }) => trial.id),
  );
  const table = await reportTable(plan, store);
  for await (const piece of render(table)) {
    writeStdoutRaw(piece);
    await setImmediate(); // lets Ctrl-C through
  }
  const rows = [...(table.readers?.rows ?? table.rows)].length;
  if (!forPrograms && rows > mostRead) {
    const ranked = plan.search === undefined ? '' : ', and search.csv ranks them';
    writeStderr(`note: the table has ${rows} rows; a run prints only the best of very many${ranked}`);
  }
  for (const problem of await describeProblems(directory, store.problems)) {
    writeStderr(`note: the store ${directory}: ${problem}`);
  }
  if (plan.quick) writeStderr(quickWarning);
  const missing = plan.cells.filter(({ trial }) => !store.has(trial.id)).length;
  if (missing === 0 && lacking === null) return;
  const what = lacking ?? `${missing} of ${counted(plan.cells.length, 'trial')}`;
  writeStderr(`not run: ${what} (not in the store ${directory})`);
  if (missing === plan.cells.length) await hintAtValidation(planning, planned, directory);
  setStatus(exitCodes.incomplete);
}

/** Says so if the store has the trials with the validation rows that a run takes where settings are stopped early. */
async function hintAtValidation(
  planning: Planning,
  { plan: { experiment, variant, quick, rule, search }, given }: Awaited<ReturnType<Planning>>,
  storeDirectory: string,
): Promise<void> {
  const choice = { variant, quick, given, rule: {} };
  if (rule !== undefined || search !== undefined || !choosesOnTestRows(experiment, choice)) return;
  const { openStore } = await import('../store/store.ts');
  const { plan } = await planning({ validationSize: `${usualValidation}` });
  const ids = plan.cells.map(({ trial }) => trial.id);
  const store = await openStore(storeDirectory, ids);
  const found = ids.filter((id) => store.has(id)).length;
  if (found === 0) return;
  writeStderr(
    `note: ${found} of them ${found === 1 ? 'is' : 'are'} in the store with --validation-size ${usualValidation}, which --halving and --racing imply: ` +
      "add the run's options",
  );
}
