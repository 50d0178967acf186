import { greatest, least } from '../stats/describe.ts';

export interface ResidualBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

const mostBins = 30;

/** The bins of a histogram of all values that are not empty, whose width is 1, 2 or 5 times a power of ten. */
export function residualBins(values: readonly number[]): ResidualBin[] {
  const [low, high] = [least(values), greatest(values)];
  const step = low < high ? niceStep((high - low) / mostBins) : niceStep(Math.abs(low) / mostBins || 0.05);
  const counts = new Map<number, number>();
  for (const value of values) {
    const bin = Math.floor(value / step);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([bin, rows]) => ({ from: bin * step, to: (bin + 1) * step, rows }));
}

/** The least of 1, 2, 5, 10 times a power of ten that is not below `width`. */
function niceStep(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= width) ?? 10 * power;
}
