/**
 * P-values adjusted for several families of hypotheses, in the order given. If every hypothesis with an adjusted p-value
 * <= alpha is rejected, the probability of any false rejection is at most alpha, whatever the dependence between them
 * and whichever of them are true.
 *
 * `families` holds p-values that are adjusted within each family. Family f with weight w_f (the number of its hypotheses)
 * is tested at the level alpha w_f / (sum of weights). Once all of its hypotheses are rejected, the others share its
 * level. With the families in ascending order of a_f = (largest p) / w_f, and W_s the weights from the s-th on,
 *
 *     adjusted p = min over s up to its family of max(b_s, p W_s / w_f),   b_s = max_{f < s} min(1, a_f W_f)
 *
 * For families of one hypothesis this is Holm's procedure. A family of which only some are rejected keeps its level:
 * handing that on, too, would make false rejections elsewhere more likely. Sources: Holm, A Simple Sequentially Rejective
 * Multiple Test Procedure, Scand. J. Statist. 6 (1979); Bretz et al., A Graphical Approach to Sequentially Rejective
 * Multiple Test Procedures, Statistics in Medicine 28 (2009).
 */
export function adjustedOverFamilies(families: readonly (readonly number[])[]): number[][] {
  const largest = families.map((pValues) => pValues.reduce((most, p) => Math.max(most, p), 0));
  const order = families.map((_, f) => f).sort((f, g) => ratio(f) - ratio(g));
  function ratio(f: number): number {
    return largest[f] / families[f].length;
  }
  /** Before each family in this order: the level at which all earlier ones are rejected, and what they leave. */
  const steps: { readonly reached: number; readonly remaining: number }[] = [];
  let reached = 0;
  let remaining = families.reduce((sum, { length }) => sum + length, 0);
  const adjusted = new Array<number[]>(families.length);
  for (const f of order) {
    steps.push({ reached, remaining });
    const upToHere = [...steps];
    adjusted[f] = families[f].map((p) =>
      upToHere.reduce(
        (least, step) => Math.min(least, Math.max(step.reached, (p * step.remaining) / families[f].length)),
        1,
      ),
    );
    reached = Math.max(reached, Math.min(1, ratio(f) * remaining));
    remaining -= families[f].length;
  }
  return adjusted;
}
