import { type OptionName, optionTitle, type Settings } from '../experiment/options.ts';
import { tickTexts } from './cell-text.ts';
import type { SeriesTitle } from './curve-key.ts';
import { typeset } from './notes.ts';
import { type Group, type Results, valuesOf } from './results.ts';

/** The title of curves that differ in these options. Nets are numbered, but the numbers mean nothing. */
export function seriesTitle({ trials }: Results, names: readonly OptionName[]): SeriesTitle {
  if (names.length !== 1) return { title: '', ordered: false };
  const values = valuesOf(trials, names[0]);
  return {
    title: optionTitle(names[0]),
    ordered: names[0] !== 'net' && values.every((value) => typeof value === 'number'),
  };
}

/** Cells that differ in one number are in its order. */
export function inOrder(
  groups: readonly Group[],
  results: Results,
  names: readonly OptionName[],
): readonly Group[] {
  if (!seriesTitle(results, names).ordered) return groups;
  return [...groups].sort((a, b) => Number(a.settings[names[0]]) - Number(b.settings[names[0]]));
}

export type SeriesName = (settings: Settings) => string;

/** The name of a curve: the value of the one option in which the curves differ, or all of these with their names. */
export function seriesNames({ trials }: Results, names: readonly OptionName[]): SeriesName {
  const texts = new Map(
    names.map((name) => {
      const values = valuesOf(trials, name);
      const short = tickTexts(values).map(typeset);
      return [name, new Map(values.map((value, i) => [value, short[i]]))];
    }),
  );
  const text = (name: OptionName, settings: Settings) => texts.get(name)!.get(settings[name]!) ?? '';
  if (names.length === 1) return (settings) => text(names[0], settings);
  return (settings) =>
    names
      .filter((name) => (settings[name] ?? null) !== null)
      .map((name) => `${optionTitle(name)} ${text(name, settings)}`)
      .join(', ');
}
