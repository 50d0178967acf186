import { choosingMetric, decidingMetric, decidingWords } from '../experiment/deciding.ts';
import type { Layout } from '../experiment/define.ts';
import { describePlan } from '../experiment/describe.ts';
import { type OptionName, optionTitle, settingWords } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { wholeStopped } from '../experiment/stopping.ts';
import { agreementNotes, agreements, comparedTrials } from '../output/agreement.ts';
import { chosenCells, chosenOption, chosenTitle, edgeNote } from '../output/chosen.ts';
import { arrangeGrid } from '../output/grid.ts';
import { groupBy } from '../output/group-by.ts';
import { isInGrid, variedOptions } from '../output/settings.ts';
import { type SummaryCell, summaryCells, withStopped } from '../output/summary.ts';
import type { Records } from '../store/store.ts';
import { bestOf } from './best-cell.ts';
import { fold } from './fold.ts';
import { type HeatMapCell, renderHeatMap } from './heat-map.ts';
import { type Screen, screenOf } from './screen.ts';
import { settingsTable, shortTexts } from './settings-table.ts';
import { searchParts } from './show-search.ts';

/** Nobody reads more cells on a screen. */
const mostCells = 2500;
/** How many of the best cells are shown if there are more cells than `mostCells`. */
const bestShown = 10;
/**
 * The results of an experiment for a terminal or a pipe: heat maps of a grid, otherwise rows of numbers. If there are very
 * many cells, only the best are shown; summary.csv has all of them.
 */
export function showResults(plan: Plan, records: Records, stream: NodeJS.WriteStream): string {
  const screen = screenOf(stream);
  const { layout } = plan.experiment;
  const heading = fold(describePlan(plan).heading, screen.width).join('\n');
  const cells = firstOf(summaryCells(plan, records), mostCells + 1);
  const notes = agreementNotes(agreements(comparedTrials(plan, records))).flatMap((note) =>
    fold(note, screen.width),
  );
  const agreement = notes.length === 0 ? [] : [notes.join('\n')];
  if (plan.search !== undefined)
    return [heading, ...searchParts(plan, records, screen), ...agreement].join('\n\n');
  if (cells.length > mostCells)
    return [heading, ...bestParts(plan, records, screen), ...agreement].join('\n\n');
  const body = isGrid(plan, layout)
    ? gridParts(plan, withStopped(cells, plan), layout as GridLayout, screen)
    : [settingsTable(variedOptions(plan), cells, plan, screen)];
  return [heading, ...body, ...agreement].join('\n\n');
}

function firstOf<T>(items: Iterable<T>, count: number): T[] {
  const first: T[] = [];
  for (const item of items) {
    if (first.push(item) === count) break;
  }
  return first;
}

/** Only the best cells. */
function bestParts(plan: Plan, records: Records, screen: Screen): string[] {
  const metric = decidingMetric(plan.experiment);
  const best = bestOf(summaryCells(plan, records), metric, bestShown, plan.search);
  const heading = `More than ${mostCells} cells; all are in summary.csv`;
  if (best.length === 0) return [`${heading}. None has a value of ${metric.title}`];
  return [
    `${heading}. The ${best.length} best by ${decidingWords(plan.experiment.layout, metric)}:`,
    settingsTable(variedOptions(plan), best, plan, screen),
  ];
}

interface GridLayout extends Layout {
  readonly rows: OptionName;
  readonly columns: OptionName;
}

function isGrid({ cells, stopping }: Plan, { rows, columns }: Layout): boolean {
  if (rows === null || columns === null) return false;
  return cells.length + (stopping?.stopped.length ?? 0) > 1;
}

/** A heat map per metric and combination of the other varied options, then the cells outside the grid. */
function gridParts(plan: Plan, cells: readonly SummaryCell[], layout: GridLayout, screen: Screen): string[] {
  const { rows, columns, metrics } = layout;
  const inside = cells.filter(({ settings }) => isInGrid(settings, rows, columns));
  const outside = cells.filter(
    ({ settings, stopped }) => !isInGrid(settings, rows, columns) && stopped === undefined,
  );
  const slices = [...groupBy(inside, sliceTitles(plan, layout))];
  // Of a slice that was stopped as a whole, there is nothing to see.
  const isStopped = (members: readonly SummaryCell[]) =>
    members.every(({ stopped }) => stopped !== undefined);
  const shown = slices.filter(([, members]) => !isStopped(members));
  const hidden = slices.flatMap(([slice, members]) => (isStopped(members) ? [slice] : []));
  const maps = shown.flatMap(([slice, members]) => {
    const grid = arrangeGrid(members, [rows], columns);
    return metrics.map((metric) => {
      const choosing =
        metric.best === null ? decidingMetric(plan.experiment) : choosingMetric(layout, metric);
      const means = (name: string) =>
        grid.lines.map(({ cells: line }) =>
          grid.columns.map((column) => heatMapCell(line.get(column), name)),
        );
      return renderHeatMap({
        title: [decidingWords(layout, metric), slice].filter((part) => part !== '').join(', '),
        rowLabel: optionTitle(rows),
        columnLabel: optionTitle(columns),
        rows: shortTexts(grid.lines.map(({ settings }) => settings[rows]!)),
        columns: shortTexts(grid.columns),
        cells: means(metric.name),
        best: metric.best ?? 'min',
        ...(choosing === metric || choosing.name === metric.name
          ? {}
          : {
              chosen: {
                cells: means(choosing.name),
                best: choosing.best ?? 'min',
                by: decidingWords(layout, choosing),
              },
            }),
        ...screen,
      });
    });
  });
  return [
    ...maps,
    ...wholeStopped(hidden).map((text) => fold(text, screen.width).join('\n')),
    ...(outside.length === 0 ? [] : [settingsTable(variedOptions(plan), outside, plan, screen)]),
    ...chosenPart(plan, inside, screen),
  ];
}

/** Each row of the grid at its own best value of the option that the layout chooses. */
function chosenPart(plan: Plan, inside: readonly SummaryCell[], screen: Screen): string[] {
  const chosen = chosenOption(plan);
  if (chosen === null) return [];
  const cells = chosenCells(inside, chosen, decidingMetric(plan.experiment));
  if (cells.length === 0) return [];
  const heading = fold(`${chosenTitle(plan, chosen)}:`, screen.width);
  const edge = edgeNote(cells, plan.lists[chosen] ?? [], chosen);
  const note = edge === null ? [] : fold(edge, screen.width);
  return [[...heading, settingsTable(variedOptions(plan), cells, plan, screen), ...note].join('\n')];
}

function heatMapCell(cell: SummaryCell | undefined, name: string): HeatMapCell {
  if (cell === undefined) return 'no value';
  if (cell.stopped !== undefined) return 'stopped';
  if (cell.diverged > 0) return { diverged: cell.diverged, seeds: cell.cells.length };
  const { mean = null, standardDeviation = null } = cell.statistics.get(name) ?? {};
  if (mean !== null) return { mean, deviation: standardDeviation };
  return cell.notRun > 0 ? 'not run' : 'no value';
}

/** The settings in which the heat maps of one metric differ. */
function sliceTitles(plan: Plan, { rows, columns }: GridLayout): (cell: SummaryCell) => string {
  const excluded: readonly OptionName[] = ['solver', 'reference', rows, columns];
  const names = variedOptions(plan).filter((name) => !excluded.includes(name));
  return ({ settings }) => names.map((name) => settingWords(name, settings[name])).join(', ');
}
