import { setImmediate } from 'node:timers/promises';
import { describePlan } from '../experiment/describe.ts';
import { type OptionName, optionTitle } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { significant } from '../stats/significant.ts';
import { twoDigits } from '../stats/two-digits.ts';
import { arrangeGrid, findByLine } from './grid.ts';
import { groupBy } from './group-by.ts';
import { isInGrid, kindOf, settingCells, settingColumns, variedOptions } from './settings.ts';
import { missingReason, type SummaryCell, statusOf, summaryCells } from './summary.ts';
import { type Column, rowsOf, type Table, type Value } from './table.ts';
import type { Records } from './trials-table.ts';

/**
 * The table in the report's layout, with means over the seeds. A grid has one row per metric and row of its heat maps, with
 * values to two significant digits, and one column each for the closed form and for other libraries. Any other experiment
 * has one row per cell, with values to three digits. `status` adds a column that says, for programs, why values are missing.
 */
export async function reportTable(plan: Plan, records: Records, { status = false } = {}): Promise<Table> {
  const { rows, columns } = plan.experiment.layout;
  if (rows === null || columns === null) return cellTable(plan, summaryCells(plan, records), status);
  const cells = await allOf(summaryCells(plan, records));
  const inside = cells.filter(({ settings }) => isInGrid(settings, rows, columns));
  if (inside.length < 2) return cellTable(plan, cells, status);
  const outside = cells.filter(({ settings }) => !isInGrid(settings, rows, columns));
  return gridTable(plan, { inside, outside, rows, columns }, status);
}

/** Collects the items. A large grid takes a while, so Ctrl-C is let through in between. */
async function allOf<T>(items: Iterable<T>): Promise<T[]> {
  const all: T[] = [];
  for (const item of items) {
    if (all.push(item) % 1000 === 0) await setImmediate();
  }
  return all;
}

interface Cells {
  readonly inside: readonly SummaryCell[];
  /** Closed forms and other libraries, which are outside the grid. */
  readonly outside: readonly SummaryCell[];
  readonly rows: OptionName;
  readonly columns: OptionName;
}

function gridTable(plan: Plan, { inside, outside, rows, columns }: Cells, status: boolean): Table {
  const excluded: readonly OptionName[] = ['solver', 'reference', rows, columns];
  const keys = [...variedOptions(plan).filter((name) => !excluded.includes(name)), rows];
  const grid = arrangeGrid(inside, keys, columns);
  const outsideName = ({ settings }: SummaryCell): string => {
    const tick = settings[columns] ?? null;
    return tick === null ? kindOf(settings) : `${kindOf(settings)}, ${optionTitle(columns)} ${tick}`;
  };
  const outsideColumns = [...groupBy(outside, outsideName)].map(([name, cells]) => ({
    name,
    find: findByLine(cells, keys),
  }));
  const { metrics } = plan.experiment.layout;
  const { title, context } = describePlan(plan);
  const shown = [
    ...grid.columns.map((tick) => numberColumn(String(tick), `${optionTitle(columns)} ${tick}`)),
    ...outsideColumns.map(({ name }) => numberColumn(name, `${name}, next to the grid`)),
  ];
  return {
    name: 'table',
    description: `${title} (${context}): ${optionTitle(columns)} in columns`,
    columns: [
      { name: 'metric', type: 'string', description: 'what the row shows' },
      ...settingColumns(keys),
      ...shown,
      ...(status ? [statusColumn] : []),
    ],
    primaryKey: ['metric', ...settingColumns(keys).map(({ name }) => name)],
    rows: metrics.flatMap((metric) =>
      grid.lines.map(({ settings, cells }): Value[] => {
        const found = [
          ...grid.columns.map((tick) => cells.get(tick)),
          ...outsideColumns.map(({ find }) => find(settings)),
        ];
        return [
          metric.title,
          ...settingCells(keys, settings),
          ...found.map((cell) => meanOrReason(cell, metric.name)),
          ...(status ? [missingCells(found, shown)] : []),
        ];
      }),
    ),
  };
}

function numberColumn(name: string, description: string): Column {
  return { name, type: 'number', description };
}

const statusColumn: Column = {
  name: 'status',
  type: 'string',
  description: 'done; or why values are missing: diverged, not run, with their columns if there are several',
};

/** "done", or the columns without a value: "diverged: 1, 10; not run: sklearn". */
function missingCells(cells: readonly (SummaryCell | undefined)[], columns: readonly Column[]): string {
  const found = cells.map((cell, index) => [statusOf(cell ?? neverRun), columns[index].name] as const);
  const missing = groupBy(
    found.filter(([status]) => status !== 'done'),
    ([status]) => status,
  );
  if (missing.size === 0) return 'done';
  return [...missing]
    .map(([status, places]) => `${status}: ${places.map(([, name]) => name).join(', ')}`)
    .join('; ');
}

const neverRun = { done: 0, diverged: 0 };

function cellTable(plan: Plan, cells: Iterable<SummaryCell>, status: boolean): Table {
  const varied = variedOptions(plan);
  const { metrics } = plan.experiment.layout;
  const several = plan.lists.seed!.length > 1;
  return {
    name: 'table',
    description: `${describePlan(plan).title} (${describePlan(plan).context})`,
    columns: [
      ...settingColumns(varied),
      ...metrics.flatMap(({ title }) => [
        numberColumn(title, `${title}, mean over the seeds`),
        ...(several ? [numberColumn(`${title}, sd`, 'over the seeds')] : []),
      ]),
      ...(status ? [statusColumn] : []),
    ],
    primaryKey: settingColumns(varied).map(({ name }) => name),
    rows: rowsOf(cells, (cell) => [
      ...settingCells(varied, cell.settings),
      ...metrics.flatMap(({ name }) => {
        const spread = cell.statistics.get(name)?.standardDeviation ?? null;
        return [
          meanOrReason(cell, name, 3),
          ...(several ? [spread === null ? null : rounded(spread, 2)] : []),
        ];
      }),
      ...(status ? [statusOf(cell)] : []),
    ]),
  };
}

/** The mean, or the word for why it is missing. */
function meanOrReason(cell: SummaryCell | undefined, metric: string, digits = 2): Value {
  const mean = cell?.statistics.get(metric)?.mean ?? null;
  return mean === null ? missingReason(cell ?? neverRun) : rounded(mean, digits);
}

/** Two digits are rounded as in the report, half to even. */
function rounded(value: number, digits: number): number {
  const short = digits === 2 ? Number(twoDigits(value)) : Number.NaN;
  return Number.isFinite(short) ? short : significant(value, digits);
}
