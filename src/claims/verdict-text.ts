import { significant } from '../stats/significant.ts';

/** "99 %", "99.9 %": a share with at most so many digits. */
export function percent(share: number, digits = 4): string {
  return `${Number((100 * share).toPrecision(digits))} %`;
}

/** As many digits as the report prints at most. */
export function valueText(value: number): string {
  return String(significant(value, 4));
}

/** A p-value: "0.31", "< 0.0001". */
export function spreadText(p: number | null): string {
  if (p === null) return 'not run';
  return p < 1e-4 ? '< 0.0001' : String(significant(p, 2));
}

/** "0.041 to 0.062"; unbounded ends are infinities. */
export function rangeText(interval: { readonly low: number; readonly high: number } | null): string {
  if (interval === null) return 'not run';
  const end = (x: number) =>
    Number.isFinite(x) ? String(significant(x, 3)) : x > 0 ? 'infinity' : '-infinity';
  return `${end(interval.low)} to ${end(interval.high)}`;
}

/** "0.041 to infinity, 2 of 8 runs diverged": where one more run would be; of runs that all diverged only that. */
export function runsText({
  interval,
  values,
}: {
  readonly interval: Parameters<typeof rangeText>[0];
  readonly values: readonly (number | null)[];
}): string {
  const count = divergedRuns(values);
  const diverged = `${count} of ${values.length} runs diverged`;
  if (count === 0) return rangeText(interval);
  return count === values.length ? diverged : `${rangeText(interval)}, ${diverged}`;
}

/** How many of the runs diverged: their number is infinite. */
export function divergedRuns(values: readonly (number | null)[]): number {
  return values.filter((value) => value !== null && !Number.isFinite(value)).length;
}
