import { decidingWords } from '../experiment/deciding.ts';
import type { ShownMetric } from '../experiment/define.ts';
import type { Settings } from '../experiment/options.ts';
import { unpublished } from './cell-text.ts';
import { type Colors, differenceColors, isClipped, magmaColors } from './colors.ts';
import type { Figure, Published } from './figure.ts';
import { type Grid, gridOf, panelOf, slicesOf, stoppedSlicesNotes } from './grid.ts';
import { type HeatMapCell, type HeatMapPanel, heatMaps, panelsPerLine } from './heat-map.ts';
import type { Look } from './look.ts';
import {
  fewNumbersOf,
  missingOf,
  numbersOf,
  seedsOf,
  severalSeeds,
  shortTitle,
  typeset,
  warningsOf,
} from './notes.ts';
import { type Group, meanOf, type Results, wordsOf } from './results.ts';
import { wholeSpec } from './style.ts';
import { isLog } from './value-axis.ts';

/** The heat maps of a grid, and comparisons with the published numbers if there are any. */
export function gridFigures(results: Results, published: Published, look: Look): Figure[] {
  const grid = gridOf(results);
  if (grid === null) return [];
  return [ownHeatMaps(grid, look), ...comparisonFigures(grid, published, look)];
}

function ownHeatMaps(grid: Grid, look: Look): Figure {
  const { results } = grid;
  const { metrics } = results.experiment.layout;
  const notes = [...warningsOf(results), ...missingOf(results), ...stoppedSlicesNotes(grid)];
  const sets = metrics.map((metric) => {
    const values = grid.groups.flatMap((group) => meanOf(group, metric.name) ?? []);
    const colors = colorsOf(values, metric, look);
    if (isClipped(colors, values)) notes.push(clipNote(metric));
    return slicesOf(grid).map((slice) =>
      panelOf(grid, slice, metric, colors, typeset(metric.title).split(', ')),
    );
  });
  // Each metric starts a new line, unless it has only one panel.
  const together = slicesOf(grid).length === 1 ? [sets.flat()] : sets;
  const perLine = panelsPerLine(sets.flat(), look.width);
  const lines = together.flatMap((panels) => chunks(panels, perLine));
  return figureOf(grid, 'heat-maps', { metrics, lines, notes, lead: '', look });
}

/** Where the report gives fewer than half of the numbers, a comparison would be mostly blank, and there is none. */
function isCompared({ groups }: Grid, { name }: ShownMetric, published: Published): boolean {
  const given = groups.filter(({ settings }) => published(name, settings) !== null);
  return given.length > 0 && 2 * given.length >= groups.length;
}

/** Published, ours, and ours - published, in the same colours: a figure per metric, or a single figure if there are no slices. */
function comparisonFigures(grid: Grid, published: Published, look: Look): Figure[] {
  const shown = grid.results.experiment.layout.metrics.filter((metric) =>
    isCompared(grid, metric, published),
  );
  if (shown.length === 0) return [];
  const slices = slicesOf(grid);
  const sets = slices.length === 1 ? [shown] : shown.map((metric) => [metric]);
  return sets.map((metrics) => {
    const notes: string[] = [...missingOf(grid.results)];
    const triples = metrics.flatMap((metric) => {
      const found = comparedColors(grid, metric, published, look);
      notes.push(...found.clipped);
      return slices.map((slice) => comparedPanels(grid, slice, metric, published, found));
    });
    const perLine = panelsPerLine(triples.flat(), look.width);
    const lines = chunks(triples, perLine).flatMap((columns) =>
      [0, 1, 2].map((kind) => columns.map((t) => t[kind])),
    );
    const name = sets.length === 1 ? 'published' : `published-${metrics[0].name.replaceAll('_', '-')}`;
    const lead = "The report's numbers, ours, and ours - the report's. ";
    return figureOf(grid, name, { metrics, lines, notes, lead, look });
  });
}

interface ComparedColors {
  readonly both: Colors;
  readonly difference: Colors;
  /** A note for each of the two scales that some values are outside of. */
  readonly clipped: readonly string[];
}

function comparedColors(
  { groups }: Grid,
  metric: ShownMetric,
  published: Published,
  look: Look,
): ComparedColors {
  const { name } = metric;
  const pairs = groups.map((group) => [published(name, group.settings), meanOf(group, name)] as const);
  const values = pairs.flat().filter((value) => value !== null);
  const differences = pairs.flatMap(([theirs, own]) =>
    theirs === null || own === null ? [] : [own - theirs],
  );
  const [both, difference] = [colorsOf(values, metric, look), differenceColors(differences)];
  const clipped = [
    ...(isClipped(both, values) ? [clipNote(metric)] : []),
    ...(isClipped(difference, differences) ? [clipNote(metric, 'difference in ')] : []),
  ];
  return { both, difference, clipped };
}

function comparedPanels(
  grid: Grid,
  slice: readonly Group[],
  metric: ShownMetric,
  published: Published,
  { both, difference }: ComparedColors,
): HeatMapPanel[] {
  const title = (kind: string) => [`${shortTitle(metric.title)}: ${kind}`];
  const own = panelOf(grid, slice, metric, both, title('ours'));
  const theirs = (settings: Settings) => published(metric.name, settings);
  const changed = (value: (group: Group, cell: HeatMapCell) => number | null, what: string) =>
    own.cells.map((cell, index): HeatMapCell => {
      const shown = value(slice[index], cell);
      const missing = theirs(slice[index].settings) === null ? 'not in the report' : cell.state;
      return {
        ...cell,
        value: shown,
        state: shown === null ? missing : 'value',
        diverged: shown === null ? cell.diverged : 0,
        best: false,
        detail: `${what} ${shown ?? missing}`,
      };
    });
  return [
    {
      ...own,
      title: [...title('report'), ...own.title.slice(1)],
      cells: changed(({ settings }) => theirs(settings), 'report'),
    },
    { ...own, title: title('ours') },
    {
      ...own,
      title: title('difference'),
      colors: difference,
      key: `${shortTitle(metric.title)}: ours - the report's`,
      cells: changed(({ settings }, { value }) => {
        const number = theirs(settings);
        return number === null || value === null ? null : value - number;
      }, 'ours - report'),
    },
  ];
}

function clipNote({ title }: ShownMetric, of = ''): string {
  return `${of}${shortTitle(title)}: the most extreme values are outside the colour scale.`;
}

function chunks<T>(items: readonly T[], perLine: number): T[][] {
  const lines: T[][] = [];
  for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine));
  return lines;
}

/** Bright is good. Positive values that span more than two decades have a logarithmic scale. */
function colorsOf(values: readonly number[], { best }: ShownMetric, { log }: Look): Colors {
  return magmaColors(
    values,
    best === 'min' ? 'low' : 'high',
    isLog(log, 'y', values) && values.some((x) => x > 0),
  );
}

interface Content {
  readonly metrics: readonly ShownMetric[];
  readonly lines: readonly (readonly HeatMapPanel[])[];
  readonly notes: readonly string[];
  /** A sentence before the metrics in the caption. */
  readonly lead: string;
  readonly look: Look;
}

function figureOf(grid: Grid, name: string, { metrics, lines, notes, lead, look }: Content): Figure {
  const { results } = grid;
  const words = wordsOf(results);
  const { body, width } = heatMaps(lines, look);
  const title = typeset(words.title);
  const context = typeset(words.context);
  const marks = [...notes, ...marksOf(lines.flatMap((line) => line.flatMap(({ cells }) => cells)))];
  const framed = lines.flat().some(({ cells }) => cells.some(({ best }) => best));
  const { layout } = results.experiment;
  const by = layout.validation?.decides
    ? ` by ${typeset(decidingWords(layout, layout.validation.deciding))}`
    : '';
  const frame = framed ? [`Framed: the best cell${by}.`] : [];
  const seeds = severalSeeds(results, null);
  const inGrid = new Set(grid.groups.flatMap(({ trials }) => trials));
  const undrawn = { ...results, trials: results.trials.filter((trial) => !inGrid.has(trial)) };
  const shown = [...seeds, ...frame, ...fewNumbersOf(undrawn, metrics), ...marks];
  const caption = [
    `${title} (${context}). ${lead}${metrics.map((metric) => typeset(metric.title)).join('; ')}.`,
    ...(seeds.length > 0 ? seeds : [seedsOf(results)]),
    ...frame,
    ...numbersOf(undrawn, metrics),
    ...marks,
  ].join(' ');
  const spec = wholeSpec({ title, context, notes: shown, description: caption, look, width }, body);
  return { name, title, caption, spec };
}

/** What cells without a plain number mean, as far as there are any. */
function marksOf(cells: readonly HeatMapCell[]): string[] {
  const has = (state: HeatMapCell['state']) => cells.some((cell) => cell.state === state);
  const partly = cells.some(({ state, diverged }) => state === 'value' && diverged > 0);
  return [
    ...(has('diverged') ? ['Hatched: every seed diverged.'] : []),
    ...(partly ? ['"1 div.": one seed diverged, the mean is of the others.'] : []),
    ...(has('not run') ? ['"not run": this trial has not been run.'] : []),
    ...(has('stopped') ? ['"stopped": before it had all epochs and seeds (rounds.csv).'] : []),
    ...(has('no value') ? ['"no value": this trial does not have this number.'] : []),
    ...(has('not in the report') ? [`${unpublished}: the report gives no number.`] : []),
  ];
}
