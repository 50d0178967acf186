import type { Setting } from '../experiment/options.ts';
import { significant } from '../stats/significant.ts';
import { twoDigits } from '../stats/two-digits.ts';
import type { Colors } from './colors.ts';

/** What a cell shows: a value, or why it has none. */
export interface Shown {
  /** null where there is none: then `state` says why. */
  readonly value: number | null;
  readonly state: 'value' | 'diverged' | 'not run';
  /** Of several seeds some diverged: the value is the others' mean. */
  readonly partly: boolean;
}

/** Two significant figures, as in the report; lines of text where there is no number. */
export function cellText({ value, state, partly }: Shown, colors: Colors): string | string[] {
  if (state === 'diverged') return 'div.';
  if (state === 'not run' || value === null) return ['not', 'run'];
  const short =
    colors.kind === 'difference' ? decimal(value, colors) : twoDigits(value).replace(/e\+?(-?)0?/, 'e$1');
  return partly ? `${short}†` : short;
}

/** As many decimals for every difference as show the largest of them with two figures; two at the least below 10. */
function decimal(value: number, { high }: Colors): string {
  const decimals = high > 0 ? Math.min(20, Math.max(high < 10 ? 2 : 0, 1 - Math.floor(Math.log10(high)))) : 0;
  return value.toFixed(decimals).replace(/^-(0\.?0*)$/, '$1');
}

/** Powers of ten as 10⁻⁴ where one of them is long; all else as it is given. */
export function tickTexts(ticks: readonly Setting[]): string[] {
  const exponents = ticks.map((tick) =>
    typeof tick === 'number' && tick > 0 ? Math.log10(tick) : Number.NaN,
  );
  const powers = exponents.every((exponent, i) => Number(`1e${Math.round(exponent)}`) === ticks[i]);
  const long = ticks.some((tick) => String(tick).length > 5);
  if (!powers || !long) return shortTicks(ticks);
  return exponents.map((exponent) => `10${superscript(Math.round(exponent))}`);
}

/** At most six figures, where they still tell the ticks apart: linspace gives 0.0036899999999999997. */
function shortTicks(ticks: readonly Setting[]): string[] {
  const short = ticks.map((tick) => (typeof tick === 'number' ? significant(tick, 6) : tick));
  const shown = new Set(short).size === ticks.length ? short : ticks;
  return shown.map((tick) => (typeof tick === 'string' ? tick.replaceAll('_', ' ') : String(tick)));
}

function superscript(exponent: number): string {
  return [...String(exponent)].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])).join('');
}
