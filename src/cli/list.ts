import type { Command } from 'commander';
import functions from '../../experiments/activation-functions.ts';
import { allExperiments } from '../../experiments/index.ts';
import { UserError } from '../errors.ts';
import type { Experiment } from '../experiment/define.ts';
import { addExamples } from './examples.ts';
import { writeStdoutRaw } from './terminal.ts';

/** The times of the list are for this many workers. */
const workers = 2;

interface Row {
  readonly experiment: string;
  /** Null if it is not in the report. */
  readonly figure: string | null;
  /** Null if the data cannot be read. */
  readonly trials: number | null;
  readonly seconds: number | null;
  readonly title: string;
}

/** `fys-nn list`: the experiments, their place in the report, and how long they take. */
export function addListCommand(program: Command): void {
  const command = program
    .command('list')
    .description('List the experiments with their figure, number of trials and expected time')
    .option('--json', 'print as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const rows: Row[] = [];
      for (const experiment of allExperiments) rows.push(await rowOf(experiment));
      const { name, figure, title } = functions;
      rows.push({ experiment: name, figure, trials: 0, seconds: 0, title });
      const { roughDuration } = await import('./duration.ts');
      const timeOf = (seconds: number | null) =>
        seconds === null ? '-' : seconds === 0 ? '0 s' : roughDuration(seconds);
      if (json === true) {
        const { toJson } = await import('../output/json.ts');
        writeStdoutRaw(toJson(rows.map((row) => ({ ...row, time: timeOf(row.seconds) }))));
        return;
      }
      const { screenOf } = await import('./screen.ts');
      const { renderTable } = await import('./text-table.ts');
      const text = renderTable(
        ['experiment', 'figure', 'trials', 'time', 'title'],
        rows.map((row) => [
          row.experiment,
          row.figure ?? '-',
          String(row.trials ?? '-'),
          timeOf(row.seconds),
          row.title,
        ]),
        { align: ['left', 'left', 'right', 'right', 'left'], ...screenOf(process.stdout) },
      );
      const { fold } = await import('./fold.ts');
      const remark = `Estimated times of each experiment's own settings, on ${workers} cores.`;
      writeStdoutRaw(`${text}\n\n${fold(remark, screenOf(process.stdout).width).join('\n')}\n`);
    });
  addExamples(command, [
    ['list', 'as a table'],
    ['list --json', 'for programs'],
  ]);
}

/** Plans the experiment with the report's own settings. Where its data cannot be read, the list has what needs none. */
async function rowOf(experiment: Experiment): Promise<Row> {
  const { name, figure } = experiment;
  const { planExperiment } = await import('../experiment/plan.ts');
  const { describePlan } = await import('../experiment/describe.ts');
  const { foresee } = await import('./makespan.ts');
  const { workOf } = await import('./work.ts');
  try {
    const choices = { variant: 'code', quick: false, given: {} } as const;
    const plan = await planExperiment(experiment, choices, { dataDir: null });
    const works = plan.cells.map(({ trial }) => workOf(trial, new Map()));
    const seconds = Number(foresee(works, workers).toPrecision(2));
    return { experiment: name, figure, trials: plan.cells.length, seconds, title: describePlan(plan).title };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { experiment: name, figure, trials: null, seconds: null, title: experiment.title };
  }
}
