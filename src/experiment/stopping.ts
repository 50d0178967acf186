import type { DataConfig } from '../datasets/index.ts';
import { counted } from '../errors.ts';
import type { Interval } from '../stats/interval.ts';
import type { ShownMetric } from './define.ts';
import type { HalvingChoices } from './halving.ts';
import type { Settings } from './options.ts';

/** How settings that cannot win are stopped before they have all their epochs, or all seeds. */
export type StoppingRule =
  | ({ readonly kind: 'halving' } & HalvingChoices)
  /** `alpha` bounds the probability that the best setting is stopped. */
  | { readonly kind: 'racing'; readonly alpha: number };

/** The probability with which a race may stop the best setting, at most. */
export const racingAlpha = 0.05;

/** What a round says of one setting. */
export interface RoundSetting {
  /** Counted from 1. */
  readonly round: number;
  /** Without its seeds, and with the epochs of the round. */
  readonly settings: Settings;
  /** What it was trained on. */
  readonly data: DataConfig;
  /** Null for models without epochs. */
  readonly epochs: number | null;
  readonly seeds: number;
  readonly diverged: number;
  /** Of the metric that decides; null if a seed has none. */
  readonly mean: number | null;
  readonly deviation: number | null;
  /** The mean over the seeds of this setting's value minus that of the round's best, and its 95 % interval by Student's t. */
  readonly behind: (Interval & { readonly mean: number }) | null;
  /** Of racing: probability that equal settings would differ as much, among all of the round; null elsewhere. */
  readonly p: number | null;
  readonly kept: boolean;
  readonly reason: string;
}

/** A setting that was stopped. */
export interface StoppedPlace {
  /** Its place among all settings, from 0. */
  readonly place: number;
  /** Those that it would have had in the end, without its seeds. */
  readonly settings: Settings;
}

/** A setting that was stopped, and what its last round said of it. */
export interface StoppedSetting extends StoppedPlace {
  readonly last: RoundSetting;
}

/** What is left and what was stopped, in the order of all settings. */
export function inTheirOrder<T, Stopped extends StoppedPlace>(
  left: readonly T[],
  stopped: readonly Stopped[],
  asStopped: (one: Stopped) => T,
): T[] {
  const all = [...left];
  for (const one of stopped) all.splice(one.place, 0, asStopped(one));
  return all;
}

/** What the round says that stopped a setting. */
export type StoppingRound = Pick<RoundSetting, 'round' | 'epochs' | 'seeds' | 'diverged' | 'mean'>;

/** After what a round compares settings: "3 epochs" of successive halving, "6 seeds" of a race. */
export function comparedAfter(
  { kind }: Pick<StoppingRule, 'kind'>,
  { epochs, seeds }: Pick<RoundSetting, 'epochs' | 'seeds'>,
): string {
  return kind === 'halving' ? counted(epochs ?? 0, 'epoch') : counted(seeds, 'seed');
}

/** What became of a setting: the reason without the limit, which is the same for all of a round. */
export function outcomeOf({ kept, reason }: Pick<RoundSetting, 'kept' | 'reason'>): string {
  const short = reason.replace(/(, of which| [<>]=? ).*/, '');
  return kept ? short : `stopped: ${short}`;
}

/** How many panels without a setting that is left are named. */
const mostNamed = 5;

/** What is said of the panels of a grid of which every setting was stopped. */
export function wholeStopped(titles: readonly string[]): string[] {
  if (titles.length === 0) return [];
  const more = titles.length - mostNamed;
  const named = [...titles.slice(0, mostNamed), ...(more > 0 ? [`${more} more`] : [])].join('; ');
  return [`Not shown, because all their settings were stopped early (rounds.csv): ${named}.`];
}

/** One round: which settings it had, and what it took. */
export interface RoundFacts {
  readonly epochs: number | null;
  readonly seeds: number;
  readonly settings: number;
  readonly stopped: number;
  /** Trials that were not in an earlier round. */
  readonly trials: number;
}

/** What was tried, what was stopped and why. */
export interface Stopping {
  readonly rule: StoppingRule;
  /** The metric that decided. */
  readonly metric: ShownMetric;
  readonly rounds: readonly RoundFacts[];
  readonly results: readonly RoundSetting[];
  readonly stopped: readonly StoppedSetting[];
  /** What the rounds took, and what all settings with all epochs and seeds would have taken. */
  readonly cost: { readonly taken: number; readonly all: number; readonly unit: 'epochs' | 'trials' };
}

/** What the last round of each setting said, of those that got furthest first, and the best of these first. */
export function lastRounds({ rule, results, metric }: Stopping): RoundSetting[] {
  const lastOf = new Map<string, RoundSetting>();
  for (const row of results) lastOf.set(roundKey(row, rule), row);
  const sign = metric.best === 'max' ? -1 : 1;
  const lossOf = ({ mean }: RoundSetting) => (mean === null ? Number.POSITIVE_INFINITY : sign * mean);
  return [...lastOf.values()].sort((a, b) => b.round - a.round || compare(lossOf(a), lossOf(b)));
}

/** The same for a setting in all rounds, which differ in their epochs if it is halving. */
export function roundKey({ settings }: { readonly settings: Settings }, { kind }: StoppingRule): string {
  return JSON.stringify(kind === 'halving' ? { ...settings, epochs: null } : settings);
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The trials of all rounds, those of settings that were stopped included. */
export function trialsInRounds({ rounds }: Pick<Stopping, 'rounds'>): number {
  return rounds.reduce((sum, { trials }) => sum + trials, 0);
}
