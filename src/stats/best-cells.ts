import { createRng, type Rng } from '../math/rng.ts';
import { mean } from './describe.ts';
import { type ScaleName, scaleFor } from './scales.ts';

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
  const centred = losses.map((own, i) => Float64Array.from(own, (loss) => loss - means[i]));
  const squares = losses.map((_, i) =>
    Float64Array.from(losses, (_, j) => squaresOf(centred[i], centred[j])),
  );
  const observed = means.map((own, i) =>
    means.reduce((most, other, j) => Math.max(most, observedT((own - other) * n, squares[i][j], n)), 0),
  );
  const drawn = flippedMaxima(centred, squares, rng);
  return observed.map((t) => {
    const asLarge = drawn.filter((largest) => largest >= t * (1 - 1e-12)).length;
    return Math.min(1, (1 + asLarge) / (1 + drawn.length));
  });
}

/** The p-value of each cell: 0 for a cell with diverged runs, unless all have. losses is [cells][seeds] on the scale. */
export function notBest(losses: readonly (readonly number[])[]): number[] {
  const finite = losses.filter((own) => own.every(Number.isFinite));
  const found = finite.length === 0 ? [] : notBestPValues(finite, createRng(0, 'verdicts'));
  const places = new Map(finite.map((own, place) => [own, place]));
  return losses.map((own) => (finite.length === 0 ? 1 : (found[places.get(own) ?? -1] ?? 0)));
}

/** The smallest p-value that `notBestPValues` can give with n seeds. */
export function smallestP(n: number): number {
  return n < 2 ? 1 : 1 / (1 + Math.min(2 ** (n - 1), flips));
}

/**
 * Losses on the scale on which the runs of many seeds are nearly normal, or as they are where a value does not fit it. A loss is the
 * value of a metric of which lower is better, and minus the value of any other; infinite where there is none.
 */
export function lossesOnScale(
  losses: readonly (readonly number[])[],
  name: ScaleName,
  better: 'lower' | 'higher',
): number[][] {
  const sign = better === 'higher' ? -1 : 1;
  const finite = losses.flat().filter(Number.isFinite);
  const scale = scaleFor(
    name,
    finite.map((loss) => sign * loss),
  );
  const scaled = (loss: number) => (Number.isFinite(loss) ? sign * scale.forward(sign * loss) : loss);
  return losses.map((own) => own.map(scaled));
}

/** The sum of the squared deviations of two cells' differences; 0 if what is left is only rounding. */
function squaresOf(a: Float64Array, b: Float64Array): number {
  let difference = 0;
  let own = 0;
  for (let seed = 0; seed < a.length; seed++) {
    difference += (a[seed] - b[seed]) ** 2;
    own += a[seed] ** 2 + b[seed] ** 2;
  }
  return difference > 1e-24 * own ? difference : 0;
}

/** mean / standard error of differences with this sum: 0 for cells that never differ, infinite for a constant difference. */
function observedT(sum: number, squares: number, n: number): number {
  return sum === 0 ? 0 : sum / Math.sqrt((n * squares) / (n - 1));
}

/**
 * The largest |t_ij| of each choice of signs. Flipping leaves the squares alone; with s the sum of the flipped differences,
 *
 *     t^2 = (n - 1) q / (1 - q),   q = s^2 / (n squares)
 */
function flippedMaxima(
  centred: readonly Float64Array[],
  squares: readonly Float64Array[],
  rng: Rng,
): Float64Array {
  const n = centred[0].length;
  const all = 2 ** (n - 1); // the opposite choice gives the same maximum
  const count = Math.min(all, flips);
  const signs = new Float64Array(n);
  const sums = new Float64Array(centred.length);
  return Float64Array.from({ length: count }, (_, draw) => {
    for (let seed = 0; seed < n; seed++) {
      const bit = all <= flips ? draw >> seed : rng.uint32();
      signs[seed] = (bit & 1) === 1 ? 1 : -1;
    }
    let most = 0; // of q, which t rises with
    for (let i = 0; i < sums.length; i++) {
      const own = centred[i];
      let sum = 0;
      for (let seed = 0; seed < n; seed++) sum += signs[seed] * own[seed];
      sums[i] = sum;
      const to = squares[i];
      for (let j = 0; j < i; j++) {
        if (to[j] > 0) most = Math.max(most, (sum - sums[j]) ** 2 / (n * to[j]));
      }
    }
    return Math.sqrt(((n - 1) * most) / Math.max(0, 1 - most));
  });
}
