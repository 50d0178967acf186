import type { ShownMetric } from '../experiment/define.ts';
import type { Settings } from '../experiment/options.ts';
import { type Colors, differenceColors, isClipped, magmaColors } from './colors.ts';
import type { Figure, Published } from './figure.ts';
import { type Grid, gridOf, panelOf, slicesOf } from './grid.ts';
import { type HeatMapCell, type HeatMapPanel, heatMaps, panelsPerLine } from './heat-map.ts';
import { missingOf, numbersWithoutCurve, seedsOf, shortTitle, typeset, warningsOf } from './notes.ts';
import { type Group, meanOf, type Results, wordsOf } from './results.ts';
import { wholeSpec } from './style.ts';

/** The heat maps of a grid, and comparisons with the published numbers if there are any. */
export function gridFigures(results: Results, published: Published): Figure[] {
  const grid = gridOf(results);
  if (grid === null) return [];
  return [ownHeatMaps(grid), ...comparisonFigures(grid, published)];
}

function ownHeatMaps(grid: Grid): Figure {
  const { results } = grid;
  const { metrics } = results.experiment.layout;
  const notes = [...warningsOf(results), ...missingOf(results)];
  const sets = metrics.map((metric) => {
    const values = grid.groups.flatMap((group) => meanOf(group, metric.name) ?? []);
    const colors = magmaColors(values);
    if (isClipped(colors, values)) notes.push(clipNote(metric));
    return slicesOf(grid).map((slice) => panelOf(grid, slice, metric, colors, [shortTitle(metric.title)]));
  });
  // Each metric starts a new line, unless it has only one panel.
  const together = slicesOf(grid).length === 1 ? [sets.flat()] : sets;
  const perLine = panelsPerLine(sets.flat());
  const lines = together.flatMap((panels) => chunks(panels, perLine));
  return figureOf(grid, 'heat-maps', metrics, withKeys(lines), notes, '');
}

/** Published, ours, and ours - published, in the same colours: a figure per metric, or a single figure if there are no slices. */
function comparisonFigures(grid: Grid, published: Published): Figure[] {
  const shown = grid.results.experiment.layout.metrics.filter(({ name }) =>
    grid.groups.some(({ settings }) => published(name, settings) !== null),
  );
  if (shown.length === 0) return [];
  const slices = slicesOf(grid);
  const sets = slices.length === 1 ? [shown] : shown.map((metric) => [metric]);
  return sets.map((metrics) => {
    const notes: string[] = [...missingOf(grid.results)];
    const triples = metrics.flatMap((metric) => {
      const found = comparedColors(grid, metric, published);
      if (found.clipped) notes.push(clipNote(metric));
      return slices.map((slice) => comparedPanels(grid, slice, metric, published, found));
    });
    const perLine = panelsPerLine(triples.flat());
    const lines = chunks(triples, perLine).flatMap((columns) =>
      [0, 1, 2].map((kind) => columns.map((t) => t[kind])),
    );
    const name = sets.length === 1 ? 'published' : `published-${metrics[0].name.replaceAll('_', '-')}`;
    return figureOf(
      grid,
      name,
      metrics,
      withKeys(lines),
      notes,
      "The report's numbers, ours, and ours - the report's. ",
    );
  });
}

interface ComparedColors {
  readonly both: Colors;
  readonly difference: Colors;
  readonly clipped: boolean;
}

function comparedColors({ groups }: Grid, { name }: ShownMetric, published: Published): ComparedColors {
  const pairs = groups.map((group) => [published(name, group.settings), meanOf(group, name)] as const);
  const values = pairs.flat().filter((value) => value !== null);
  const differences = pairs.flatMap(([theirs, own]) =>
    theirs === null || own === null ? [] : [own - theirs],
  );
  const [both, difference] = [magmaColors(values), differenceColors(differences)];
  return { both, difference, clipped: isClipped(both, values) || isClipped(difference, differences) };
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
    own.cells.map((cell, index) => {
      const shown = value(slice[index], cell);
      const state =
        shown === null && cell.state === 'value' ? 'not run' : shown === null ? cell.state : 'value';
      return {
        ...cell,
        value: shown,
        state,
        partly: false,
        best: false,
        detail: `${what} ${shown ?? 'none'}`,
      } as const;
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
      cells: changed(({ settings }, { value }) => {
        const number = theirs(settings);
        return number === null || value === null ? null : value - number;
      }, 'ours - report'),
    },
  ];
}

function clipNote({ title }: ShownMetric): string {
  return `${shortTitle(title)}: the most extreme values are outside the colour scale.`;
}

function chunks<T>(items: readonly T[], perLine: number): T[][] {
  const lines: T[][] = [];
  for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine));
  return lines;
}

/** Puts the key of each colour scale under the last line that uses it. */
function withKeys(lines: readonly (readonly HeatMapPanel[])[]): HeatMapPanel[][] {
  const last = new Map(lines.flatMap((line, index) => line.map(({ colors }) => [colors, index] as const)));
  return lines.map((line, index) =>
    line.map((panel) => ({ ...panel, key: last.get(panel.colors) === index })),
  );
}

function figureOf(
  grid: Grid,
  name: string,
  metrics: readonly ShownMetric[],
  lines: readonly (readonly HeatMapPanel[])[],
  notes: readonly string[],
  lead: string,
): Figure {
  const { results } = grid;
  const { title, context } = wordsOf(results);
  const { body, width } = heatMaps(lines);
  const partly = lines
    .flat()
    .some(({ cells }) => cells.some((cell) => cell.partly && cell.state === 'value'));
  const hatched = lines.flat().some(({ cells }) => cells.some(({ state }) => state === 'diverged'));
  const caption = [
    `${typeset(`${title} (${context})`)}. ${lead}${metrics.map((metric) => typeset(metric.title)).join('; ')}.`,
    seedsOf(results),
    'Framed: the best cell.',
    ...(hatched ? ['Hatched: diverged.'] : []),
    ...(partly ? ['†: some seeds diverged; mean of the others.'] : []),
    ...numbersWithoutCurve(results, metrics),
    ...notes,
  ].join(' ');
  const spec = wholeSpec(
    typeset(title),
    [...notes, ...(partly ? ['† some seeds diverged'] : [])],
    width,
    body,
  );
  return { name, title: typeset(title), caption, spec };
}
