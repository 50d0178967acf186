import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { Rng } from '../math/rng.ts';
import { mean } from './describe.ts';
import { simulated } from './simulated.ts';

/** How many runs are simulated. */
const draws = 20_000;

/** How much of the correlation is kept. Few runs show more of it than there is, and have no root of full rank. */
const keptCorrelation = 0.95;

/**
 * The joint distribution of how far one more run lies from n runs in each of k cells, if it is drawn as they are.
 *
 * With mean m_j and standard deviation s_j of the n runs in cell j, T_j = (x_j - m_j) / (s_j sqrt(1 + 1/n)).
 */
export interface MaxT {
  /** P(max_j |T_j| >= distance). */
  pValue(distance: number): number;
  /** The distance that the largest |T_j| exceeds with this probability. */
  critical(probability: number): number;
  /**
   * For each cell at these distances, the p-value adjusted for all cells (step-down): the largest is compared with the
   * maximum over all cells, the next with that over all others, and so on. Source: Westfall & Young, Resampling-Based
   * Multiple Testing (1993), algorithm 2.8.
   */
  stepDown(distances: readonly number[]): number[];
}

/**
 * Simulates that distribution for normal runs with 0.95 of the correlation between the cells that `runs` [n][k] have,
 * n >= 2; less correlation than there is would be cautious.
 *
 * A long series of standard normal vectors with that correlation is drawn; each is judged by the n - 1 after it, whose
 * mean squares are the variances that n runs give. So each |T_j| has Student's t distribution with n - 1 degrees of
 * freedom, and cells vary together in both numerator and denominator. Beyond the 200 largest of 20,000 results the tail
 * is a generalised Pareto distribution fitted to them. Cells without variation are not allowed.
 */
export function simulateMaxT(runs: readonly (readonly number[])[], rng: Rng): MaxT {
  const freedom = runs.length - 1;
  const k = runs[0].length;
  const root = factorOf(runs);
  const distances = new Float32Array(draws * k);
  const recent = new Float64Array((freedom + 1) * k);
  const sums = new Float64Array(k);
  for (let draw = 0; draw < freedom; draw++) fill(recent, draw, root, rng, sums);
  for (let draw = 0; draw < draws; draw++) {
    const judged = (draw % (freedom + 1)) * k;
    const next = (draw + freedom) % (freedom + 1);
    for (let j = 0; j < k; j++) sums[j] -= recent[judged + j] ** 2;
    fill(recent, next, root, rng, sums);
    for (let j = 0; j < k; j++) {
      distances[draw * k + j] = Math.abs(recent[judged + j]) / Math.sqrt(Math.max(sums[j], 1e-300) / freedom);
    }
  }
  const all = simulated(maxima(distances, k, null));
  return {
    pValue: all.probabilityBeyond,
    critical: all.valueAt,
    stepDown: (given) => stepDown(distances, k, given),
  };
}

/** Draws a correlated normal vector into slot `at` of a ring, and adds its squares to the running sums. */
function fill(ring: Float64Array, at: number, root: Float64Array, rng: Rng, sums: Float64Array): void {
  const k = sums.length;
  const start = at * k;
  const normals = new Float64Array(k);
  for (let j = 0; j < k; j++) {
    normals[j] = rng.normal();
    let sum = 0;
    for (let i = 0, row = j * k; i <= j; i++) sum += root[row + i] * normals[i];
    ring[start + j] = sum;
    sums[j] += sum * sum;
  }
}

/** The lower triangular root [k][k] of the shrunk correlation of the columns. */
function factorOf(runs: readonly (readonly number[])[]): Float64Array {
  const k = runs[0].length;
  const unit = Array.from({ length: k }, (_, j) => {
    const column = runs.map((run) => run[j]);
    const center = mean(column);
    const deviations = column.map((x) => x - center);
    const length = Math.hypot(...deviations);
    return deviations.map((x) => x / length);
  });
  const correlation = unit.map((a, i) =>
    unit.map((b, j) => (i === j ? 1 : keptCorrelation * a.reduce((sum, x, run) => sum + x * b[run], 0))),
  );
  return Float64Array.from(
    new CholeskyDecomposition(new Matrix(correlation)).lowerTriangularMatrix.to1DArray(),
  );
}

/** The largest distance of each draw, over all cells or over those named. */
function maxima(distances: Float32Array, k: number, cells: readonly number[] | null): Float64Array {
  const found = new Float64Array(distances.length / k);
  for (let draw = 0; draw < found.length; draw++) {
    let most = 0;
    if (cells === null) {
      for (let j = 0; j < k; j++) most = Math.max(most, distances[draw * k + j]);
    } else for (const j of cells) most = Math.max(most, distances[draw * k + j]);
    found[draw] = most;
  }
  return found;
}

function stepDown(distances: Float32Array, k: number, given: readonly number[]): number[] {
  const descending = given.map((_, cell) => cell).sort((a, b) => given[b] - given[a]);
  const adjusted = new Array<number>(k);
  let largest = 0;
  for (const [rank, cell] of descending.entries()) {
    const rest = descending.slice(rank);
    // Once one is not significant, by far, the others are not either; this saves most of the work.
    if (largest < 0.5) {
      largest = Math.max(largest, simulated(maxima(distances, k, rest)).probabilityBeyond(given[cell]));
    }
    adjusted[cell] = largest;
  }
  return adjusted;
}
