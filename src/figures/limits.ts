import type { OptionName } from '../experiment/options.ts';
import { leads } from '../experiment/seeds.ts';
import { isInGrid } from '../output/settings.ts';
import { gridAxes } from './grid.ts';
import { cellKeys, type Results, valuesOf } from './results.ts';

/** Of more trials, `fys-nn plot` draws the figures, not the run: they need the results of all trials in memory. */
export const mostWhileRunning = 5000;

/** The largest figure that is still legible and is drawn within seconds. */
const limits = {
  trials: 200_000,
  rows: 100,
  columns: 100,
  panels: 25,
  cells: 2500,
  curves: 200,
  points: 2000,
};

/** The trials of a search from which the drawn ones are chosen within seconds. */
const mostOfSearch = 20_000;

type Trials = readonly Pick<Results['trials'][number], 'settings'>[];

/** The reason why these trials have no figures: "no figures of 600 columns: …"; null if they can be drawn. */
export function whyNotDrawn(
  experiment: Results['experiment'],
  trials: Trials,
  { isSearch = false } = {},
): string | null {
  // Of a search, the best settings are drawn, however many there are.
  if (isSearch && trials.length <= mostOfSearch) return null;
  // Settings are created on access, and a large grid may have a million of them.
  const counts = trials.length > limits.trials ? { trials: trials.length } : countsOf(experiment, trials);
  const names = Object.keys(counts) as (keyof typeof limits)[];
  const name = names.find((one) => (counts[one] ?? 0) > limits[one]);
  if (name === undefined) return null;
  const why = name === 'trials' ? 'take too long' : 'not be legible';
  return `no figures of ${counts[name]} ${name}: more than ${limits[name]} would ${why}`;
}

function countsOf(experiment: Results['experiment'], trials: Trials): Partial<typeof limits> {
  const { rows, columns, curves } = experiment.layout;
  // What is drawn of seeds is their mean and spread, so there may be any number of them.
  const all = leads(trials).map((settings) => ({ settings }));
  if (curves !== null || columns === null) return { curves: combinations(all, []) };
  if (rows === null) return { curves: combinations(all, [columns]), points: valuesOf(all, columns).length };
  const inside = all.filter(({ settings }) => isInGrid(settings, rows, columns));
  if (inside.length === 0) return { curves: combinations(all, []) };
  const axes = gridAxes(experiment, inside);
  return {
    rows: valuesOf(inside, axes[0]).length,
    columns: valuesOf(inside, axes[1]).length,
    panels: combinations(inside, axes),
    cells: combinations(inside, []),
  };
}

/** The number of distinct settings if the seeds and some options are ignored. */
function combinations(trials: Trials, without: readonly OptionName[]): number {
  const keyOf = cellKeys(trials, without);
  return new Set(trials.map(({ settings }) => keyOf(settings))).size;
}
