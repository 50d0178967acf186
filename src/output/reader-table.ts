import { significantText } from '../stats/significant.ts';

/** A number as people read it: three significant digits, or, next to its spread over seeds, as many as that has. */
export interface ReaderNumber {
  readonly value: number;
  /** The standard deviation over the seeds; null for a single seed. */
  readonly spread: number | null;
  /** Whether it is the best of its metric, which is printed bold. */
  readonly best: boolean;
}

export interface ReaderColumn {
  readonly heading: string;
  /** A heading that it shares with its neighbours: "learning rate" above 0.01 and 0.1. */
  readonly group: string | null;
  readonly kind: 'number' | 'word' | 'text';
  /** Whether it names the rows, and is repeated where a wide table is split. */
  readonly names: boolean;
}

export interface ReaderRow {
  /** The heading of the rows that belong together: a metric. */
  readonly block: string | null;
  readonly cells: readonly (string | ReaderNumber)[];
}

/** A table as people read it: headings in groups, rows in blocks, rounded numbers, the best marked. */
export interface ReaderTable {
  readonly caption: string | null;
  /** For references from a text: "tab:grid-search-ols". */
  readonly label: string | null;
  readonly columns: readonly ReaderColumn[];
  readonly rows: Iterable<ReaderRow>;
}

/** Parts of a number's text: 0.0581 and 0.0023, or 1.2 and a power of ten. */
export interface NumberText {
  readonly value: string;
  readonly spread: string | null;
  /** The power of ten that multiplies both; null without. */
  readonly exponent: number | null;
}

/** Numbers from 0.0001 to 9999 are written without a power of ten. */
const [lowestPlain, highestPlain] = [-4, 3];

/** Three significant digits; with a spread, two digits of it, and the value to the same place. */
export function numberText({ value, spread }: Pick<ReaderNumber, 'value' | 'spread'>): NumberText {
  const size = powerOf(Math.max(Math.abs(value), spread ?? 0), 3);
  const exponent = size < lowestPlain || size > highestPlain ? size : null;
  const scaled = (x: number) => (exponent === null ? x : timesPowerOfTen(x, -exponent));
  if (spread === null) {
    const digits = exponent === null ? Math.max(0, 2 - size) : 2;
    return { value: value === 0 ? '0' : fixed(scaled(value), digits), spread: null, exponent };
  }
  const places = spread === 0 ? 2 - powerOf(Math.abs(scaled(value)), 3) : 1 - powerOf(scaled(spread), 2);
  const digits = Math.min(20, Math.max(0, places));
  return { value: fixed(scaled(value), digits), spread: fixed(scaled(spread), digits), exponent };
}

/** The power of ten of the first digit, after rounding to some digits; 0 for 0. */
function powerOf(x: number, digits: number): number {
  return x === 0 ? 0 : Number(x.toExponential(digits - 1).split('e')[1]);
}

/** x 10^power, also where that power of ten is no number, as for the smallest numbers. */
function timesPowerOfTen(x: number, power: number): number {
  const [digits, exponent] = x.toExponential().split('e');
  return Number(`${digits}e${Number(exponent) + power}`);
}

/** Without the sign of a number that rounds to 0. */
function fixed(x: number, digits: number): string {
  return x.toFixed(digits).replace(/^-(0(?:\.0*)?)$/, '$1');
}

/** The exponent of a power of ten below 0.01 or above 1000, which headings write as such; null for other numbers. */
export function powerOfTen(text: string): number | null {
  const x = Number(text);
  if (text === '' || !(x > 0) || (x >= 0.01 && x <= 1000)) return null;
  const exponent = Math.round(Math.log10(x));
  return significantText(x, 15) === significantText(Number(`1e${exponent}`), 15) ? exponent : null;
}
