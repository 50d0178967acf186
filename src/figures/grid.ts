import { choosingMetric } from '../experiment/deciding.ts';
import type { ShownMetric } from '../experiment/define.ts';
import {
  type OptionName,
  optionTitle,
  type Setting,
  type Settings,
  settingWords,
} from '../experiment/options.ts';
import { inTheirOrder, wholeStopped } from '../experiment/stopping.ts';
import { groupBy } from '../output/group-by.ts';
import { isInGrid } from '../output/settings.ts';
import { mean, standardDeviation } from '../stats/describe.ts';
import { significantText } from '../stats/significant.ts';
import type { Colors } from './colors.ts';
import type { HeatMapCell, HeatMapPanel } from './heat-map.ts';
import { shortTitle, typeset } from './notes.ts';
import {
  countStatus,
  differingOptions,
  finishedValues,
  type Group,
  groupSeeds,
  meanOf,
  type Results,
  valuesOf,
} from './results.ts';

export interface Grid {
  readonly results: Results;
  readonly rows: OptionName;
  readonly columns: OptionName;
  /** The cells with a row and a column; closed forms are outside the grid. */
  readonly groups: readonly Group[];
  /** The varied options other than rows and columns. There is one panel per combination of their values. */
  readonly sliced: readonly OptionName[];
}

/** The grid of the results; null if no cell has a row and a column. */
export function gridOf(results: Results): Grid | null {
  const { rows, columns } = results.experiment.layout;
  if (rows === null || columns === null) return null;
  const { stopped = [] } = results;
  const isInside = ({ settings }: { readonly settings: Settings }) => isInGrid(settings, rows, columns);
  const inside = [...results.trials, ...stopped].filter(isInside);
  const varied = differingOptions({ ...results, trials: inside });
  const axes = gridAxes(results.experiment, inside);
  const all = inTheirOrder(
    groupSeeds(results.trials),
    stopped,
    ({ settings }): Group => ({ settings, trials: [] }),
  );
  const groups = all.filter((group) => isInside(group) && isInGrid(group.settings, ...axes));
  if (!groups.some(({ trials }) => trials.length > 0)) return null;
  return {
    results,
    rows: axes[0],
    columns: axes[1],
    groups,
    sliced: varied.filter((name) => !axes.includes(name)),
  };
}

/**
 * The options of the rows and columns: those of the layout. One that has a single value gives way to the option with most
 * values that has no axis.
 */
export function gridAxes(
  experiment: Results['experiment'],
  trials: readonly { readonly settings: Settings }[],
): [OptionName, OptionName] {
  const layout = [experiment.layout.rows!, experiment.layout.columns!];
  const varied = differingOptions({ experiment, trials });
  const count = (name: OptionName) => valuesOf(trials, name).length;
  const others = varied.filter((name) => !layout.includes(name)).sort((a, b) => count(b) - count(a));
  const [columns, rows] = [layout[1], layout[0]].map((name) =>
    varied.includes(name) ? name : (others.shift() ?? name),
  );
  return [rows, columns];
}

/** The values on an axis. Numbers in neither order are sorted; words stay behind them. */
function ticksOf(groups: readonly Group[], name: OptionName): Setting[] {
  const values = valuesOf(groups, name);
  const numbers = values.filter((value): value is number => typeof value === 'number');
  const ascending = [...numbers].sort((a, b) => a - b);
  const given = numbers.join();
  if (given === ascending.join() || given === [...ascending].reverse().join()) return values;
  return [...ascending, ...values.filter((value) => typeof value !== 'number')];
}

/** The cells of each combination of the other varied options. */
export function slicesOf(grid: Grid): Group[][] {
  // Of a slice that was stopped as a whole, there is nothing to see.
  return allSlicesOf(grid).filter((slice) => !isStopped(slice));
}

/** Which slices have no panel, if there are any. */
export function stoppedSlicesNotes(grid: Grid): string[] {
  return wholeStopped(
    allSlicesOf(grid)
      .filter(isStopped)
      .map(([group]) => sliceTitle(grid, group)),
  );
}

function allSlicesOf({ groups, sliced }: Grid): Group[][] {
  const slices = groupBy(groups, ({ settings }) => JSON.stringify(sliced.map((name) => settings[name])));
  return [...slices.values()];
}

function isStopped(slice: readonly Group[]): boolean {
  return slice.every(({ trials }) => trials.length === 0);
}

function sliceTitle({ sliced }: Grid, { settings }: Group): string {
  return sliced.map((name) => settingWords(name, settings[name])).join(', ');
}

/** A heat map of one metric of one slice. */
export function panelOf(
  grid: Grid,
  slice: readonly Group[],
  metric: ShownMetric,
  colors: Colors,
  title: readonly string[],
): HeatMapPanel {
  const { results, rows, columns, groups, sliced } = grid;
  const best = bestOf(slice, choosingMetric(results.experiment.layout, metric));
  const which = sliceTitle(grid, slice[0]);
  return {
    title: which === '' ? title : [...title, typeset(which)],
    rows: { title: optionTitle(rows), ticks: ticksOf(groups, rows) },
    columns: { title: optionTitle(columns), ticks: ticksOf(groups, columns) },
    cells: slice.map((group) => ({
      row: group.settings[rows]!,
      column: group.settings[columns]!,
      value: meanOf(group, metric.name),
      state: stateOf(group, metric.name),
      diverged: countStatus(group.trials, 'diverged'),
      seeds: group.trials.length,
      best: group === best,
      detail: detailOf(group, metric, [...sliced, rows, columns]),
    })),
    colors,
    key: keyTitle(metric),
  };
}

/** What the key of the colours says: "test MSE: lower (brighter) is better". */
function keyTitle({ title, best }: ShownMetric): string {
  const better = best === null ? '' : `: ${best === 'min' ? 'lower' : 'higher'} (brighter) is better`;
  return `${shortTitle(title)}${better}`;
}

/** A cell in which a seed diverged is never the best. */
function bestOf(groups: readonly Group[], { name, best }: ShownMetric): Group | null {
  if (best === null) return null;
  const sign = best === 'max' ? -1 : 1;
  const finite = groups.filter(
    (group) => meanOf(group, name) !== null && countStatus(group.trials, 'diverged') === 0,
  );
  return [...finite].sort((a, b) => sign * (meanOf(a, name)! - meanOf(b, name)!))[0] ?? null;
}

function stateOf(group: Group, metric: string): HeatMapCell['state'] {
  if (group.trials.length === 0) return 'stopped';
  if (meanOf(group, metric) !== null) return 'value';
  if (countStatus(group.trials, 'diverged') > 0) return 'diverged';
  // Only trials that minimise a loss have its value.
  return countStatus(group.trials, 'done') > 0 ? 'no value' : 'not run';
}

/** "batch size 10, learning rate 0.1: test MSE 0.0512 ± 0.0031, 3 seeds, 1 diverged". */
function detailOf(group: Group, metric: ShownMetric, names: readonly OptionName[]): string {
  const values = finishedValues(group, metric.name);
  const spread = standardDeviation(values);
  const plusMinus = Number.isFinite(spread)
    ? ` ± ${significantText(spread, 4)} over ${values.length} seeds`
    : '';
  const where = names.map((name) => settingWords(name, group.settings[name])).join(', ');
  const diverged = countStatus(group.trials, 'diverged');
  const parts = [
    values.length === 0 ? '' : `${typeset(metric.title)} ${significantText(mean(values), 4)}${plusMinus}`,
    diverged > 0 ? `${diverged} diverged` : '',
    values.length === 0 && diverged === 0 ? stateOf(group, metric.name) : '',
  ];
  return `${where}: ${parts.filter((part) => part !== '').join(', ')}`;
}
