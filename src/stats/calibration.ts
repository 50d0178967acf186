/** The rows whose probability is above `from` and at most `to`; the first bin includes 0. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** The mean of their probabilities, and the share for which it came true; null without rows. */
  readonly probability: number | null;
  readonly share: number | null;
}

const binCount = 10;

/** The calibration curve of probabilities [rows] in ten bins of equal width. */
export function calibrationBins(
  probabilities: Float64Array,
  cameTrue: (row: number) => boolean,
): CalibrationBin[] {
  const bins = Array.from({ length: binCount }, () => ({ rows: 0, sum: 0, hits: 0 }));
  probabilities.forEach((p, n) => {
    let b = 0;
    // Times 0.1, not over 10: the very edges of NumPy's linspace, and so scikit-learn's bins.
    while (b < binCount - 1 && p > (b + 1) * (1 / binCount)) b++;
    bins[b].rows++;
    bins[b].sum += p;
    if (cameTrue(n)) bins[b].hits++;
  });
  return bins.map(({ rows, sum, hits }, b) => ({
    from: edge(b),
    to: edge(b + 1),
    rows,
    probability: rows === 0 ? null : sum / rows,
    share: rows === 0 ? null : hits / rows,
  }));
}

const edge = (b: number): number => b / binCount;

/**
 * The expected calibration error: the mean over the rows of |share - probability| of their bin.
 * Source: Guo et al., On calibration of modern neural networks, ICML 2017.
 */
export function calibrationError(bins: readonly CalibrationBin[]): number {
  let [sum, total] = [0, 0];
  for (const { rows, probability, share } of bins) {
    total += rows;
    if (rows > 0) sum += rows * Math.abs(share! - probability!);
  }
  return sum / total;
}

/** The Brier score of one class: the mean square of its probability - (1 if it came true, else 0). */
export function brierScore(probabilities: Float64Array, cameTrue: (row: number) => boolean): number {
  let sum = 0;
  probabilities.forEach((p, n) => {
    sum += (p - (cameTrue(n) ? 1 : 0)) ** 2;
  });
  return sum / probabilities.length;
}
