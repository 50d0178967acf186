import { type OptionName, optionTitle } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { significant } from '../stats/significant.ts';
import { twoFigures } from '../stats/two-figures.ts';
import { settingCells, settingColumns, variedOptions } from './settings.ts';
import { type SummaryCell, summarize } from './summary.ts';
import type { Column, Table, Value } from './table.ts';
import type { Records } from './trials.ts';

/**
 * The table as the report has it: of a grid one row for each metric and row of its heat maps, values to two
 * significant figures; of all else one row a cell, values to three. Means over the seeds.
 */
export function reportTable(plan: Plan, records: Records): Table {
  const { rows, columns } = plan.experiment.layout;
  const cells = summarize(plan, records);
  const inside = rows !== null && columns !== null ? cells.filter((cell) => isSet(cell, rows, columns)) : [];
  if (rows === null || columns === null || inside.length < 2) return cellTable(plan, cells);
  const outside = cells.filter((cell) => !inside.includes(cell));
  return gridTable(plan, { inside, outside, rows, columns });
}

interface Grid {
  readonly inside: readonly SummaryCell[];
  /** Closed forms and other libraries: no learning rate. */
  readonly outside: readonly SummaryCell[];
  readonly rows: OptionName;
  readonly columns: OptionName;
}

function gridTable(plan: Plan, { inside, outside, rows, columns }: Grid): Table {
  const names = variedOptions(plan).filter(
    (name) => !['seed', 'solver', 'reference', rows, columns].includes(name),
  );
  const keys = [...names, rows];
  const ticks = [...new Set(inside.map(({ settings }) => settings[columns]!))];
  const lines = [...new Map(inside.map((cell) => [keyOf(cell, keys), cell])).values()];
  const kinds = [...new Set(outside.map(({ settings }) => kindOf(settings)))];
  const { metrics } = plan.experiment.layout;
  return {
    name: 'table',
    description: `${plan.experiment.title} (${plan.experiment.figure}): ${optionTitle(columns)} in columns`,
    columns: [
      { name: 'metric', type: 'string', description: 'what the row shows' },
      ...settingColumns(keys, plan),
      ...ticks.map(
        (tick): Column => ({
          name: String(tick),
          type: 'number',
          description: `${optionTitle(columns)} ${tick}`,
        }),
      ),
      ...kinds.map(
        (kind): Column => ({
          name: kind,
          type: 'number',
          description: `${kind}, whatever the ${optionTitle(columns)}`,
        }),
      ),
    ],
    primaryKey: ['metric', ...settingColumns(keys, plan).map(({ name }) => name)],
    rows: metrics.flatMap(({ name, title }) =>
      lines.map((line): Value[] => [
        title,
        ...settingCells(keys, line.settings),
        ...ticks.map((tick) => {
          const cell = inside.find(
            (one) => keyOf(one, keys) === keyOf(line, keys) && one.settings[columns] === tick,
          );
          return shown(cell, name);
        }),
        ...(outside.length > 0
          ? [
              shown(
                outside.find((cell) => agrees(cell, line, keys)),
                name,
              ),
            ]
          : []),
      ]),
    ),
  };
}

/** What a cell is of: our own training, a closed form, or another library. */
function kindOf({ solver, reference }: SummaryCell['settings']): string {
  if ((reference ?? 'none') !== 'none') return String(reference);
  return solver === 'closed-form' ? 'closed form' : 'sgd';
}

function cellTable(plan: Plan, cells: readonly SummaryCell[]): Table {
  const varied = variedOptions(plan).filter((name) => name !== 'seed');
  const { metrics } = plan.experiment.layout;
  const several = plan.lists.seed!.length > 1;
  return {
    name: 'table',
    description: `${plan.experiment.title} (${plan.experiment.figure})`,
    columns: [
      ...settingColumns(varied, plan),
      ...metrics.flatMap(({ title }): Column[] => [
        { name: title, type: 'number', description: `${title}, mean over the seeds` },
        ...(several
          ? [{ name: `${title}, sd`, type: 'number', description: 'over the seeds' } as const]
          : []),
      ]),
    ],
    primaryKey: settingColumns(varied, plan).map(({ name }) => name),
    rows: cells.map((cell): Value[] => [
      ...settingCells(varied, cell.settings),
      ...metrics.flatMap(({ name }) => {
        const spread = cell.statistics.get(name)?.standardDeviation ?? null;
        return [shown(cell, name, 3), ...(several ? [spread === null ? null : figures(spread, 2)] : [])];
      }),
    ]),
  };
}

/** The mean, or why there is none. */
function shown(cell: SummaryCell | undefined, metric: string, digits = 2): Value {
  const mean = cell?.statistics.get(metric)?.mean ?? null;
  if (mean !== null) return figures(mean, digits);
  if (cell !== undefined && cell.done > 0) return null;
  return cell !== undefined && cell.diverged > 0 ? 'diverged' : 'not run';
}

function figures(value: number, digits: number): number {
  const half = Number(twoFigures(value));
  return digits === 2 && Number.isFinite(half) ? half : significant(value, digits);
}

function isSet({ settings }: SummaryCell, rows: OptionName, columns: OptionName): boolean {
  return (
    (settings[rows] ?? null) !== null && (settings[columns] ?? null) !== null && kindOf(settings) === 'sgd'
  );
}

function keyOf({ settings }: SummaryCell, names: readonly OptionName[]): string {
  return JSON.stringify(names.map((name) => settings[name]));
}

/** A closed form does not read all options: it stands for every value of those. */
function agrees({ settings }: SummaryCell, line: SummaryCell, names: readonly OptionName[]): boolean {
  return names.every((name) => settings[name] === null || settings[name] === line.settings[name]);
}
