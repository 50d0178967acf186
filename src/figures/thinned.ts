import type { Experiment } from '../experiment/define.ts';
import { type OptionName, optionTitle, type Setting, type Settings } from '../experiment/options.ts';
import { evenIndices } from './even-indices.ts';
import { whyNotDrawn } from './limits.ts';
import { differingOptions, groupSeeds, meanOf, type Results, type TrialResult, valuesOf } from './results.ts';

/** Some of the values of each option, so many that figures are legible. */
interface Thinned {
  /** Whether a trial is among those that are drawn. */
  readonly isDrawn: (trial: Pick<TrialResult, 'settings'>) => boolean;
  /** "Not all settings are drawn: 50 of 300 values of learning rate, evenly spaced, with those of the best." */
  readonly note: string;
}

/** How many values of an option are kept at most: the first number with which the figures are legible. Lines have many points. */
const tries = [25, 14, 10, 7, 5, 3];
const pointsOfLines = 500;

/**
 * Which settings of a grid are drawn that has too many for one figure (`whyNotDrawn` with this layout): evenly spaced values of the
 * options that have most, and the values of the best cell of each metric. null if that leaves too many too.
 */
export function thinned(results: Results, layout: Experiment['layout']): Thinned | null {
  const { experiment, trials } = results;
  const counts = differingOptions(results).map((name) => ({ name, values: valuesOf(trials, name) }));
  const best = bestSettings(results);
  const areLines = layout.curves === null && layout.rows === null;
  for (const most of areLines ? [pointsOfLines, ...tries] : tries) {
    const chosen = counts
      .filter(({ values }) => values.length > most)
      .map(({ name, values }) => ({ name, values, kept: keptOf(name, values, most - best.length, best) }));
    const isDrawn = ({ settings }: { readonly settings: Settings }) =>
      chosen.every(({ name, kept }) => (settings[name] ?? null) === null || kept.has(settings[name]!));
    const left = trials.filter(isDrawn);
    if (chosen.length === 0 || whyNotDrawn({ ...experiment, layout }, left) !== null) continue;
    const parts = chosen.map(
      ({ name, values, kept }) => `${kept.size} of ${values.length} values of ${optionTitle(name)}`,
    );
    const note = `Not all settings are drawn: ${parts.join(', ')}, evenly spaced, with those of the best.`;
    return { isDrawn, note };
  }
  return null;
}

function keptOf(
  name: OptionName,
  values: readonly Setting[],
  most: number,
  best: readonly Settings[],
): ReadonlySet<Setting> {
  const even = evenIndices(values.length, Math.max(2, most)).map((index) => values[index]);
  return new Set([...even, ...best.flatMap((settings) => settings[name] ?? [])]);
}

/** The cell with the best mean of each metric that is shown, of those of which no seed diverged. */
function bestSettings({ experiment, trials }: Results): Settings[] {
  const whole = groupSeeds(trials).filter((group) =>
    group.trials.every(({ status }) => status !== 'diverged'),
  );
  const found = experiment.layout.metrics.flatMap(({ name, best }) => {
    const sign = best === 'max' ? -1 : 1;
    let least: { readonly value: number; readonly settings: Settings } | null = null;
    for (const group of best === null ? [] : whole) {
      const mean = meanOf(group, name);
      if (mean !== null && (least === null || sign * mean < least.value))
        least = { value: sign * mean, settings: group.settings };
    }
    return least?.settings ?? [];
  });
  return [...new Set(found)];
}
