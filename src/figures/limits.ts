import type { OptionName } from '../experiment/options.ts';
import { isInGrid } from '../output/settings.ts';
import { type Results, valuesOf } from './results.ts';

/** What a figure shows so that it can be told apart, and so that it is drawn within seconds. */
const most = { trials: 5000, rows: 100, columns: 100, panels: 25, cells: 2500, curves: 200 };

type Trials = readonly Pick<Results['trials'][number], 'settings'>[];

/** Why there are no figures of these trials: "no figures of 600 columns: …"; null where there are. */
export function whyNotDrawn(experiment: Results['experiment'], trials: Trials): string | null {
  // Settings are made when they are asked for, and of a large grid there may be a million.
  const counts = trials.length > most.trials ? { trials: trials.length } : countsOf(experiment, trials);
  const names = Object.keys(counts) as (keyof typeof most)[];
  const name = names.find((one) => (counts[one] ?? 0) > most[one]);
  if (name === undefined) return null;
  return `no figures of ${counts[name]} ${name}: more than ${most[name]} cannot be told apart`;
}

function countsOf({ layout }: Results['experiment'], trials: Trials): Partial<typeof most> {
  const { rows, columns, curves } = layout;
  const all = trials.map(({ settings }) => ({ settings }));
  if (curves !== null || rows === null || columns === null) return { curves: combinations(all, ['seed']) };
  const inside = all.filter(({ settings }) => isInGrid(settings, rows, columns));
  return {
    rows: valuesOf(inside, rows).length,
    columns: valuesOf(inside, columns).length,
    panels: combinations(inside, ['seed', rows, columns]),
    cells: combinations(inside, ['seed']),
  };
}

/** How many settings there are when some options do not count. */
function combinations(trials: Trials, without: readonly OptionName[]): number {
  const left = Object.fromEntries(without.map((name) => [name, null]));
  return new Set(trials.map(({ settings }) => JSON.stringify({ ...settings, ...left }))).size;
}
