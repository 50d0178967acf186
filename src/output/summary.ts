import type { DataConfig } from '../datasets/index.ts';
import type { Cell } from '../experiment/cells.ts';
import { optionsOf } from '../experiment/define.ts';
import { describePlan } from '../experiment/describe.ts';
import type { Settings } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { differInSeeds, isSeed, withoutSeeds } from '../experiment/seeds.ts';
import { inTheirOrder, type RoundSetting } from '../experiment/stopping.ts';
import { finiteOrNull, mean, standardDeviation } from '../stats/describe.ts';
import { metricOf, metricsOf } from '../trial/metrics.ts';
import { dataCell, dataColumn, runCells, runColumns, settingCells, settingColumns } from './settings.ts';
import { type Column, rowsOf, type Table, type TrialStatus, type Value } from './table.ts';
import type { Records } from './trials-table.ts';

/** Mean and standard deviation of a metric over the seeds that have it. */
export interface Statistic {
  readonly mean: number | null;
  readonly standardDeviation: number | null;
  readonly count: number;
}

/** The cells that differ only in their seeds, taken together. */
export interface SummaryCell {
  readonly settings: Settings;
  /** Trials that finished, trials that diverged, and trials without a record. */
  readonly done: number;
  readonly diverged: number;
  readonly notRun: number;
  readonly statistics: ReadonlyMap<string, Statistic>;
  readonly cells: readonly Cell[];
  /** Of a setting that was stopped early, which has no values and no cells: what its last round said. The counts are of that round. */
  readonly stopped?: RoundSetting;
}

/** What a cell was trained on. */
export function dataOf({ stopped, cells }: SummaryCell): { readonly data: DataConfig } {
  return stopped ?? cells[0].trial.config;
}

/** Combines the seeds of each cell, in the plan's order. */
export function summarize(plan: Plan, records: Records): SummaryCell[] {
  return [...summaryCells(plan, records)];
}

/** The cells with those that were stopped early in their places, for a grid. */
export function withStopped(cells: readonly SummaryCell[], { stopping }: Plan): readonly SummaryCell[] {
  if (stopping === undefined) return cells;
  return inTheirOrder(
    cells,
    stopping.stopped,
    ({ settings, last }): SummaryCell => ({
      settings,
      done: last.seeds - last.diverged,
      diverged: last.diverged,
      notRun: 0,
      statistics: new Map(),
      cells: [],
      stopped: last,
    }),
  );
}

/**
 * The same, computed on each iteration: a large grid may have as many cells as trials. Records are read only of cells whose settings
 * are wanted.
 */
export function summaryCells(
  plan: Plan,
  records: Records,
  isWanted: (settings: Settings) => boolean = () => true,
): Iterable<SummaryCell> {
  const names = metricsOf(plan.experiment).map(({ name }) => name);
  return {
    *[Symbol.iterator]() {
      for (const cells of cellsOfSeeds(plan))
        if (isWanted(cells[0].settings)) yield summaryOf(cells, names, records);
    },
  };
}

/** Groups the cells that differ only in their seeds. They are adjacent, because seeds vary fastest. */
function* cellsOfSeeds({ cells }: Plan): Generator<Cell[]> {
  let group: Cell[] = [];
  for (const cell of cells) {
    if (group.length > 0 && !differInSeeds(group[0], cell)) {
      yield group;
      group = [];
    }
    group.push(cell);
  }
  if (group.length > 0) yield group;
}

function summaryOf(cells: readonly Cell[], names: readonly string[], records: Records): SummaryCell {
  // One record at a time, because the records of many seeds, with their curves, would fill the memory.
  const values = new Map(names.map((name): [string, number[]] => [name, []]));
  const count = { done: 0, diverged: 0 };
  for (const { trial } of cells) {
    const record = records.get(trial.id);
    if (record === undefined) continue;
    count[record.status]++;
    if (record.status !== 'done') continue;
    for (const [name, found] of values) {
      const value = metricOf(record, name);
      if (value !== null) found.push(value);
    }
  }
  return {
    settings: withoutSeeds(cells[0].settings),
    ...count,
    notRun: cells.length - count.done - count.diverged,
    statistics: new Map([...values].map(([name, found]) => [name, statisticOf(found)])),
    cells,
  };
}

/** summary.csv: one row per cell of the report's table, the seeds taken together. */
export function summaryTable(plan: Plan, records: Records): Table {
  const description = `${describePlan(plan).title}: one row per cell, mean and standard deviation over the seeds`;
  return { name: 'summary', description, ...cellsTable(plan, summaryCells(plan, records)) };
}

/** A row for each of the cells, with the statistics over its seeds. */
export function cellsTable(
  plan: Plan,
  cells: Iterable<SummaryCell>,
): Pick<Table, 'columns' | 'primaryKey' | 'rows'> {
  const names = optionsOf(plan.experiment).filter((name) => !isSeed(name));
  const metrics = metricsOf(plan.experiment);
  return {
    columns: [
      ...runColumns,
      dataColumn,
      ...settingColumns(names),
      { name: 'status', type: 'string', description: 'done: at least one seed finished; diverged; not run' },
      { name: 'seeds', type: 'integer', description: 'trials that finished, over which the means are taken' },
      { name: 'diverged', type: 'integer', description: 'trials that diverged' },
      { name: 'not_run', type: 'integer', description: 'trials without a record' },
      ...metrics.flatMap(({ name, description }): Column[] => [
        { name: `${name}_mean`, type: 'number', description: `${description}: mean over the seeds` },
        {
          name: `${name}_std`,
          type: 'number',
          description: `${description}: standard deviation over the seeds`,
        },
      ]),
    ],
    primaryKey: [dataColumn, ...settingColumns(names)].map(({ name }) => name),
    rows: rowsOf(cells, (cell) => [
      ...runCells(plan),
      dataCell(dataOf(cell)),
      ...settingCells(names, cell.settings),
      statusOf(cell),
      cell.done,
      cell.diverged,
      cell.notRun,
      ...metrics.flatMap(({ name }) => {
        const statistic = cell.statistics.get(name)!;
        return [statistic.mean ?? missingReason(cell), statistic.standardDeviation];
      }),
    ]),
  };
}

/** How the seeds of a cell ended: as what its means are of, or why there are none. */
export function statusOf({ done, diverged }: Pick<SummaryCell, 'done' | 'diverged'>): TrialStatus {
  return done > 0 ? 'done' : diverged > 0 ? 'diverged' : 'not run';
}

/** Why a cell has no mean; null if it finished, so that the number does not apply. */
function missingReason(cell: Pick<SummaryCell, 'done' | 'diverged'>): Value {
  const status = statusOf(cell);
  return status === 'done' ? null : status;
}

/** Null for the mean of no numbers, and for a standard deviation that overflows in nearly diverged trials. */
function statisticOf(values: readonly number[]): Statistic {
  return {
    mean: finiteOrNull(mean(values)),
    standardDeviation: finiteOrNull(standardDeviation(values)),
    count: values.length,
  };
}
