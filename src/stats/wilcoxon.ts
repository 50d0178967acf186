/**
 * Exact two-sided p-value of Wilcoxon's signed-rank test: do two cells of a grid, run over the same seeds, differ?
 *
 * a and b hold one number a seed, in the same order. Equal pairs (two diverged runs too) are left out, equal
 * differences share the mean of their ranks, and the null distribution is that of all 2^n signs of these very ranks. With
 * n pairs that differ, p is at least 2^(1-n): five seeds cannot go below 0.0625. Throws a RangeError where the lengths
 * differ or a number is NaN. Source: Wilcoxon, Individual Comparisons by Ranking Methods, Biometrics Bulletin 1 (1945).
 */
export function pairedPValue(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length)
    throw new RangeError(`pairs need as many numbers in both: ${a.length}, ${b.length}`);
  if (a.some(Number.isNaN) || b.some(Number.isNaN)) throw new RangeError('a number of a pair is NaN');
  const differences = a.flatMap((value, i) => (value === b[i] ? [] : [value - b[i]]));
  const ranks = doubledRanks(differences.map(Math.abs));
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const positive = ranks.reduce((sum, rank, i) => sum + (differences[i] > 0 ? rank : 0), 0);
  const atMost = signedRankDistribution(ranks, total)
    .slice(0, Math.min(positive, total - positive) + 1)
    .reduce((sum, probability) => sum + probability, 0);
  return Math.min(1, 2 * atMost);
}

/** Twice the rank of each value, so that the mean rank of equal ones is an integer too. */
function doubledRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return 2 * below + equal + 1;
  });
}

/** The probability of each sum of ranks 0 .. total, when every rank is counted with probability 1/2. */
function signedRankDistribution(ranks: readonly number[], total: number): Float64Array {
  const probability = new Float64Array(total + 1);
  probability[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--) {
      probability[sum] = (probability[sum] + (sum >= rank ? probability[sum - rank] : 0)) / 2;
    }
  }
  return probability;
}
