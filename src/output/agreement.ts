import type { OptionName, Settings } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { metrics } from '../stats/metrics.ts';
import { significantText } from '../stats/significant.ts';
import { groupBy } from './group-by.ts';
import { referenceOf } from './settings.ts';
import type { Records } from './trials-table.ts';

/** How far the losses of another library are from ours in the same trials. */
export interface Agreement {
  readonly reference: string;
  /** The element type of ours. */
  readonly dtype: string;
  /** Whether losses after every evaluated epoch are compared; else those of fits without epochs, such as closed forms. */
  readonly ofEpochs: boolean;
  /** For each trial, in ascending order: the largest |theirs / ours - 1| of all losses. */
  readonly differences: readonly number[];
}

/** A trial as tables and figures have it. */
interface Compared {
  readonly settings: Settings;
  readonly status: string;
  readonly curves: Readonly<Record<string, CurveValues>>;
  /** Final values by name, for fits without curves. */
  readonly metrics?: Readonly<Record<string, number | null>>;
}

/** A list, or a part of a longer one. */
interface CurveValues {
  readonly length: number;
  at(index: number): number | null | undefined;
}

/** The trials of a plan, if some of them are those of other libraries. */
export function comparedTrials({ cells, lists }: Plan, records: Records): Compared[] {
  if ((lists.reference ?? []).every((name) => name === 'none')) return [];
  return cells.map(({ settings, trial }) => ({
    settings,
    status: records.get(trial.id)?.status ?? 'not run',
    get curves() {
      return records.get(trial.id)?.curves ?? {};
    },
    get metrics() {
      return records.get(trial.id)?.metrics ?? {};
    },
  }));
}

/**
 * Compares the curves of trials that another library has trained with those of ours that have the same settings, where both
 * finished, and the losses where neither has curves.
 */
export function agreements(trials: readonly Compared[]): Agreement[] {
  const done = trials.filter(({ status }) => status === 'done');
  const theirs = done.filter(({ settings }) => referenceOf(settings) !== null);
  if (theirs.length === 0) return [];
  const matching = createMatching(done.filter(({ settings }) => referenceOf(settings) === null));
  const found = new Map<string, Agreement & { readonly differences: number[] }>();
  for (const trial of theirs) {
    for (const own of matching(trial.settings)) {
      const ofEpochs = hasCurves(trial);
      if (hasCurves(own) !== ofEpochs) continue;
      const difference = largestDifference(lossesOf(trial), lossesOf(own));
      if (difference === null) continue;
      const [reference, dtype] = [referenceOf(trial.settings)!, String(own.settings.dtype ?? 'float64')];
      const key = `${reference} ${dtype} ${ofEpochs}`;
      if (!found.has(key)) found.set(key, { reference, dtype, ofEpochs, differences: [] });
      found.get(key)!.differences.push(difference);
    }
  }
  for (const { differences } of found.values()) differences.sort((a, b) => a - b);
  return [...found.values()];
}

/** Finds the trials whose settings are those of another one, as far as that one reads them. */
function createMatching(trials: readonly Compared[]): (settings: Settings) => readonly Compared[] {
  const indices = new Map<string, Map<string, Compared[]>>();
  return (settings) => {
    const names = (Object.keys(settings) as OptionName[]).filter(
      (name) => name !== 'reference' && settings[name] !== null,
    );
    const keyOf = (of: Settings) => JSON.stringify(names.map((name) => of[name] ?? null));
    const signature = names.join();
    if (!indices.has(signature))
      indices.set(
        signature,
        groupBy(trials, ({ settings: own }) => keyOf(own)),
      );
    return indices.get(signature)!.get(keyOf(settings)) ?? [];
  };
}

const hasCurves = ({ curves }: Compared): boolean => Object.keys(curves).length > 0;

/** The losses after every evaluated epoch, or the final ones of a fit without epochs. */
function lossesOf(trial: Compared): Compared['curves'] {
  if (hasCurves(trial)) return trial.curves;
  const finals = Object.entries(trial.metrics ?? {}).filter(([name]) =>
    /^(train|test|validation)_/.test(name),
  );
  return Object.fromEntries(finals.map(([name, value]) => [name, [value]]));
}

/** The largest relative difference of their losses; null if they have none in common. */
function largestDifference(theirs: Compared['curves'], ours: Compared['curves']): number | null {
  let largest: number | null = null;
  for (const [name, curve] of Object.entries(theirs)) {
    const metric = name.slice(name.indexOf('_') + 1) as keyof typeof metrics;
    if (metrics[metric]?.better !== 'lower') continue;
    for (let index = 0; index < curve.length; index++) {
      const [a, b] = [curve.at(index) ?? null, ours[name]?.at(index) ?? null];
      if (a !== null && b !== null && b !== 0) largest = Math.max(largest ?? 0, Math.abs(a / b - 1));
    }
  }
  return largest;
}

/** A sentence for each library. In an unstable training differences of rounding grow, so that one trial may be far off. */
export function agreementNotes(found: readonly Agreement[]): string[] {
  const several = new Set(found.map(({ dtype }) => dtype)).size > 1;
  return found.map(({ reference, dtype, ofEpochs, differences }) => {
    const ours = several ? `ours in ${dtype}` : 'ours';
    const which = ofEpochs ? 'losses after every epoch' : 'losses';
    const count = differences.length;
    const [half, most] = [differences[Math.ceil(count / 2) - 1], differences[count - 1]];
    if (most === 0) return `${reference}: all ${which} are equal to ${ours}`;
    const all = `${reference}: ${which} differ from ${ours} by at most ${digits(most)} of their value`;
    return most < 10 * half || count === 1
      ? all
      : `${all}, in half of the ${count} trials by at most ${digits(half)}`;
  });
}

function digits(difference: number): string {
  return significantText(difference, 2);
}
