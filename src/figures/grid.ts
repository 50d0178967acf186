import type { ShownMetric } from '../experiment/define.ts';
import { type OptionName, optionTitle, type Settings } from '../experiment/options.ts';
import { mean, standardDeviation } from '../stats/describe.ts';
import type { Figure, Published } from './figure.ts';
import {
  type Colors,
  differenceColors,
  type HeatMapCell,
  type HeatMapPanel,
  heatMaps,
  isClipped,
  magmaColors,
  panelsPerLine,
} from './heat-map.ts';
import { missingOf, seedsOf, shortTitle, typeset, warningsOf } from './notes.ts';
import { countStatus, type Group, groupSeeds, type Results, valuesOf, variedOptions } from './results.ts';
import { wholeSpec } from './style.ts';

interface Grid {
  readonly results: Results;
  readonly rows: OptionName;
  readonly columns: OptionName;
  /** The cells with a row and a column; closed forms stand outside. */
  readonly groups: readonly Group[];
  /** Options varied besides rows and columns: one panel for each of their combinations. */
  readonly sliced: readonly OptionName[];
}

/** The heat maps of a grid, and those beside the published ones where there are any. */
export function gridFigures(results: Results, published: Published): Figure[] {
  const grid = gridOf(results);
  if (grid === null) return [];
  return [ours(grid), ...besidePublished(grid, published)];
}

/** null without a grid: fewer than two cells that have a row and a column. */
function gridOf(results: Results): Grid | null {
  const { rows, columns } = results.experiment.layout;
  if (rows === null || columns === null) return null;
  const groups = groupSeeds(results.trials).filter(
    ({ settings }) => (settings[rows] ?? null) !== null && (settings[columns] ?? null) !== null,
  );
  if (groups.length < 2) return null;
  const trials = groups.flatMap((group) => group.trials);
  const varied = variedOptions({ ...results, trials });
  return {
    results,
    rows,
    columns,
    groups,
    sliced: varied.filter((name) => name !== rows && name !== columns),
  };
}

function ours(grid: Grid): Figure {
  const { results } = grid;
  const { metrics } = results.experiment.layout;
  const notes = [...warningsOf(results), ...missingOf(results)];
  const sets = metrics.map((metric) => {
    const values = grid.groups.flatMap((group) => meanOf(group, metric.name) ?? []);
    const colors = magmaColors(values);
    if (isClipped(colors, values)) notes.push(clipNote(metric));
    return slicesOf(grid).map((slice) => panelOf(grid, slice, metric, colors, [shortTitle(metric.title)]));
  });
  // A metric begins a line of its own, unless it is one panel.
  const together = slicesOf(grid).length === 1 ? [sets.flat()] : sets;
  const perLine = panelsPerLine(sets.flat());
  const lines = together.flatMap((panels) => inLines(panels, perLine));
  return figureOf(grid, 'heat-maps', metrics, withKeys(lines), notes, '');
}

/** Published, ours and ours - published, in the same colours: a figure a metric, or one of all without slices. */
function besidePublished(grid: Grid, published: Published): Figure[] {
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
    const lines = inLines(triples, perLine).flatMap((columns) =>
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

/** The cells of each combination of the other varied options. */
function slicesOf({ groups, sliced }: Grid): Group[][] {
  const slices = new Map<string, Group[]>();
  for (const group of groups) {
    const key = JSON.stringify(sliced.map((name) => group.settings[name]));
    slices.set(key, [...(slices.get(key) ?? []), group]);
  }
  return [...slices.values()];
}

function panelOf(
  { rows, columns, groups, sliced }: Grid,
  slice: readonly Group[],
  metric: ShownMetric,
  colors: Colors,
  title: readonly string[],
): HeatMapPanel {
  const best = bestOf(slice, metric);
  const [{ settings }] = slice;
  const sliceTitle = sliced.map((name) => `${optionTitle(name)} ${settings[name]}`).join(', ');
  return {
    title: sliceTitle === '' ? title : [...title, typeset(sliceTitle)],
    rows: { title: optionTitle(rows), ticks: valuesOf(groups, rows) },
    columns: { title: optionTitle(columns), ticks: valuesOf(groups, columns) },
    cells: slice.map((group) => ({
      row: group.settings[rows]!,
      column: group.settings[columns]!,
      value: meanOf(group, metric.name),
      state: stateOf(group, metric.name),
      partly: countStatus(group.trials, 'diverged') > 0,
      best: group === best,
      detail: detailOf(group, metric, [...sliced, rows, columns]),
    })),
    colors,
    key: false,
  };
}

function bestOf(groups: readonly Group[], { name, best }: ShownMetric): Group | null {
  const sign = best === 'max' ? -1 : 1;
  const finite = groups.filter((group) => meanOf(group, name) !== null);
  return [...finite].sort((a, b) => sign * (meanOf(a, name)! - meanOf(b, name)!))[0] ?? null;
}

function finishedValues({ trials }: Group, metric: string): number[] {
  return trials.flatMap(({ status, metrics }) => (status === 'done' ? (metrics[metric] ?? []) : []));
}

function meanOf(group: Group, metric: string): number | null {
  const value = mean(finishedValues(group, metric));
  return Number.isFinite(value) ? value : null;
}

function stateOf(group: Group, metric: string): HeatMapCell['state'] {
  if (meanOf(group, metric) !== null) return 'value';
  return countStatus(group.trials, 'diverged') > 0 ? 'diverged' : 'not run';
}

/** "batch size 10, learning rate 0.1: test MSE 0.0512 ± 0.0031, 3 seeds, 1 diverged". */
function detailOf(group: Group, metric: ShownMetric, names: readonly OptionName[]): string {
  const values = finishedValues(group, metric.name);
  const spread = standardDeviation(values);
  const where = names.map((name) => `${optionTitle(name)} ${group.settings[name]}`).join(', ');
  const diverged = countStatus(group.trials, 'diverged');
  const parts = [
    values.length === 0 ? '' : `${typeset(metric.title)} ${figures(mean(values))}`,
    Number.isFinite(spread) ? `± ${figures(spread)} over ${values.length} seeds` : '',
    diverged > 0 ? `${diverged} diverged` : '',
    values.length === 0 && diverged === 0 ? 'not run' : '',
  ];
  return `${where}: ${parts.filter((part) => part !== '').join(', ')}`;
}

function figures(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function clipNote({ title }: ShownMetric): string {
  return `${shortTitle(title)}: the colours end before the farthest value.`;
}

function inLines<T>(items: readonly T[], perLine: number): T[][] {
  const lines: T[][] = [];
  for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine));
  return lines;
}

/** The key to the colours under the last line that has them. */
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
  const { title, figure } = results.experiment;
  const { body, width } = heatMaps(lines);
  const partly = lines
    .flat()
    .some(({ cells }) => cells.some((cell) => cell.partly && cell.state === 'value'));
  const hatched = lines.flat().some(({ cells }) => cells.some(({ state }) => state === 'diverged'));
  const caption = [
    `${typeset(title)} (${figure}). ${lead}${metrics.map((metric) => typeset(metric.title)).join('; ')}.`,
    seedsOf(results),
    'Framed: the best cell.',
    ...(hatched ? ['Hatched: diverged.'] : []),
    ...(partly ? ['†: some seeds diverged, mean of the others.'] : []),
    ...closedForms(results, metrics),
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

/** The cells beside the grid: closed forms have no learning rate. */
function closedForms({ trials, experiment }: Results, metrics: readonly ShownMetric[]): string[] {
  const groups = groupSeeds(trials.filter(({ settings }) => settings.solver === 'closed-form'));
  const varied = variedOptions({ experiment, trials: groups.flatMap((group) => group.trials) });
  return groups.map((group) => {
    const where = varied.map((name) => ` (${optionTitle(name)} ${group.settings[name]})`).join('');
    const values = metrics.flatMap((metric) => {
      const value = meanOf(group, metric.name);
      return value === null ? [] : [`${shortTitle(metric.title)} ${figures(value)}`];
    });
    return `Closed form${where}: ${values.length === 0 ? 'not run' : values.join(', ')}.`;
  });
}
