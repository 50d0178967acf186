import type { Command } from 'commander';
import functions from '../../experiments/activation-functions.ts';
import { experiments } from '../../experiments/index.ts';
import type { Experiment } from '../experiment/define.ts';
import { addExamples } from './examples.ts';
import { writeStdoutRaw } from './terminal.ts';

/** `fys-nn list`: the experiments, their place in the report, and how long they take. */
export function addListCommand(program: Command): void {
  const command = program
    .command('list')
    .description('List the experiments with their figure, number of trials and expected time')
    .option('--json', 'print as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const rows = [
        ...experiments.map((experiment) => ({
          experiment: experiment.name,
          figure: experiment.figure,
          trials: countTrials(experiment),
          time: experiment.runTime,
          title: experiment.title,
        })),
        {
          experiment: functions.name,
          figure: functions.figure,
          trials: 0,
          time: '0 s',
          title: functions.title,
        },
      ];
      if (json === true) {
        const { toJson } = await import('../output/json.ts');
        writeStdoutRaw(toJson(rows));
        return;
      }
      const { renderTable } = await import('./text-table.ts');
      const color = process.stdout.isTTY && process.stdout.hasColors();
      const text = renderTable(
        ['experiment', 'figure', 'trials', 'time', 'title'],
        rows.map(({ experiment, figure, trials, time, title }) => [
          experiment,
          figure,
          String(trials),
          time,
          title,
        ]),
        { align: ['left', 'left', 'right', 'right', 'left'], color, width: process.stdout.columns ?? 120 },
      );
      writeStdoutRaw(`${text}\n\nTimes are for two cores and one seed, with the report's own settings.\n`);
    });
  addExamples(command, [
    ['list', 'as a table'],
    ['list --json', 'for programs'],
  ]);
}

/** The number of combinations of the settings. A closed form does not read the training options. */
function countTrials({ settings }: Experiment): number {
  const lengths = (names: string[]) =>
    Object.entries(settings)
      .filter(([name]) => names.length === 0 || names.includes(name))
      .reduce((product, [name, values]) => product * (name === 'solver' ? 1 : values.length), 1);
  const closedForms = settings.solver?.includes('closed-form') === true ? lengths(['lambda', 'seed']) : 0;
  return lengths([]) + closedForms;
}
