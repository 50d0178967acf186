import { type OptionName, optionTitle, type Settings } from '../experiment/options.ts';
import { ownName } from '../output/settings.ts';
import { tickTexts } from './cell-text.ts';
import type { SeriesTitle } from './curve-key.ts';
import { typeset } from './notes.ts';
import { type Group, type Results, valuesOf } from './results.ts';

/** The title of curves that differ in these options. Nets are numbered, but the numbers mean nothing. */
export function seriesTitle({ trials }: Results, names: readonly OptionName[]): SeriesTitle {
  if (names.length !== 1) return { title: names.map(optionTitle).join(', '), ordered: false };
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

/** Stands in the name of a curve for an option that it does not have. */
const noValue = '\u2013';

/** The name of a curve: its values of the options in which the curves differ, in the order of the key's title. */
export function seriesNames({ trials }: Results, names: readonly OptionName[]): SeriesName {
  const texts = new Map(
    names.map((name) => {
      const values = valuesOf(trials, name);
      const words =
        name === 'reference' ? values.map((value) => (value === 'none' ? ownName : value)) : values;
      const short = tickTexts(words).map(typeset);
      return [name, new Map(values.map((value, i) => [value, short[i]]))];
    }),
  );
  return (settings) => names.map((name) => texts.get(name)!.get(settings[name]!) ?? noValue).join(', ');
}
