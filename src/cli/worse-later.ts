import { optionsOf } from '../experiment/define.ts';
import { shortSettingWords } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { isSeed } from '../experiment/seeds.ts';
import type { RoundSetting } from '../experiment/stopping.ts';
import { significantText } from '../stats/significant.ts';

/**
 * That the setting which successive halving chose is worse after all epochs than it was before, or than one that was stopped. Empty if
 * it is not; for a race, whose rounds differ in their seeds; and without a setting that is left.
 */
export function worseLaterNotes({ experiment, stopping }: Plan): string[] {
  if (stopping?.rule.kind !== 'halving') return [];
  const { metric, results, rounds } = stopping;
  const sign = metric.best === 'max' ? -1 : 1;
  const bestOf = (rows: readonly RoundSetting[]): RoundSetting | undefined =>
    rows.reduce<RoundSetting | undefined>(
      (best, row) =>
        row.mean !== null && (best === undefined || sign * row.mean < sign * best.mean!) ? row : best,
      undefined,
    );
  const chosen = bestOf(results.filter(({ round }) => round === rounds.length));
  if (chosen === undefined) return [];
  const names = optionsOf(experiment).filter(
    (name) =>
      name !== 'epochs' &&
      !isSeed(name) &&
      new Set(results.map(({ settings }) => settings[name] ?? null)).size > 1,
  );
  const keyOf = ({ settings }: RoundSetting) => JSON.stringify(names.map((name) => settings[name] ?? null));
  const textOf = ({ settings }: RoundSetting) =>
    names
      .filter((name) => (settings[name] ?? null) !== null)
      .map((name) => shortSettingWords(name, settings[name]!))
      .join(', ');
  const isBetter = (row: RoundSetting) => row.mean !== null && sign * row.mean < sign * chosen.mean!;
  const better = results.filter((row) => row.round < chosen.round && isBetter(row));
  const before = bestOf(better.filter((row) => keyOf(row) === keyOf(chosen)));
  const stopped = bestOf(better.filter(({ kept }) => !kept));
  const at = ({ mean, epochs, round }: RoundSetting) =>
    `${significantText(mean!, 3)} after ${epochs} epochs (round ${round})`;
  const than = [
    ...(before === undefined ? [] : [`it was before, ${at(before)}`]),
    ...(stopped === undefined ? [] : [`${textOf(stopped)} when it was stopped, ${at(stopped)}`]),
  ];
  if (than.length === 0) return [];
  return [
    `the chosen setting, ${textOf(chosen)}, is worse with ${metric.title} ${at(chosen)} than ${than.join(', and than ')}; all rounds are in rounds.csv`,
  ];
}
