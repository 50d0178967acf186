import { decidingMetric, decidingWords } from '../experiment/deciding.ts';
import type { ShownMetric } from '../experiment/define.ts';
import { type OptionName, type SettingLists, shortSettingWords } from '../experiment/options.ts';
import { searchWords } from '../experiment/search.ts';
import { inTheirOrder } from '../experiment/stopping.ts';
import { competes } from '../output/settings.ts';
import { shortText } from '../stats/significant.ts';
import { countStatus, type Group, groupSeeds, meanOf, type Results, type StoppedResult } from './results.ts';

/** A setting of a search as figures show it. */
export interface DrawnSetting {
  /** Its place in the order of the draws, from 1. */
  readonly number: number;
  readonly group: Group;
  /** The mean of the deciding metric; null if a seed diverged or none finished. */
  readonly value: number | null;
  readonly diverged: boolean;
  /** What stopped it before it had all epochs and seeds; null if nothing did. */
  readonly stopped: StoppedResult | null;
}

/** What the figures of a search share. */
export interface Searched {
  readonly results: Results;
  readonly space: SettingLists;
  readonly metric: ShownMetric;
  /** "validation MSE, mean of 5 folds". */
  readonly metricWords: string;
  /** In the order of the draws. */
  readonly settings: readonly DrawnSetting[];
  /** The best first, only those with a value. */
  readonly ranked: readonly DrawnSetting[];
  /** "Sobol search, 200 settings: ...". */
  readonly words: string;
}

/** A search as figures show it; null for a grid. */
export function searchedOf(results: Results): Searched | null {
  const { search, experiment } = results;
  if (search === undefined) return null;
  const metric = decidingMetric(experiment);
  const all = inTheirOrder<Pick<DrawnSetting, 'group' | 'stopped'>, StoppedResult>(
    groupSeeds(results.trials).map((group) => ({ group, stopped: null })),
    results.stopped ?? [],
    (stopped) => ({ group: { settings: stopped.settings, trials: [] }, stopped }),
  );
  const own = all.filter(({ group }) => competes(group, search));
  const settings = own.map(({ group, stopped }, index): DrawnSetting => {
    const diverged = countStatus(group.trials, 'diverged') > 0;
    const value = diverged ? null : meanOf(group, metric.name);
    return { number: index + 1, group, value, diverged, stopped };
  });
  const sign = metric.best === 'max' ? -1 : 1;
  const ranked = settings.filter(({ value }) => value !== null).sort((a, b) => sign * (a.value! - b.value!));
  return {
    results,
    space: search.space,
    metric,
    metricWords: decidingWords(experiment.layout, metric),
    settings,
    ranked,
    words: searchWords({ ...search, distinct: settings.length }),
  };
}

/** "learning rate 0.058, hidden 44-21". */
export function settingText({ space }: Searched, { group }: DrawnSetting): string {
  return (Object.keys(space) as OptionName[])
    .filter((name) => (group.settings[name] ?? null) !== null)
    .map((name) => shortSettingWords(name, group.settings[name]!))
    .join(', ');
}

/** Whether settings were stopped before they had all epochs, as successive halving does. */
export function differInEpochs({ settings }: Searched): boolean {
  return settings.some(
    ({ group, stopped }) => stopped !== null && stopped.last.epochs !== (group.settings.epochs ?? null),
  );
}

/** "Best of 200: setting 9, learning rate 0.058; validation MSE 0.12." and how many diverged. */
export function searchNotesOf(searched: Searched): string[] {
  const { ranked, settings, metricWords } = searched;
  const [best] = ranked;
  const diverged = settings.filter((one) => one.diverged).length;
  const stopped = settings.filter((one) => one.stopped !== null).length;
  const failed = settings.filter((one) => (one.stopped?.last.diverged ?? 0) > 0).length;
  const because = failed === 0 ? '' : `, of which ${failed} diverged`;
  const equal = ranked.filter(({ value }) => value === best.value).length - 1;
  const also = equal === 0 ? '' : ` (${equal} ${equal === 1 ? 'other has' : 'others have'} the same)`;
  return [
    `Best: setting ${best.number} of ${settings.length}, ${settingText(searched, best)}; ${metricWords} ${shortText(best.value!, 3)}${also}.`,
    ...(stopped > 0
      ? [`${stopped} of ${settings.length} settings were stopped early (rounds.csv)${because}.`]
      : []),
    ...(differInEpochs(searched)
      ? ['No figure of the best so far: values after different numbers of epochs cannot be compared.']
      : []),
    ...(diverged > 0 ? [`${diverged} of ${settings.length} settings diverged.`] : []),
  ];
}
