/** Arithmetic mean, summed in index order; NaN without values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Sample standard deviation, sqrt(sum (x_i - mean)^2 / (n - 1)), in the values' unit; NaN for fewer than two values. */
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
  if (fraction === 0) return sorted[below]; // also keeps an infinite neighbour out
  return sorted[below] + (sorted[below + 1] - sorted[below]) * fraction;
}
