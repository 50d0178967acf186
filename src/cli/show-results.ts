import type { Layout, ShownMetric } from '../experiment/define.ts';
import { type OptionName, optionTitle, type Setting } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import type { Records } from '../experiment/store.ts';
import { variedOptions } from '../output/settings.ts';
import { type SummaryCell, summarize } from '../output/summary.ts';
import { significant } from '../stats/significant.ts';
import { renderHeatMap } from './heat-map.ts';
import { renderTable } from './text-table.ts';

/** The report's table of an experiment for a terminal or a pipe: heat maps of a grid, else rows of numbers. */
export function showResults(plan: Plan, records: Records, stream: NodeJS.WriteStream): string {
  const color = stream.isTTY && stream.hasColors();
  const width = stream.columns ?? 120;
  const cells = summarize(plan, records);
  const { experiment, quick, variant } = plan;
  const remarks = [quick ? 'QUICK RUN' : '', variant === 'text' ? "report's wording" : '', seedsOf(plan)];
  const heading = `${experiment.title} (${[experiment.figure, ...remarks].filter((part) => part !== '').join(', ')})`;
  const body = isGrid(plan, experiment.layout)
    ? gridParts(plan, cells, experiment.layout as GridLayout, color, width)
    : [rowsTable(plan, cells, color, width)];
  return [heading, ...body].join('\n\n');
}

interface GridLayout extends Layout {
  readonly rows: OptionName;
  readonly columns: OptionName;
}

function isGrid({ cells }: Plan, { rows, columns }: Layout): boolean {
  if (rows === null || columns === null) return false;
  return cells.length > 1;
}

/** A heat map for each metric and each combination of the other varied options; then the cells outside the grid. */
function gridParts(
  plan: Plan,
  cells: readonly SummaryCell[],
  layout: GridLayout,
  color: boolean,
  width: number,
): string[] {
  const { rows, columns, metrics } = layout;
  const inside = cells.filter(({ settings }) => settings[rows] !== null && settings[columns] !== null);
  const outside = cells.filter((cell) => !inside.includes(cell));
  const titleOf = ({ settings }: SummaryCell) => sliceTitle(plan, layout, settings);
  const maps = [...new Set(inside.map(titleOf))].flatMap((slice) => {
    const members = inside.filter((cell) => titleOf(cell) === slice);
    return metrics.map((metric) =>
      renderHeatMap({
        title: slice === '' ? metric.title : `${metric.title}, ${slice}`,
        rowLabel: optionTitle(rows),
        columnLabel: optionTitle(columns),
        ...heatMapValues(members, layout, metric),
        best: metric.best ?? 'min',
        color,
      }),
    );
  });
  return outside.length === 0 ? maps : [...maps, outsideTable(plan, outside, metrics, color, width)];
}

function heatMapValues(
  members: readonly SummaryCell[],
  { rows, columns }: GridLayout,
  { name }: ShownMetric,
) {
  const ticks = (option: OptionName): Setting[] => [
    ...new Set(members.map(({ settings }) => settings[option] as Setting)),
  ];
  const values = ticks(rows).map((row) =>
    ticks(columns).map((column) => {
      const cell = members.find(({ settings }) => settings[rows] === row && settings[columns] === column);
      return cell === undefined ? null : shownValue(cell, name);
    }),
  );
  return { rows: ticks(rows).map(String), columns: ticks(columns).map(String), values };
}

function shownValue(cell: SummaryCell, name: string): number | null | 'diverged' {
  const mean = cell.statistics.get(name)?.mean ?? null;
  return mean === null && cell.diverged > 0 ? 'diverged' : mean;
}

function sliceTitle(plan: Plan, { rows, columns }: GridLayout, settings: SummaryCell['settings']): string {
  return variedOptions(plan)
    .filter((name) => ![rows, columns, 'seed', 'solver', 'reference'].includes(name))
    .map((name) => `${optionTitle(name)} ${settings[name]}`)
    .join(', ');
}

/** Closed forms beside a grid: they have no learning rate. */
function outsideTable(
  plan: Plan,
  cells: readonly SummaryCell[],
  metrics: readonly ShownMetric[],
  color: boolean,
  width: number,
): string {
  const varied = variedOptions(plan).filter(
    (name) => name !== 'seed' && cells.some(({ settings }) => settings[name] !== null),
  );
  return settingsTable(varied, cells, metrics, color, width);
}

function rowsTable(plan: Plan, cells: readonly SummaryCell[], color: boolean, width: number): string {
  const varied = variedOptions(plan).filter((name) => name !== 'seed');
  const layers = plan.experiment.architecture === 'random';
  return settingsTable(varied, cells, plan.experiment.layout.metrics, color, width, layers);
}

function settingsTable(
  names: readonly OptionName[],
  cells: readonly SummaryCell[],
  metrics: readonly ShownMetric[],
  color: boolean,
  width: number,
  layers = false,
): string {
  const best = cells.length > 1 ? bestCell(cells, metrics[layers ? 0 : metrics.length - 1]) : undefined;
  const rows = cells.map((cell) => [
    ...names.map((name) => String(cell.settings[name] ?? '')),
    ...metrics.map(({ name }) => statisticText(cell, name)),
    ...(best === undefined ? [] : [cell === best ? '* best' : '']),
    ...(layers ? [hiddenLayersOf(cell)] : []),
  ]);
  const header = [
    ...names.map(optionTitle),
    ...metrics.map(({ title }) => title),
    ...(best === undefined ? [] : ['']),
    ...(layers ? ['hidden layers (initialisations: trials.csv)'] : []),
  ];
  const align = header.map((_, column): 'left' | 'right' =>
    column >= names.length && column < names.length + metrics.length ? 'right' : 'left',
  );
  return renderTable(header, rows, { align, color, width });
}

/** Four figures, and the spread over several seeds. */
function statisticText(cell: SummaryCell, name: string): string {
  const statistic = cell.statistics.get(name);
  if (statistic === undefined || statistic.mean === null) return cell.diverged > 0 ? 'diverged' : '-';
  const mean = figures(statistic.mean);
  return statistic.standardDeviation === null ? mean : `${mean} ± ${figures(statistic.standardDeviation, 2)}`;
}

function figures(value: number, digits = 4): string {
  return String(significant(value, digits));
}

function bestCell(cells: readonly SummaryCell[], { name, best }: ShownMetric): SummaryCell | undefined {
  const sign = best === 'max' ? -1 : 1;
  const value = (cell: SummaryCell) =>
    sign * (cell.statistics.get(name)?.mean ?? Number.POSITIVE_INFINITY * sign);
  return [...cells].sort((a, b) => value(a) - value(b))[0];
}

/** The architectures of the cell's trials: one a seed. */
function hiddenLayersOf({ cells }: SummaryCell): string {
  const described = cells.map(({ trial: { config } }) => {
    const layers = 'layers' in config.model ? config.model.layers : [];
    return layers
      .slice(0, -1)
      .map(({ units, activation }) => `${units} ${activation}`)
      .join(', ');
  });
  return described.length > 1 ? `${described.length} (one a seed)` : described[0];
}

function seedsOf(plan: Plan): string {
  const seeds = plan.lists.seed ?? [];
  return seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds, means`;
}
