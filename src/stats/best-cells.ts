import type { Rng } from '../math/rng.ts';
import { mean } from './describe.ts';

/** Random choices of signs; with fewer seeds than would give as many, all choices are taken. */
const flips = 4000;

/**
 * For each cell of a grid, the probability that, if all cells were equally good, any of them would seem worse than another
 * by as much as this one is worse than the one that beats it most clearly. A cell with p <= alpha is not the best: of grids
 * of equal cells at most the share alpha has a cell for which this is said.
 *
 * losses is [cells][seeds], finite. The cells of a seed share its data, so only differences within a seed count. With
 * d = loss_i - loss_j over n seeds, t_ij = mean(d) / (sd(d) / sqrt(n)); cell i is compared by max_j t_ij. The largest of
 * all t_ij is recomputed for centred losses whose signs are flipped seed by seed, the same for all cells: this keeps how
 * the cells depend on each other, and it allows for having looked for the best.
 *
 * Source: Romano & Wolf, Exact and Approximate Stepdown Methods for Multiple Hypothesis Testing, JASA 100 (2005); the
 * question is that of Hansen, Lunde & Nason, The Model Confidence Set, Econometrica 79 (2011).
 */
export function notBestPValues(losses: readonly (readonly number[])[], rng: Rng): number[] {
  const n = losses[0].length;
  if (n < 2) return losses.map(() => 1);
  const means = losses.map(mean);
  const centred = losses.map((own, i) => own.map((loss) => loss - means[i]));
  const squares = centred.map((a) => centred.map((b) => a.reduce((sum, x, s) => sum + (x - b[s]) ** 2, 0)));
  const observed = means.map((own, i) =>
    means.reduce((most, other, j) => Math.max(most, statistic((own - other) * n, squares[i][j], n, 0)), 0),
  );
  const drawn = flippedMaxima(centred, squares, rng);
  return observed.map((t) => {
    const asLarge = drawn.filter((largest) => largest >= t * (1 - 1e-12)).length;
    return Math.min(1, (1 + asLarge) / (1 + drawn.length));
  });
}

/**
 * mean / standard error of differences from their sum and the sum of their squared deviations; `removed` is what the sum's
 * own square takes from the latter. 0 for cells that never differ, infinite for a constant difference.
 */
function statistic(sum: number, squares: number, n: number, removed: number): number {
  if (sum === 0) return 0;
  const variance = Math.max(0, squares - removed) / (n - 1);
  return sum / n / Math.sqrt(variance / n);
}

function flippedMaxima(
  centred: readonly (readonly number[])[],
  squares: readonly (readonly number[])[],
  rng: Rng,
): Float64Array {
  const n = centred[0].length;
  const all = 2 ** (n - 1); // the opposite choice gives the same maximum
  const count = Math.min(all, flips);
  const found = new Float64Array(count);
  for (let draw = 0; draw < count; draw++) {
    const signs = Array.from({ length: n }, (_, seed) =>
      (all <= flips ? (draw >> seed) & 1 : rng.uint32() & 1) === 1 ? 1 : -1,
    );
    const sums = centred.map((own) => own.reduce((sum, x, seed) => sum + signs[seed] * x, 0));
    let most = 0;
    for (let i = 0; i < sums.length; i++) {
      for (let j = 0; j < i; j++) {
        const sum = Math.abs(sums[i] - sums[j]);
        most = Math.max(most, statistic(sum, squares[i][j], n, (sum * sum) / n));
      }
    }
    found[draw] = most;
  }
  return found;
}
