/** Arithmetic mean, summed in index order; NaN without values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * The smallest of the values; infinity without values. Math.min(...values) fails for more than about 100,000 values.
 */
export function least(values: Iterable<number>): number {
  let found = Number.POSITIVE_INFINITY;
  for (const value of values) found = Math.min(found, value);
  return found;
}

/** The largest of the values; -infinity without values. */
export function greatest(values: Iterable<number>): number {
  let found = Number.NEGATIVE_INFINITY;
  for (const value of values) found = Math.max(found, value);
  return found;
}

/**
 * Sample standard deviation, sqrt(sum (x_i - mean)^2 / (n - 1)), in the values' unit; NaN for fewer than two values.
 */
export function standardDeviation(values: ArrayLike<number>): number {
  if (values.length < 2) return Number.NaN;
  const center = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i] - center;
    sum += deviation * deviation;
  }
  return Math.sqrt(sum / (values.length - 1));
}

/**
 * The q-th percentile (0 <= q <= 100) of values in ascending order; NaN without values.
 *
 * Linear interpolation at position (n - 1) q / 100: method 7 of Hyndman & Fan (1996), the default of R and NumPy.
 */
export function percentile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = ((sorted.length - 1) * q) / 100;
  const below = Math.floor(position);
  const fraction = position - below;
  if (fraction === 0) return sorted[below]; // also avoids 0 * infinity if the next value is infinite
  const gap = sorted[below + 1] - sorted[below];
  if (Number.isNaN(gap) && sorted[below] === sorted[below + 1]) return sorted[below]; // both are the same infinity
  if (gap === Number.POSITIVE_INFINITY) return sorted[below] * (1 - fraction) + sorted[below + 1] * fraction;
  return sorted[below] + gap * fraction;
}

/** The interquartile range of normal values, in standard deviations. */
const quartilesOfNormal = 1.349;

/**
 * How widely most of the values are spread: the interquartile range / 1.349, which is the standard deviation of normal
 * values and which a few values far out do not move; the standard deviation where the quartiles are equal.
 */
export function typicalSpread(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const range = percentile(sorted, 75) - percentile(sorted, 25);
  return range > 0 ? range / quartilesOfNormal : standardDeviation(values);
}

/**
 * The limits of a colour scale: the smallest and the largest value. Where the outermost 5 % at one end span more than
 * three times the range of the rest, as a nearly diverged cell can, that limit is the 95th (5th) percentile instead.
 * Neither limit is more than ten times as far from the median as the other.
 */
export function robustLimits(values: readonly number[]): { low: number; high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const last = sorted.length - 1;
  let [low = 0, high = 0] = [sorted[0], sorted[last]];
  const p95 = sorted[Math.floor(0.95 * last)] ?? high;
  const p5 = sorted[Math.ceil(0.05 * last)] ?? low;
  if (p95 > low && high - p95 > 3 * (p95 - low)) high = p95;
  if (p5 < high && p5 - low > 3 * (high - p5)) low = p5;
  const middle = sorted[Math.floor(last / 2)] ?? 0;
  if (middle > low) high = Math.min(high, middle + 10 * (middle - low));
  if (middle < high) low = Math.max(low, middle - 10 * (high - middle));
  return { low, high };
}

/** The value, or null if it is infinite or NaN. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
