/**
 * Holm's adjusted p-values, in the order given. If every claim with an adjusted p-value <= alpha is rejected, the
 * probability of any false rejection among all m is at most alpha, whatever the dependence between them.
 *
 * In ascending order p_(1) <= ... <= p_(m): adjusted p_(i) = max_{j <= i} min(1, (m - j + 1) p_(j)). Source: Holm, A
 * Simple Sequentially Rejective Multiple Test Procedure, Scand. J. Statist. 6 (1979).
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = pValues.map((_, index) => index).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, index] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[index]));
    adjusted[index] = largest;
  }
  return adjusted;
}
