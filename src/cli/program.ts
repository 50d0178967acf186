import { Command } from 'commander';
import { experiments } from '../../experiments/index.ts';
import { exitCodes, exitMeanings, printable, UserError } from '../errors.ts';
import { nearest } from '../math/nearest.ts';
import { programVersion } from '../output/version.ts';
import { addActivationFunctionsCommand } from './activation-functions.ts';
import { addCheckCommand } from './check.ts';
import { addDataCommand } from './data.ts';
import { addDoctorCommand } from './doctor.ts';
import { addExperimentCommand } from './experiment.ts';
import { addListCommand } from './list.ts';
import { addOpenCommand } from './open.ts';
import { addPlotCommand } from './plot.ts';
import { addReportCommand } from './report.ts';
import type { SetStatus } from './status.ts';
import { addStoreCommand } from './store.ts';
import { addTableCommand } from './table.ts';
import { addTraceCommand } from './trace.ts';
import { addVerifyCommand } from './verify.ts';

/** The command line: one subcommand per experiment, and subcommands that combine or inspect results. */
export function createProgram(setStatus: SetStatus): Command {
  const program = new Command('fys-nn')
    .description(
      'Re-runs the experiments of a machine-learning report (FYS-STK4155 project 2, University of Oslo) from a seed, ' +
        'and writes every number as CSV.',
    )
    .version(programVersion())
    .showSuggestionAfterError()
    .showHelpAfterError('(run with --help to see the commands and options)')
    .exitOverride()
    // Messages repeat the arguments, which may come from an untrusted source through a script.
    .configureOutput({ outputError: (text, write) => write(text.split('\n').map(printable).join('\n')) })
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  fys-nn report --quick                       every experiment, scaled down\n' +
        "  fys-nn grid-search ols                      Figure 3 and the report's numbers\n" +
        '  fys-nn grid-search ols --learning-rate "geomspace(1e-3,1,7)" --seed 1..5\n' +
        '  fys-nn mnist --plan                         which trials would run\n' +
        `\nExit status:\n${exitStatuses()}`,
    );
  for (const experiment of experiments) addExperimentCommand(program, experiment, setStatus);
  addActivationFunctionsCommand(program);
  addReportCommand(program, setStatus);
  addOpenCommand(program);
  addVerifyCommand(program, setStatus);
  addPlotCommand(program);
  addTableCommand(program, setStatus);
  addCheckCommand(program, setStatus);
  addListCommand(program);
  addDataCommand(program);
  addStoreCommand(program, setStatus);
  addTraceCommand(program, setStatus);
  addDoctorCommand(program, setStatus);
  addHelpCommand(program);
  return program;
}

/** One line per exit status. */
function exitStatuses(): string {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  return names.map((name) => `  ${String(exitCodes[name]).padEnd(5)}${exitMeanings[name]}`).join('\n');
}

/** `fys-nn help grid-search ols`: Commander's own help command supports only one level. */
function addHelpCommand(program: Command): void {
  program
    .command('help')
    .argument('[command...]')
    .description('Display help for a command')
    .action((words: string[]) => {
      const command = words.reduce((parent, word) => {
        const names = parent.commands.map((child) => child.name());
        const found = parent.commands.find((child) => child.name() === word);
        if (found === undefined) throw unknownCommand(word, names);
        return found;
      }, program);
      command.outputHelp();
    });
}

function unknownCommand(word: string, names: readonly string[]): UserError {
  const meant = nearest(word, names);
  return new UserError({
    what: 'there is no such command',
    expected: names.join(', '),
    received: word,
    remedy: meant === undefined ? 'choose one of these commands' : `did you mean ${meant}?`,
  });
}
