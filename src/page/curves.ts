import { optionTitle } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { variedOptions } from '../output/settings.ts';
import { summarize } from '../output/summary.ts';
import type { Records } from '../output/trials-table.ts';
import { greatest } from '../stats/describe.ts';
import { significant } from '../stats/significant.ts';
import type { CurvesData } from './browser/data.ts';

/** Epochs per curve, at most: more would enlarge the page but could not be distinguished on a screen. */
const maxEpochs = 200;

/** The curves of an experiment for its explorer; null if it shows none, as grids do. */
export function curvesData(plan: Plan, records: Records): CurvesData | null {
  const { experiment, lists } = plan;
  if (experiment.layout.curves === null) return null;
  const names = variedOptions(plan);
  const found = plan.cells.flatMap(({ trial }) => records.get(trial.id) ?? []);
  const longest = greatest(found.flatMap(({ curves }) => Object.values(curves).map(({ length }) => length)));
  if (longest < 2) return null;
  const epochs = shownEpochs(longest);
  const metrics = [...new Set(found.flatMap(({ curves }) => Object.keys(curves)))];
  const cells = summarize(plan, records).map((cell) => ({
    label: names.map((name) => String(cell.settings[name]).replaceAll('_', ' ')).join(', '),
    curves: Object.fromEntries(
      metrics.map((metric) => [
        metric,
        cell.cells.map(({ trial }) => {
          const curve = records.get(trial.id)?.curves[metric] ?? [];
          return epochs.map((epoch) => rounded(curve[epoch - 1] ?? null));
        }),
      ]),
    ),
  }));
  const choice = names.map(optionTitle).join(', ');
  return { choice, seeds: lists.seed as number[], epochs, metrics, cells };
}

/** All epochs, or `maxEpochs` evenly spaced ones including the first and the last. */
function shownEpochs(count: number): number[] {
  const shown = Math.min(count, maxEpochs);
  const epochs = Array.from({ length: shown }, (_, i) => 1 + Math.round((i * (count - 1)) / (shown - 1)));
  return [...new Set(epochs)];
}

function rounded(value: number | null): number | null {
  return value === null ? null : significant(value, 4);
}
