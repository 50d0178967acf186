import { isReportCell } from '../experiment/describe.ts';
import { columnName, type OptionName, type Settings } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { runCells, runColumns } from '../output/settings.ts';
import { type SummaryCell, summaryCells } from '../output/summary.ts';
import type { Table, TrialStatus, Value } from '../output/table.ts';
import type { Records } from '../output/trials-table.ts';
import { metricColumn } from '../trial/metrics.ts';
import { type PublishedNumber, publishedNumbers } from './published.ts';

/** A published number and its counterpart in the runs. */
export interface Comparison extends PublishedNumber {
  readonly cell: string;
  /** Mean over the seeds; null if nothing was run or every run diverged. */
  readonly ours: number | null;
  readonly standardDeviation: number | null;
  readonly seeds: number;
  /** Whether there is a number of ours to compare; `other data` and `other settings`: the runs are not the report's. */
  readonly status: TrialStatus | 'other data' | 'other settings';
}

/** Whether the runs are the report's, so that the numbers may be shown next to each other. */
export function isComparable({ status }: Comparison): boolean {
  return status !== 'other data' && status !== 'other settings';
}

/** Compares every number that the report prints with the runs. */
export async function compareWithPublished(plans: readonly Plan[], records: Records): Promise<Comparison[]> {
  const numbers = await publishedNumbers();
  const runs = new Map(
    plans.map((plan) => [plan.experiment.name, { plan, cells: comparedCells(plan, records, numbers) }]),
  );
  return numbers.map((number) => {
    const { plan, cells = [] } = runs.get(number.experiment) ?? {};
    const matching = cells.filter(({ settings }) => matches(settings, number));
    const chosen = number.best ? bestOf(matching, number.metric) : matching[0];
    const statistic = chosen?.statistics.get(number.metric);
    return {
      ...number,
      cell: Object.entries(number.settings)
        .map(([name, value]) => `${columnName(name as OptionName)} ${value}`)
        .join(', '),
      ours: statistic?.mean ?? null,
      standardDeviation: statistic?.standardDeviation ?? null,
      seeds: statistic?.count ?? 0,
      status: statusOf(plan, chosen),
    };
  });
}

/** The cells of the report of which it gives numbers; a run of others may have a hundred thousand of them. */
function comparedCells(plan: Plan, records: Records, numbers: readonly PublishedNumber[]): SummaryCell[] {
  const own = numbers.filter(({ experiment }) => experiment === plan.experiment.name);
  const isCompared = (settings: Settings) =>
    own.some((number) => matches(settings, number)) && isReportCell(plan, settings);
  return own.length === 0 ? [] : [...summaryCells(plan, records, isCompared)];
}

function statusOf(plan: Plan | undefined, chosen: SummaryCell | undefined): Comparison['status'] {
  if (plan === undefined) return 'not run';
  if (!plan.data.every(({ isReports }) => isReports)) return 'other data';
  if (chosen === undefined) return 'other settings';
  if (chosen.done > 0) return 'done';
  return chosen.diverged > 0 ? 'diverged' : 'not run';
}

/** published.csv: one row per published number. */
export function comparisonTable(comparisons: readonly Comparison[], plan: Plan): Table {
  return {
    name: 'published',
    description: 'every number that the report prints, next to ours',
    columns: [
      ...runColumns,
      { name: 'claim', type: 'string', description: 'id in data/claims.json' },
      { name: 'experiment', type: 'string', description: 'subcommand' },
      { name: 'figure', type: 'string', description: 'where the report states it' },
      { name: 'cell', type: 'string', description: 'settings of the cell; empty: the whole experiment' },
      {
        name: 'statistic',
        type: 'string',
        description: 'value: of the cell; best: of the best of several cells',
      },
      { name: 'metric', type: 'string', description: 'a column of trials.csv' },
      { name: 'published', type: 'number', description: "the report's number" },
      { name: 'source', type: 'string', description: 'printed, or read off a curve' },
      {
        name: 'status',
        type: 'string',
        description:
          'done; otherwise why ours is empty: diverged, not run, other data or other settings than the report',
      },
      { name: 'ours', type: 'number', description: 'mean over the seeds' },
      { name: 'ours_std', type: 'number', description: 'standard deviation over the seeds' },
      { name: 'seeds', type: 'integer', description: 'trials that finished' },
    ],
    primaryKey: ['claim'],
    rows: comparisons.map((row): Value[] => [
      ...runCells(plan),
      row.claim,
      row.experiment,
      row.figure,
      row.cell,
      row.best ? 'best' : 'value',
      row.metric,
      row.published,
      row.printed ? 'printed' : 'read off a curve',
      row.status,
      row.ours,
      row.standardDeviation,
      row.seeds,
    ]),
  };
}

function matches(settings: Settings, { settings: wanted }: PublishedNumber): boolean {
  return Object.entries(wanted).every(([name, value]) => settings[name as OptionName] === value);
}

/** The cell with the best mean. A cell without a mean ranks last. */
function bestOf(cells: readonly SummaryCell[], metric: string): SummaryCell | undefined {
  const sign = metricColumn(metric).better === 'higher' ? -1 : 1;
  const value = (cell: SummaryCell) => {
    const mean = cell.statistics.get(metric)?.mean ?? null;
    return mean === null || cell.diverged > 0 ? Number.POSITIVE_INFINITY : sign * mean;
  };
  return [...cells].sort((a, b) => value(a) - value(b))[0];
}
