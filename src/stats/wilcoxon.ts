import { normalTwoSided } from './normal.ts';

/** Up to this many pairs p is exact. The time grows with the cube of the number of pairs; this many take 20 ms. */
const maxExactPairs = 300;

/**
 * Two-sided p-value of Wilcoxon's signed-rank test: do two cells of a grid, run over the same seeds, differ?
 *
 * a and b hold one number per seed, in the same order. Equal pairs (including two diverged runs) are left out, and
 * equal differences share the mean of their ranks. Let W be the sum of the ranks of one sign among the n ranks r_i,
 * m = sum r_i / 2 its mean and v = sum r_i^2 / 4 its variance, which allows for ties:
 *
 *     n <= 300:   p = 2 P(W <= the smaller of the two sums)      over all 2^n signs of these very ranks
 *     n > 300:    p = P(|z| >= (|W - m| - 1/2) / sqrt(v))        z standard normal, as SciPy's method "approx"
 *
 * So an exact p is at least 2^(1-n): with five seeds it cannot be below 0.0625. In the tails the approximation is too
 * large: with 301 pairs by 1.4 % at p = 0.01, by 10 % at 1e-4 and by a factor of 2.3 at 1e-10, and with more pairs by
 * less. Throws a RangeError if the lengths differ or a number is NaN. Source: Wilcoxon, Individual Comparisons by
 * Ranking Methods, Biometrics Bulletin 1 (1945).
 */
export function pairedPValue(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length)
    throw new RangeError(`pairs need equally many numbers in both samples, not ${a.length} and ${b.length}`);
  if (a.some(Number.isNaN) || b.some(Number.isNaN)) throw new RangeError('a number of a pair is NaN');
  const differences = a.flatMap((value, i) => (value === b[i] ? [] : [value - b[i]]));
  const ranks = doubledRanks(differences.map(Math.abs));
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const positive = ranks.reduce((sum, rank, i) => sum + (differences[i] > 0 ? rank : 0), 0);
  const smaller = Math.min(positive, total - positive);
  if (ranks.length <= maxExactPairs) return Math.min(1, 2 * probabilityAtMost(smaller, ranks));
  // With doubled ranks the continuity correction is 1, the mean total / 2 and the variance sum rank^2 / 4.
  const variance = ranks.reduce((sum, rank) => sum + rank * rank, 0) / 4;
  return normalTwoSided(Math.max(0, total / 2 - smaller - 1) / Math.sqrt(variance));
}

/** Twice the rank of each value, so that the mean rank of tied values is an integer too. */
function doubledRanks(values: readonly number[]): number[] {
  const ascending = Float64Array.from(values).sort();
  const ranks = new Map<number, number>();
  for (let first = 0, end = 0; first < ascending.length; first = end) {
    while (end < ascending.length && ascending[end] === ascending[first]) end++;
    ranks.set(ascending[first], first + end + 1);
  }
  return values.map((value) => ranks.get(value)!);
}

/** The probability that the sum of ranks is at most `most` if each rank is included with probability 1/2. */
function probabilityAtMost(most: number, ranks: readonly number[]): number {
  // Sums never decrease, so those above `most` can be ignored.
  const probability = new Float64Array(most + 1);
  probability[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached = Math.min(most, reached + rank);
    for (let sum = reached; sum >= rank; sum--) {
      probability[sum] = (probability[sum] + probability[sum - rank]) / 2;
    }
    for (let sum = Math.min(reached, rank - 1); sum >= 0; sum--) probability[sum] /= 2;
  }
  return probability.reduce((sum, one) => sum + one, 0);
}
