import { type Command, Option } from 'commander';
import { allExperiments, experiments } from '../../experiments/index.ts';
import { exitCodes, exitMeanings } from '../errors.ts';
import { programVersion } from '../output/version.ts';
import { addActivationFunctionsCommand } from './activation-functions.ts';
import { addAttachCommand } from './attach.ts';
import { addCancelCommand } from './cancel.ts';
import { addCheckCommand } from './check.ts';
import { ProgramCommand } from './command.ts';
import { addCompletionCommand } from './completion.ts';
import { addDataCommand } from './data.ts';
import { addDiffCommand } from './diff.ts';
import { addDoctorCommand } from './doctor.ts';
import { addExamples } from './examples.ts';
import { addExperimentCommand } from './experiment.ts';
import { addInitCommand } from './init.ts';
import { addListCommand } from './list.ts';
import { addModelCommand } from './model.ts';
import { addOpenCommand } from './open.ts';
import { addPlotCommand } from './plot.ts';
import { addPredictCommand } from './predict.ts';
import { addReportCommand } from './report.ts';
import { addRerunCommand } from './rerun.ts';
import { addRunCommand } from './run-file.ts';
import { addRunsCommand } from './runs.ts';
import { addSlurmTaskCommand } from './slurm-task.ts';
import type { SetStatus } from './status.ts';
import { addStoreCommand } from './store.ts';
import { addTableCommand } from './table.ts';
import { addTraceCommand } from './trace.ts';
import { addTrainCommand } from './train.ts';
import { unknownCommand } from './usage-error.ts';
import { addVerifyCommand } from './verify.ts';

/** The headings of the program's commands in --help. */
const groups: Readonly<Record<string, readonly string[]>> = {
  'The report:': ['report', 'verify', 'open'],
  'Its experiments, one by one:': [
    ...new Set(experiments.map(({ name }) => name.split(' ')[0])),
    'activation-functions',
  ],
  'Beyond the report:': ['study'],
  'Data and experiments of your own:': ['train', 'init', 'run'],
  'Results:': ['list', 'runs', 'table', 'plot', 'diff', 'check', 'rerun'],
  'A cluster with Slurm:': ['attach', 'cancel'],
  'Models:': ['predict', 'model'],
  'Data, stored trials and this machine:': ['data', 'store', 'trace', 'doctor'],
  'Help:': ['completion', 'help'],
};

/** The command line: one subcommand per experiment, and subcommands that combine or inspect results. */
export function createProgram(setStatus: SetStatus): Command {
  const program = new ProgramCommand('fys-nn');
  program
    .description(
      'Re-runs the experiments of a machine-learning report (FYS-STK4155 project 2, University of Oslo) from a seed, ' +
        'and trains the same models on your own data. Every number is written as CSV.',
    )
    .version(programVersion(), '-V, --version', 'print the version')
    .addHelpOption(new Option('-h, --help', 'print this help'))
    // An option after the name of a subcommand is the subcommand's: `verify` has options and subcommands.
    .enablePositionalOptions()
    .exitOverride()
    .helpCommand(false);
  addExamples(program, [
    ['report --quick', 'every experiment, scaled down'],
    ['grid-search ols', "Figure 3 and the report's numbers"],
    ['grid-search ols --learning-rate "geomspace(1e-3,1,7)" --seed 1..5', 'a grid of your own'],
    ['mnist --plan', 'which trials would run'],
  ]);
  program.addHelpText('after', `\nExit status:\n${exitStatuses()}`);
  for (const experiment of allExperiments) addExperimentCommand(program, experiment, setStatus);
  addActivationFunctionsCommand(program);
  addRunCommand(program, setStatus);
  addInitCommand(program);
  addTrainCommand(program, setStatus);
  addReportCommand(program, setStatus);
  addRerunCommand(program, setStatus);
  addOpenCommand(program);
  addVerifyCommand(program, setStatus);
  addPlotCommand(program);
  addPredictCommand(program);
  addTableCommand(program, setStatus);
  addCheckCommand(program, setStatus);
  addDiffCommand(program);
  addListCommand(program);
  addRunsCommand(program);
  addDataCommand(program);
  addModelCommand(program);
  addStoreCommand(program, setStatus);
  addTraceCommand(program, setStatus);
  addDoctorCommand(program, setStatus);
  addAttachCommand(program);
  addCancelCommand(program);
  addSlurmTaskCommand(program, setStatus);
  addCompletionCommand(program);
  addHelpCommand(program);
  for (const [heading, names] of Object.entries(groups)) {
    for (const command of program.commands) if (names.includes(command.name())) command.helpGroup(heading);
  }
  // Commander lists groups in the order of their first command.
  const order = Object.values(groups).flat();
  const place = (command: Command) => (order.indexOf(command.name()) + order.length + 1) % (order.length + 1);
  (program.commands as Command[]).sort((a, b) => place(a) - place(b));
  return program;
}

/** One line per exit status. */
function exitStatuses(): string {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  return names.map((name) => `  ${String(exitCodes[name]).padEnd(5)}${exitMeanings[name]}`).join('\n');
}

/** `fys-nn help grid-search ols`: Commander's own help command supports only one level. */
function addHelpCommand(program: Command): void {
  const help = program
    .command('help')
    .argument('[command...]')
    .description('Print the help of a command')
    .action((words: string[]) => {
      const command = words.reduce((parent, word) => {
        const found = parent.commands.find((child) => child.name() === word);
        if (found === undefined) throw unknownCommand(parent, word);
        return found;
      }, program);
      command.outputHelp();
    });
  addExamples(help, [
    ['help grid-search ols', 'the same as fys-nn grid-search ols --help'],
    ['help store', 'the commands below fys-nn store'],
  ]);
}
