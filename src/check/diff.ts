import { listText } from '../experiment/command-text.ts';
import { decidingMetric } from '../experiment/deciding.ts';
import { type Experiment, optionsOf, type ShownMetric } from '../experiment/define.ts';
import { type OptionName, optionTitle, type Setting, type Settings } from '../experiment/options.ts';
import { isSeed } from '../experiment/seeds.ts';
import {
  finishedValues,
  type Group,
  groupSeeds,
  meanOf,
  type Results,
  valuesOf,
} from '../figures/results.ts';
import { groupBy } from '../output/group-by.ts';
import { competes } from '../output/settings.ts';
import { standardDeviation } from '../stats/describe.ts';
import { compareRuns, holm, type TwoSamples } from '../stats/two-samples.ts';
import { metricColumn, metricsOf } from '../trial/metrics.ts';

/** Two runs side by side, A and B. */
export interface Diff {
  readonly settings: readonly SettingDiff[];
  readonly metrics: readonly MetricDiff[];
  /** Cells of one run that the other has no counterpart of, in words. */
  readonly only: { readonly a: readonly string[]; readonly b: readonly string[] };
  /** The best cell of each by the metric that decides there. */
  readonly best: { readonly a: BestCell | null; readonly b: BestCell | null };
}

/** What one option is in both runs, in words; null where no trial reads it. */
export interface SettingDiff {
  readonly title: string;
  readonly a: string | null;
  readonly b: string | null;
  readonly differs: boolean;
}

export interface MetricDiff extends ShownMetric {
  readonly cells: readonly CellDiff[];
}

/** What a metric is in two cells that correspond to each other. */
export interface CellDiff extends TwoSamples {
  /** The settings in which it differs from other cells: "learning rate 0.1". */
  readonly cell: string;
  readonly a: Side;
  readonly b: Side;
  /** The mean of b minus that of a; null if one is missing. */
  readonly difference: number | null;
  /** `pValue`, adjusted for the number of cells of the metric. */
  readonly adjusted: number | null;
  readonly verdict: 'same' | 'better' | 'worse' | 'moved' | 'within seeds' | 'one seed' | 'no value';
}

/** A metric over the seeds of a cell. */
export interface Side {
  readonly mean: number | null;
  readonly deviation: number | null;
  /** The seeds that finished, and those that diverged. */
  readonly runs: number;
  readonly diverged: number;
}

export interface BestCell extends Side {
  readonly cell: string;
  readonly metric: string;
  readonly title: string;
}

/** A difference counts as more than seeds explain where its adjusted p-value is at most this. */
const diffLevel = 0.05;

/** Pairs beyond these tell a reader nothing new. */
const mostPairs = 20_000;

/**
 * Compares two runs: their settings, and their metrics cell by cell.
 *
 * Two cells correspond where their settings are equal, apart from the seeds and from options that have no value in common and of which one
 * run has a single value: what was changed everywhere. `wanted` are columns of trials.csv; without any, those that the experiments show.
 */
export function diffRuns(a: Results, b: Results, wanted: readonly string[] = []): Diff {
  const names = [...new Set([...optionsOf(a.experiment), ...optionsOf(b.experiment)])];
  const changed = new Set(names.filter((name) => !isSeed(name) && isChanged(name, a, b)));
  const keys = names.filter((name) => !isSeed(name) && !changed.has(name));
  const told = names.filter(
    (name) => !isSeed(name) && [a, b].some((run) => valuesOf(run.trials, name).length > 1),
  );
  const keyOf = ({ settings }: Group) => JSON.stringify(keys.map((name) => settings[name] ?? null));
  const [inA, inB] = [a, b].map(({ trials }) => groupSeeds(trials));
  const byKey = groupBy(inA, keyOf);
  const pairs = inB.flatMap((cell) => (byKey.get(keyOf(cell)) ?? []).map((other) => [other, cell] as const));
  const paired = new Set(pairs.slice(0, mostPairs).flat());
  return {
    settings: names.map((name) => settingDiff(name, a, b)),
    metrics: metricsFor(a.experiment, b.experiment, wanted).map((metric) => ({
      ...metric,
      cells: judged(pairs.slice(0, mostPairs), metric, told),
    })),
    only: {
      a: inA.filter((cell) => !paired.has(cell)).map((cell) => cellText(cell.settings, told)),
      b: inB.filter((cell) => !paired.has(cell)).map((cell) => cellText(cell.settings, told)),
    },
    best: { a: bestOf(a, inA, told), b: bestOf(b, inB, told) },
  };
}

/** Whether the runs have no value of an option in common, and one of them has a single one. */
function isChanged(name: OptionName, a: Results, b: Results): boolean {
  const [inA, inB] = [a, b].map(
    ({ trials }) => new Set(trials.map(({ settings }) => settings[name] ?? null)),
  );
  return (inA.size === 1 || inB.size === 1) && ![...inA].some((value) => inB.has(value));
}

function settingDiff(name: OptionName, a: Results, b: Results): SettingDiff {
  const [inA, inB] = [a, b].map(({ trials }) => {
    const values = valuesOf(trials, name);
    return values.length === 0 ? null : listText(values);
  });
  return { title: optionTitle(name), a: inA, b: inB, differs: inA !== inB };
}

/** The metrics to compare: those that are wanted or shown, of those that both runs have. */
function metricsFor(a: Experiment, b: Experiment, wanted: readonly string[]): ShownMetric[] {
  const common = commonMetrics(a, b);
  const shown = [...a.layout.metrics, ...b.layout.metrics];
  const names = wanted.length > 0 ? wanted : [...new Set(shown.map(({ name }) => name))];
  return names.flatMap((name) => {
    if (!common.includes(name)) return [];
    const { title, better } = metricColumn(name);
    const own = shown.find((metric) => metric.name === name);
    return own ?? { name, title, best: better === null ? null : better === 'lower' ? 'min' : 'max' };
  });
}

/** The metrics that both experiments have. */
export function commonMetrics(a: Experiment, b: Experiment): string[] {
  const inB = new Set(metricsOf(b).map(({ name }) => name));
  return metricsOf(a).flatMap(({ name }) => (inB.has(name) ? [name] : []));
}

function judged(
  pairs: readonly (readonly [Group, Group])[],
  { name, best }: ShownMetric,
  told: readonly OptionName[],
): CellDiff[] {
  const { scale } = metricColumn(name);
  const found = pairs.map(([a, b]) => {
    const [sideA, sideB] = [sideOf(a, name), sideOf(b, name)];
    const difference = sideA.mean === null || sideB.mean === null ? null : sideB.mean - sideA.mean;
    const runs = compareRuns(bySeed(a, name), bySeed(b, name), scale);
    return { cell: pairText(a.settings, b.settings, told), a: sideA, b: sideB, difference, ...runs };
  });
  const adjusted = holm(found.flatMap(({ pValue }) => pValue ?? []));
  let next = 0;
  return found.map((one) => {
    const own = one.pValue === null ? null : adjusted[next++];
    return { ...one, adjusted: own, verdict: verdictOf(one, own, best) };
  });
}

function verdictOf(
  { difference, a, b }: Pick<CellDiff, 'difference' | 'a' | 'b'>,
  adjusted: number | null,
  best: ShownMetric['best'],
): CellDiff['verdict'] {
  if (difference === null || !Number.isFinite(difference)) return 'no value';
  if (difference === 0 && a.deviation === b.deviation) return 'same';
  if (adjusted === null) return 'one seed';
  if (adjusted > diffLevel) return 'within seeds';
  if (best === null) return 'moved';
  return difference < 0 === (best === 'min') ? 'better' : 'worse';
}

function sideOf(cell: Group, name: string): Side {
  const values = finishedValues(cell, name);
  const deviation = standardDeviation(values);
  return {
    mean: meanOf(cell, name),
    deviation: Number.isFinite(deviation) ? deviation : null,
    runs: values.length,
    diverged: cell.trials.filter(({ status }) => status === 'diverged').length,
  };
}

/** The values of a cell by all of its seeds. */
function bySeed({ trials }: Group, name: string): Map<string, number> {
  return new Map(
    trials.flatMap(({ settings, status, metrics }) => {
      const value = status === 'done' ? (metrics[name] ?? null) : null;
      const seeds = Object.entries(settings).filter(([option]) => isSeed(option as OptionName));
      return value === null ? [] : [[JSON.stringify(seeds), value] as const];
    }),
  );
}

/** The best cell by its mean. Cells of which a seed diverged, and other libraries, are never the best. */
function bestOf(
  { experiment }: Results,
  cells: readonly Group[],
  told: readonly OptionName[],
): BestCell | null {
  const { name, title, best } = decidingMetric(experiment);
  const sign = best === 'max' ? -1 : 1;
  const able = cells.filter(
    (cell) => competes(cell, undefined) && cell.trials.every(({ status }) => status === 'done'),
  );
  const values = able.map((cell) => sign * (meanOf(cell, name) ?? Number.POSITIVE_INFINITY));
  const place = values.reduce((found, value, index) => (value < values[found] ? index : found), 0);
  if (!Number.isFinite(values[place])) return null;
  return { cell: cellText(able[place].settings, told), metric: name, title, ...sideOf(able[place], name) };
}

function cellText(settings: Settings, told: readonly OptionName[]): string {
  return told.flatMap((name) => textOf(name, settings[name] ?? null)).join(', ');
}

/** The settings of two cells; "lambda 0 -> 0.1" where they differ. */
function pairText(a: Settings, b: Settings, told: readonly OptionName[]): string {
  return told
    .flatMap((name) => {
      const [inA, inB] = [a[name] ?? null, b[name] ?? null];
      if (inA === inB) return textOf(name, inA);
      return [`${optionTitle(name)} ${inA ?? 'none'} -> ${inB ?? 'none'}`];
    })
    .join(', ');
}

const textOf = (name: OptionName, value: Setting | null): string[] =>
  value === null ? [] : [`${optionTitle(name)} ${value}`];
