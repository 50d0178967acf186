import { choosingMetric, decidingMetric, decidingWords } from '../experiment/deciding.ts';
import type { Layout } from '../experiment/define.ts';
import { describePlan } from '../experiment/describe.ts';
import { type OptionName, optionTitle, type Setting, settingWords } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { agreementNotes, agreements, comparedTrials } from '../output/agreement.ts';
import { chosenCells, chosenOption, chosenTitle, edgeNote } from '../output/chosen.ts';
import { arrangeGrid } from '../output/grid.ts';
import { groupBy } from '../output/group-by.ts';
import { competes, isInGrid, optionsRead, variedOptions } from '../output/settings.ts';
import { type SummaryCell, summaryCells, withStopped } from '../output/summary.ts';
import { significantText } from '../stats/significant.ts';
import type { Records } from '../store/store.ts';
import { bestOf, statisticText } from './best-cell.ts';
import { fold, shorten } from './fold.ts';
import { type HeatMapCell, renderHeatMap } from './heat-map.ts';
import { type Screen, screenOf } from './screen.ts';
import { renderTable } from './text-table.ts';

/** Nobody reads more cells on a screen. */
const mostCells = 2500;
/** How many of the best cells are shown if there are more cells than `mostCells`. */
const bestShown = 10;
/** Settings with longer values, such as formulas, are shown as letters with a key. */
const longestSetting = 24;
/** From this many rows on, the best one is named below the table too. */
const longTable = 20;
/** The columns that a metric needs at least. */
const leastMetric = 14;

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
  const best = bestOf(summaryCells(plan, records), metric, bestShown);
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
    ({ settings, stopped }) => !isInGrid(settings, rows, columns) && stopped !== true,
  );
  const slices = [...groupBy(inside, sliceTitles(plan, layout))];
  // Of a slice that was stopped as a whole, there is nothing to see.
  const shown = slices.filter(([, members]) => members.some(({ stopped }) => stopped !== true));
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

function heatMapCell(cell: SummaryCell | undefined, name: string): HeatMapCell {
  if (cell === undefined) return 'no value';
  if (cell.stopped) return 'stopped';
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

/**
 * A row for each cell: the settings that some of them read, their metrics, and a '*' at the best. Metrics that do not fit the width follow in further
 * tables with the same settings, the deciding metric in the first.
 */
function settingsTable(
  varied: readonly OptionName[],
  cells: readonly SummaryCell[],
  plan: Plan,
  { color, width }: Screen,
): string {
  const deciding = decidingMetric(plan.experiment);
  const best = cells.filter(competes).length > 1 ? bestOf(cells, deciding, 1)[0] : undefined;
  const settings = settingColumns(optionsRead(varied, cells), cells, width);
  const metrics = plan.experiment.layout.metrics.map((metric) => ({
    title: metric.title,
    deciding: metric.name === deciding.name,
    texts: cells.map((cell) => {
      const mark = best === undefined || metric.name !== deciding.name ? '' : cell === best ? '*' : ' ';
      return `${statisticText(cell, metric.name)}${mark}`;
    }),
  }));
  const layers = plan.experiment.architecture === 'random' ? [cells.map(hiddenLayersOf)] : [];
  const tables = inWidth(
    metrics,
    settings.map(({ title, texts }) => [title, ...texts]),
    width,
  ).map((shown, index) => {
    const more = index === 0 ? layers : [];
    const header = [...settings, ...shown].map(({ title }) => title);
    const rows = cells.map((_, row) => [
      ...[...settings, ...shown].map(({ texts }) => texts[row]),
      ...more.map((texts) => texts[row]),
    ]);
    const align = header.map((_, column): 'left' | 'right' => (column < settings.length ? 'left' : 'right'));
    return renderTable([...header, ...more.map(() => 'hidden layers')], rows, { align, color, width });
  });
  const key = settings.flatMap((each) => each.key).flatMap((line) => fold(line, width, 4));
  const direction = deciding.best === 'max' ? 'highest' : 'lowest';
  // In a long table the best is far above.
  const where =
    best === undefined || cells.length <= longTable
      ? ''
      : `: ${statisticText(best, deciding.name)} at ${settings
          .map(({ title, texts }) => (title === 'settings' ? '' : `${title} `) + texts[cells.indexOf(best)])
          .join(', ')}`;
  const by = decidingWords(plan.experiment.layout, deciding);
  const legend = best === undefined ? [] : fold(`* best (${direction} ${by})${where}`, width);
  return [tables.join('\n\n'), ...legend, ...key].join('\n');
}

/** A column for each setting; one for all of them if there are so many that no metric would fit next to them. */
function settingColumns(names: readonly OptionName[], cells: readonly SummaryCell[], width: number) {
  const columns = names.map((name) => {
    const values = shortValues(cells.map(({ settings }) => settings[name] ?? null));
    return { title: optionTitle(name), ...shorten(values, longestSetting, initialOf(name, names)) };
  });
  const used = columns.reduce((sum, { title, texts }) => sum + 2 + longestWord([title, ...texts]), 0);
  if (used + leastMetric <= width || columns.length < 2) return columns;
  const texts = cells.map((_, row) =>
    columns
      .filter(({ texts }) => texts[row] !== '')
      .map(({ title, texts }) => `${title} ${texts[row]}`)
      .join(', '),
  );
  return [{ title: 'settings', texts, key: columns.flatMap(({ key }) => key) }];
}

function longestWord(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, ...text.split(' ').map(({ length }) => length)), 0);
}

/** Letters of different settings differ: those of the schedule begin with s, if there is more than one setting. */
function initialOf(name: OptionName, names: readonly OptionName[]): string {
  return names.length > 1 ? name[0] : '';
}

/** The values of a setting as text, empty for cells without it. */
function shortValues(values: readonly (Setting | null)[]): string[] {
  const given = [...new Set(values)].filter((value) => value !== null);
  const texts = new Map(shortTexts(given).map((text, index) => [given[index], text]));
  return values.map((value) => (value === null ? '' : texts.get(value)!));
}

interface MetricColumn {
  readonly title: string;
  readonly deciding: boolean;
  readonly texts: readonly string[];
}

/** The metrics in groups that fit the width next to the settings; all in one if they fit, as most do. */
function inWidth(
  metrics: readonly MetricColumn[],
  settings: readonly (readonly string[])[],
  width: number,
): (readonly MetricColumn[])[] {
  const used = settings.reduce((sum, texts) => sum + longestWord(texts) + 2, -2);
  const widths = metrics.map(({ title, texts }) => 2 + longestWord([title, ...texts]));
  if (used + widths.reduce((sum, each) => sum + each, 0) <= width) return [metrics];
  const ordered = [...metrics].sort((a, b) => Number(b.deciding) - Number(a.deciding));
  const groups: MetricColumn[][] = [[]];
  let room = width - used;
  for (const metric of ordered) {
    const own = widths[metrics.indexOf(metric)];
    if (own > room && groups[groups.length - 1].length > 0) {
      groups.push([]);
      room = width - used;
    }
    groups[groups.length - 1].push(metric);
    room -= own;
  }
  return groups;
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
  return described.length > 1 ? `${described.length} networks, one per seed` : described[0];
}
