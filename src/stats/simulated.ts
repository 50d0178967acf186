import { fitPareto, type Pareto, paretoQuantile, paretoTail } from './pareto.ts';

/** How many of the largest values fit the tail beyond them, as a share of all. */
const tailShare = 0.01;

/** A distribution known from many simulated values, with a generalised Pareto tail beyond the largest hundredth. */
export interface Simulated {
  /** P(X >= x). */
  probabilityBeyond(x: number): number;
  /** The x that is exceeded with this probability. */
  valueAt(probability: number): number;
}

/** Describes simulated values, which it sorts; at least a thousand, finite. */
export function simulated(values: Float64Array): Simulated {
  const sorted = values.sort();
  const n = sorted.length;
  const beyond = Math.round(tailShare * n);
  const threshold = sorted[n - beyond - 1];
  let fitted: Pareto | null = null; // fitted when it is needed
  const tail = () => {
    fitted ??= fitPareto(sorted.slice(-beyond).map((value) => value - threshold));
    return fitted;
  };
  return {
    probabilityBeyond: (x) =>
      x > threshold ? (beyond / n) * paretoTail(tail(), x - threshold) : (n - countBelow(sorted, x)) / n,
    valueAt: (probability) => {
      const within = probability * n;
      if (within < beyond) return threshold + paretoQuantile(tail(), within / beyond);
      return sorted[Math.max(0, Math.ceil(n - within) - 1)];
    },
  };
}

/** How many of the ascending values are below x. */
function countBelow(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
