import type { Setting } from '../experiment/options.ts';
import { significant } from '../stats/significant.ts';
import { twoDigits } from '../stats/two-digits.ts';
import type { Colors } from './colors.ts';

/** The value of a cell, or the reason why it has none. */
export interface CellContent {
  /** null if there is none; `state` gives the reason. */
  readonly value: number | null;
  readonly state: 'value' | 'diverged' | 'not run' | 'stopped' | 'no value' | 'not in the report';
  /** How many of its seeds diverged; a value is the mean of the others. */
  readonly diverged: number;
  readonly seeds: number;
}

/** The text in a cell of a published number that the report does not give. */
export const unpublished = '\u2013';

/** Two significant digits, as in the report; if there is no number, the reason. Seeds that diverged are counted. */
export function cellText({ value, state, diverged, seeds }: CellContent, colors: Colors): string | string[] {
  if (state === 'diverged') return seeds === 1 ? 'div.' : ['div.', `${diverged} of ${seeds}`];
  if (state === 'not in the report') return unpublished;
  if (state === 'stopped') return 'stopped';
  if (state === 'no value') return ['no', 'value'];
  if (state === 'not run' || value === null) return ['not', 'run'];
  const short = colors.kind === 'difference' ? decimal(value, colors) : plain(twoDigits(value));
  return diverged > 0 ? [short, `${diverged} div.`] : short;
}

/** 1.1e+02 as 110, and 1.2e+03 as 1.2e3. */
function plain(text: string): string {
  return text.includes('e+02') ? String(Number(text)) : text.replace(/e\+?(-?)0?/, 'e$1');
}

/** A difference. All have as many decimals as the largest one needs for two digits, and below 10 at least two. */
function decimal(value: number, { high }: Colors): string {
  const decimals = high > 0 ? Math.min(20, Math.max(high < 10 ? 2 : 0, 1 - Math.floor(Math.log10(high)))) : 0;
  return value.toFixed(decimals).replace(/^-(0\.?0*)$/, '$1');
}

/** Tick labels. Powers of ten are written as 10⁻⁴ if one of them is long; other values as given. */
export function tickTexts(ticks: readonly Setting[]): string[] {
  const exponents = ticks.map((tick) =>
    typeof tick === 'number' && tick > 0 ? Math.log10(tick) : Number.NaN,
  );
  const powers = exponents.every((exponent, i) => Number(`1e${Math.round(exponent)}`) === ticks[i]);
  const long = ticks.some((tick) => String(tick).length > 5);
  if (!powers || !long) return shortTicks(ticks);
  return exponents.map((exponent) => `10${superscript(Math.round(exponent))}`);
}

/** At most six digits, if the ticks stay distinct: linspace gives values such as 0.0036899999999999997. */
function shortTicks(ticks: readonly Setting[]): string[] {
  const short = ticks.map((tick) => (typeof tick === 'number' ? significant(tick, 6) : tick));
  const shown = new Set(short).size === ticks.length ? short : ticks;
  return shown.map((tick) => (typeof tick === 'string' ? tick.replaceAll('_', ' ') : String(tick)));
}

export function superscript(exponent: number): string {
  return [...String(exponent)].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])).join('');
}
