import { significant } from '../stats/significant.ts';
import type { Effect } from './effect.ts';

/** A share as a percentage with at most `digits` significant digits: "99 %", "99.9 %". */
export function percent(share: number, digits = 4): string {
  return `${Number((100 * share).toPrecision(digits))} %`;
}

/** A number with four significant digits, the most that the report prints. */
export function valueText(value: number): string {
  return String(significant(value, 4));
}

/** A p-value as text: "0.31", "< 0.0001". */
export function pValueText(p: number | null): string {
  if (p === null) return 'not run';
  return p < 1e-4 ? '< 0.0001' : String(significant(p, 2));
}

/** An interval as text: "0.041 to 0.062"; an unbounded end is "infinity" or "-infinity". */
export function rangeText(interval: { readonly low: number; readonly high: number } | null): string {
  if (interval === null) return 'not run';
  const end = (x: number) =>
    Number.isFinite(x) ? String(significant(x, 3)) : x > 0 ? 'infinity' : '-infinity';
  return `${end(interval.low)} to ${end(interval.high)}`;
}

/** The central interval of one more run and how many runs diverged: "0.041 to 0.062, 2 of 8 runs diverged". */
export function runsText({
  found,
  values,
}: {
  readonly found: { readonly interval: Parameters<typeof rangeText>[0] } | null;
  readonly values: readonly (number | null)[];
}): string {
  const count = divergedRuns(values);
  const diverged = `${count} of ${values.length} runs diverged`;
  const range = rangeText(found?.interval ?? null);
  if (count === 0) return range;
  return count === values.length ? diverged : `${range}, ${diverged}`;
}

/** The number of diverged runs, which are those with an infinite value. */
export function divergedRuns(values: readonly (number | null)[]): number {
  return values.filter((value) => value !== null && !Number.isFinite(value)).length;
}

/** The unit of a number's distance: a mean of several runs varies less than one run. */
export function deviationsText({ runs = 1 }: { readonly runs?: number | undefined }): string {
  return `standard deviations of ${runs === 1 ? 'one run' : `a mean of ${runs} runs`}`;
}

/** A distance in standard deviations: "2.3", "-15"; "none" where there is no such shift. */
export function zText(z: number | undefined): string {
  if (z === undefined || Number.isNaN(z)) return 'not run';
  return Number.isFinite(z) ? String(significant(z, 2)) : 'none';
}

/** By how much a conclusion holds: "0.0049 (0.0031 to 0.0062), 1.2 spreads". */
export function effectText({ median, interval, inSpreads }: Effect): string {
  const spreads = inSpreads === null ? '' : `, ${significant(inSpreads, 2)} of the spread between seeds`;
  return `${significant(median, 2)} (${rangeText(interval)})${spreads}`;
}
