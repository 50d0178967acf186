/** The parts of the expected squared error of a model; `noise` is null if the targets without noise are not known. */
export interface Decomposed {
  readonly expectedError: number;
  readonly biasSquared: number;
  readonly variance: number;
  readonly noise: number | null;
}

/**
 * Decomposes the expected squared error on N test rows from the predictions of B models, each fitted to a resample of the
 * training rows.
 *
 * With the predictions p_bn, their means m_n = (1/B) sum_b p_bn, the targets y_n and the targets without noise f_n:
 *
 * bias^2 = (1/N) sum_n (m_n - f_n)^2, variance = (1/N) sum_n (1/B) sum_b (p_bn - m_n)^2, noise = (1/N) sum_n (y_n - f_n)^2,
 * expected error = bias^2 + variance + noise.
 *
 * The expected error is that of targets with a fresh draw of noise: over many draws, it is the mean of
 * (1/BN) sum_bn (y_n - p_bn)^2, from which it differs here by (2/N) sum_n (m_n - f_n)(f_n - y_n). Where f is not known (null),
 * y takes its place: bias^2 then includes the noise, and the sum is that mean exactly. All parts are in the square of the
 * targets' unit. The variance is that over resamples of one training set, which stand for other training sets. Source:
 * Hastie, Tibshirani & Friedman, The Elements of Statistical Learning (2009), section 7.3.
 */
export function createDecomposition(targets: ArrayLike<number>, noiseFree: ArrayLike<number> | null) {
  const rows = targets.length;
  const means = new Float64Array(rows);
  /** Sums of squared deviations from the means so far (Welford): no difference of large sums. */
  const squares = new Float64Array(rows);
  let models = 0;
  return {
    add(predictions: ArrayLike<number>): void {
      models++;
      for (let n = 0; n < rows; n++) {
        const deviation = predictions[n] - means[n];
        means[n] += deviation / models;
        squares[n] += deviation * (predictions[n] - means[n]);
      }
    },
    result(): Decomposed {
      const truth = noiseFree ?? targets;
      const biasSquared = meanSquare((n) => means[n] - truth[n]);
      const noise = noiseFree === null ? null : meanSquare((n) => targets[n] - noiseFree[n]);
      const variance = squares.reduce((sum, square) => sum + square / models, 0) / rows;
      return { expectedError: biasSquared + variance + (noise ?? 0), biasSquared, variance, noise };
    },
  };
  function meanSquare(deviation: (n: number) => number): number {
    let sum = 0;
    for (let n = 0; n < rows; n++) sum += deviation(n) * deviation(n);
    return sum / rows;
  }
}
