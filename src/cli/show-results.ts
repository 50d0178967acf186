import type { Layout, ShownMetric } from '../experiment/define.ts';
import { type OptionName, optionTitle, type Setting } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { variedOptions } from '../output/settings.ts';
import { type SummaryCell, summaryCells } from '../output/summary.ts';
import { significant } from '../stats/significant.ts';
import type { Records } from '../store/store.ts';
import { renderHeatMap } from './heat-map.ts';
import { renderTable } from './text-table.ts';

/** More cells are not read on a screen. */
const mostCells = 2500;
/** Cells that are shown of so many. */
const shownBest = 10;

/**
 * The report's table of an experiment for a terminal or a pipe: heat maps of a grid, else rows of numbers. Of very many
 * cells the best, as all are in summary.csv.
 */
export function showResults(plan: Plan, records: Records, stream: NodeJS.WriteStream): string {
  const color = stream.isTTY && stream.hasColors();
  const width = stream.columns ?? 120;
  const { experiment, quick, variant } = plan;
  const remarks = [quick ? 'QUICK RUN' : '', variant === 'text' ? "report's wording" : '', seedsOf(plan)];
  const heading = `${experiment.title} (${[experiment.figure, ...remarks].filter((part) => part !== '').join(', ')})`;
  const cells = firstOf(summaryCells(plan, records), mostCells + 1);
  if (cells.length > mostCells) return [heading, ...bestParts(plan, records, color, width)].join('\n\n');
  const body = isGrid(plan, experiment.layout)
    ? gridParts(plan, cells, experiment.layout as GridLayout, color, width)
    : [rowsTable(plan, cells, color, width)];
  return [heading, ...body].join('\n\n');
}

function firstOf<T>(items: Iterable<T>, count: number): T[] {
  const first: T[] = [];
  for (const item of items) {
    if (first.push(item) === count) break;
  }
  return first;
}

/** The best cells alone. */
function bestParts(plan: Plan, records: Records, color: boolean, width: number): string[] {
  const metric = decidingMetric(plan);
  const best = bestOf(summaryCells(plan, records), metric, shownBest);
  const heading = `More than ${mostCells} cells; all are in summary.csv`;
  if (best.length === 0) return [`${heading}. None has a value of ${metric.title}`];
  return [`${heading}. The ${best.length} best by ${metric.title}:`, rowsTable(plan, best, color, width)];
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
  return outside.length === 0 ? maps : [...maps, outsideTable(plan, outside, color, width)];
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
function outsideTable(plan: Plan, cells: readonly SummaryCell[], color: boolean, width: number): string {
  const varied = variedOptions(plan).filter(
    (name) => name !== 'seed' && cells.some(({ settings }) => settings[name] !== null),
  );
  return settingsTable(varied, cells, plan, color, width);
}

function rowsTable(plan: Plan, cells: readonly SummaryCell[], color: boolean, width: number): string {
  const varied = variedOptions(plan).filter((name) => name !== 'seed');
  return settingsTable(varied, cells, plan, color, width);
}

/** What tells which cell is the best. */
function decidingMetric({ experiment: { architecture, layout } }: Plan): ShownMetric {
  return layout.metrics[architecture === 'random' ? 0 : layout.metrics.length - 1];
}

function settingsTable(
  names: readonly OptionName[],
  cells: readonly SummaryCell[],
  plan: Plan,
  color: boolean,
  width: number,
): string {
  const { metrics } = plan.experiment.layout;
  const layers = plan.experiment.architecture === 'random';
  const best = cells.length > 1 ? bestOf(cells, decidingMetric(plan), 1)[0] : undefined;
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

/** The best ones by the mean of a metric, where they have one, the best first; of equal ones those that come first. */
function bestOf(cells: Iterable<SummaryCell>, { name, best }: ShownMetric, count: number): SummaryCell[] {
  const sign = best === 'max' ? -1 : 1;
  const found: { cell: SummaryCell; value: number }[] = [];
  for (const cell of cells) {
    const mean = cell.statistics.get(name)?.mean ?? null;
    if (mean === null) continue;
    const value = sign * mean;
    const place = found.findIndex((other) => value < other.value);
    found.splice(place < 0 ? found.length : place, 0, { cell, value });
    if (found.length > count) found.pop();
  }
  return found.map(({ cell }) => cell);
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
