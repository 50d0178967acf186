import type { Cell } from '../experiment/cells.ts';
import { type OptionName, optionTitle, type Settings } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { drawLabel, leads, variedSeeds } from '../experiment/seeds.ts';
import { epochOfValue } from '../nn/evaluated-epochs.ts';
import { ownName, variedOptions } from '../output/settings.ts';
import { summarize } from '../output/summary.ts';
import type { Records } from '../output/trials-table.ts';
import { greatest } from '../stats/describe.ts';
import { significant } from '../stats/significant.ts';
import type { TrialRecord } from '../trial/trial.ts';
import type { CurvesData } from './browser/data.ts';

/** Epochs per curve, at most: more would enlarge the page but could not be distinguished on a screen. */
const maxEpochs = 200;

/** What a page has at most: more cells could not be chosen from, and more trials or values would make the page slow. */
const most = { cells: 200, trials: 5000, values: 1_000_000 };

/** A sentence if the curves of a plan are too many for the page; null if they are not, or there are none. */
export function tooManyCurves({ experiment, cells }: Plan, records: Records): string | null {
  if (experiment.layout.curves === null) return null;
  const count = cells.length > most.trials ? cells.length : leads(cells).length;
  if (count <= (cells.length > most.trials ? most.trials : most.cells)) return null;
  const hasCurve = ({ trial }: Cell) => {
    const record = records.get(trial.id);
    return record !== undefined && longestOf([record]) >= 2;
  };
  if (!cells.some(hasCurve)) return null;
  const of = cells.length > most.trials ? 'trials' : 'settings';
  return `The curves of ${count} ${of} are too many to choose from on a page: curves.csv of this run has them.`;
}

/** The curves of an experiment for its explorer; null if it shows none, as grids do. */
export function curvesData(plan: Plan, records: Records): CurvesData | null {
  const { experiment } = plan;
  if (experiment.layout.curves === null) return null;
  const names = variedOptions(plan);
  const settings = plan.cells.map((cell) => cell.settings);
  const varied = variedSeeds(settings);
  const draws = drawsOf(settings, varied);
  const isOf = (own: Settings, draw: Settings) =>
    varied.every((name) => (own[name] ?? null) === null || own[name] === draw[name]);
  const found = plan.cells.flatMap(({ trial }) => records.get(trial.id) ?? []);
  if (longestOf(found) < 2) return null;
  const metrics = [...new Set(found.flatMap(({ curves }) => Object.keys(curves)))];
  const epochs = Math.max(2, Math.min(maxEpochs, Math.floor(most.values / (found.length * metrics.length))));
  const cells = summarize(plan, records).map((cell) => {
    const trials = draws.map(
      (draw) => cell.cells.find(({ settings }) => isOf(settings, draw))?.trial.id ?? '',
    );
    const longest = longestOf(cell.cells.flatMap(({ trial }) => records.get(trial.id) ?? []));
    const shown = shownIndices(longest, epochs);
    return {
      label: names.map((name) => labelOf(name, cell.settings)).join(', '),
      epochs: shown.map((index) => epochOfValue(index, cell.settings)),
      curves: Object.fromEntries(
        metrics.map((metric) => [
          metric,
          trials.map((id) => {
            const curve = records.get(id)?.curves[metric] ?? [];
            return shown.map((index) => rounded(curve[index] ?? null));
          }),
        ]),
      ),
    };
  });
  const choice = names.map(optionTitle).join(', ');
  return { choice, seeds: draws.map((draw) => drawLabel(draw, varied)), metrics, cells };
}

function labelOf(name: OptionName, settings: Settings): string {
  const own = name === 'reference' && settings.reference === 'none';
  return own ? ownName : String(settings[name]).replaceAll('_', ' ');
}

/** One cell for each draw. Cells that do not read a varied seed, such as its mini-batches', belong to all draws. */
function drawsOf(settings: readonly Settings[], varied: readonly OptionName[]): Settings[] {
  const reading = settings.filter((one) => varied.every((name) => (one[name] ?? null) !== null));
  return [...new Map(reading.map((one) => [drawLabel(one, varied), one])).values()];
}

const longestOf = (records: readonly TrialRecord[]): number =>
  greatest(records.flatMap(({ curves }) => Object.values(curves).map(({ length }) => length)));

/** The indices of all values, or of `largest` evenly spaced ones including the first and the last. */
function shownIndices(count: number, largest: number): number[] {
  const shown = Math.min(count, largest);
  const indices = Array.from({ length: shown }, (_, i) => Math.round((i * (count - 1)) / (shown - 1 || 1)));
  return [...new Set(indices)];
}

function rounded(value: number | null): number | null {
  return value === null ? null : significant(value, 4);
}
