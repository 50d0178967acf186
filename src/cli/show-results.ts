import type { Layout, ShownMetric } from '../experiment/define.ts';
import { describePlan } from '../experiment/describe.ts';
import { type OptionName, optionTitle, type Setting } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { arrangeGrid } from '../output/grid.ts';
import { groupBy } from '../output/group-by.ts';
import { isInGrid, variedOptions } from '../output/settings.ts';
import { type SummaryCell, summaryCells } from '../output/summary.ts';
import { significantText } from '../stats/significant.ts';
import type { Records } from '../store/store.ts';
import { renderHeatMap } from './heat-map.ts';
import { renderTable } from './text-table.ts';

/** Nobody reads more cells on a screen. */
const mostCells = 2500;
/** How many of the best cells are shown if there are more cells than `mostCells`. */
const bestShown = 10;

/**
 * The results of an experiment for a terminal or a pipe: heat maps of a grid, otherwise rows of numbers. If there are very
 * many cells, only the best are shown; summary.csv has all of them.
 */
export function showResults(plan: Plan, records: Records, stream: NodeJS.WriteStream): string {
  const color = stream.isTTY && stream.hasColors();
  const width = stream.columns ?? 120;
  const { experiment } = plan;
  const { heading } = describePlan(plan);
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

/** Only the best cells. */
function bestParts(plan: Plan, records: Records, color: boolean, width: number): string[] {
  const metric = decidingMetric(plan);
  const best = bestOf(summaryCells(plan, records), metric, bestShown);
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

/** A heat map per metric and combination of the other varied options, then the cells outside the grid. */
function gridParts(
  plan: Plan,
  cells: readonly SummaryCell[],
  layout: GridLayout,
  color: boolean,
  width: number,
): string[] {
  const { rows, columns, metrics } = layout;
  const inside = cells.filter(({ settings }) => isInGrid(settings, rows, columns));
  const outside = cells.filter(({ settings }) => !isInGrid(settings, rows, columns));
  const maps = [...groupBy(inside, sliceTitles(plan, layout))].flatMap(([slice, members]) => {
    const grid = arrangeGrid(members, [rows], columns);
    return metrics.map((metric) =>
      renderHeatMap({
        title: slice === '' ? metric.title : `${metric.title}, ${slice}`,
        rowLabel: optionTitle(rows),
        columnLabel: optionTitle(columns),
        rows: shortTexts(grid.lines.map(({ settings }) => settings[rows]!)),
        columns: shortTexts(grid.columns),
        values: grid.lines.map(({ cells: line }) =>
          grid.columns.map((column) => heatMapValue(line.get(column), metric.name)),
        ),
        best: metric.best ?? 'min',
        color,
      }),
    );
  });
  return outside.length === 0 ? maps : [...maps, outsideTable(plan, outside, color, width)];
}

/** Ticks as text: long numbers with as few digits, at least 3, as tell all the ticks apart. */
export function shortTexts(ticks: readonly Setting[]): string[] {
  for (let digits = 3; digits < 17; digits++) {
    const texts = ticks.map((tick) =>
      typeof tick === 'number' && String(tick).length > 8 ? significantText(tick, digits) : String(tick),
    );
    if (new Set(texts).size === ticks.length) return texts;
  }
  return ticks.map(String);
}

function heatMapValue(cell: SummaryCell | undefined, name: string): number | null | 'diverged' {
  const mean = cell?.statistics.get(name)?.mean ?? null;
  return mean === null && cell !== undefined && cell.diverged > 0 ? 'diverged' : mean;
}

/** The settings in which the heat maps of one metric differ. */
function sliceTitles(plan: Plan, { rows, columns }: GridLayout): (cell: SummaryCell) => string {
  const excluded: readonly OptionName[] = ['solver', 'reference', rows, columns];
  const names = variedOptions(plan).filter((name) => !excluded.includes(name));
  return ({ settings }) => names.map((name) => `${optionTitle(name)} ${settings[name]}`).join(', ');
}

/** The cells outside the grid: closed forms, for example, have no learning rate. */
function outsideTable(plan: Plan, cells: readonly SummaryCell[], color: boolean, width: number): string {
  const varied = variedOptions(plan).filter((name) => cells.some(({ settings }) => settings[name] !== null));
  return settingsTable(varied, cells, plan, color, width);
}

function rowsTable(plan: Plan, cells: readonly SummaryCell[], color: boolean, width: number): string {
  return settingsTable(variedOptions(plan), cells, plan, color, width);
}

/** The metric that decides which cell is the best. */
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

/** The mean to four digits, and the standard deviation over several seeds. */
function statisticText(cell: SummaryCell, name: string): string {
  const statistic = cell.statistics.get(name);
  if (statistic === undefined || statistic.mean === null) return cell.diverged > 0 ? 'diverged' : '-';
  const mean = significantText(statistic.mean, 4);
  return statistic.standardDeviation === null
    ? mean
    : `${mean} ± ${significantText(statistic.standardDeviation, 2)}`;
}

/** The `count` best cells by the mean of a metric, best first. Equal cells keep their order; cells without a mean are left out. */
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

/** The hidden layers of the cell's trials: there is one architecture per seed. */
function hiddenLayersOf({ cells }: SummaryCell): string {
  const described = cells.map(({ trial: { config } }) => {
    const layers = 'layers' in config.model ? config.model.layers : [];
    return layers
      .slice(0, -1)
      .map(({ units, activation }) => `${units} ${activation}`)
      .join(', ');
  });
  return described.length > 1 ? `${described.length} (one per seed)` : described[0];
}
