import { optionTitle } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { variedOptions } from '../output/settings.ts';
import { summarize } from '../output/summary.ts';
import type { Records } from '../output/trials-table.ts';
import { greatest } from '../stats/describe.ts';
import { significant } from '../stats/significant.ts';
import type { CurvesData } from './browser/data.ts';

/** More than are told apart on a screen would only make the page heavy. */
const mostEpochs = 200;

/** null where an experiment has no curves, or is a grid, which has more than can be told apart. */
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

/** All epochs, or as many evenly spread, the first and the last among them. */
function shownEpochs(count: number): number[] {
  const shown = Math.min(count, mostEpochs);
  const epochs = Array.from({ length: shown }, (_, i) => 1 + Math.round((i * (count - 1)) / (shown - 1)));
  return [...new Set(epochs)];
}

function rounded(value: number | null): number | null {
  return value === null ? null : significant(value, 4);
}
