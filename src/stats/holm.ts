/**
 * Holm's adjusted p-values, in the order given. If every hypothesis with an adjusted p-value <= alpha is rejected, the
 * probability of any false rejection is at most alpha, whatever the dependence between them.
 *
 * With weights w_i (equal unless given) and p_(1) / w_(1) <= ... <= p_(m) / w_(m):
 *
 *     adjusted p_(i) = max_{j <= i} min(1, (w_(j) + ... + w_(m)) p_(j) / w_(j))
 *
 * A hypothesis with twice the weight is tested at twice the level. Source: Holm, A Simple Sequentially Rejective Multiple
 * Test Procedure, Scand. J. Statist. 6 (1979), section 4 for the weights.
 */
export function holm(pValues: readonly number[], weights?: readonly number[]): number[] {
  const weight = (index: number) => weights?.[index] ?? 1;
  const ratio = (index: number) => pValues[index] / weight(index);
  const ascending = pValues.map((_, index) => index).sort((a, b) => ratio(a) - ratio(b));
  const adjusted = new Array<number>(pValues.length);
  let remaining = pValues.reduce((sum, _, index) => sum + weight(index), 0);
  let largest = 0;
  for (const index of ascending) {
    largest = Math.max(largest, Math.min(1, remaining * ratio(index)));
    adjusted[index] = largest;
    remaining -= weight(index);
  }
  return adjusted;
}
