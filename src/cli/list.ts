import type { Command } from 'commander';
import functions from '../../experiments/activation-functions.ts';
import { experiments } from '../../experiments/index.ts';
import type { Experiment } from '../experiment/define.ts';
import { printWhole } from './terminal.ts';

/** `fys-nn list`: the experiments, where the report has them, and what they take. */
export function addListCommand(program: Command): void {
  program
    .command('list')
    .description('List the experiments: figure, number of trials, expected time')
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
        printWhole(toJson(rows));
        return;
      }
      const { renderTable } = await import('./text-table.ts');
      const color = process.stdout.isTTY && process.stdout.hasColors();
      const text = renderTable(
        ['experiment', 'figure', 'trials', 'time', 'what'],
        rows.map(({ experiment, figure, trials, time, title }) => [
          experiment,
          figure,
          String(trials),
          time,
          title,
        ]),
        { align: ['left', 'left', 'right', 'right', 'left'], color, width: process.stdout.columns ?? 120 },
      );
      printWhole(`${text}\n\nTimes are for two cores, one seed, the report's own settings.\n`);
    });
}

/** The combinations of the settings; where there is a closed form, it does not read the training options. */
function countTrials({ settings }: Experiment): number {
  const lengths = (names: string[]) =>
    Object.entries(settings)
      .filter(([name]) => names.length === 0 || names.includes(name))
      .reduce((product, [name, values]) => product * (name === 'solver' ? 1 : values.length), 1);
  const closedForms = settings.solver?.includes('closed-form') === true ? lengths(['lambda', 'seed']) : 0;
  return lengths([]) + closedForms;
}
