import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { createRng } from '../math/rng.ts';
import { mean } from './describe.ts';
import { simulated } from './simulated.ts';
import { studentTQuantile, studentTTwoSided } from './student-t.ts';

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
 * freedom, and cells vary together in both numerator and denominator. Of the largest distances, the tail beyond the last
 * of 20,000 draws is fitted (`simulated`). What holds exactly is kept: with t the probability for one cell,
 * that for the largest of k lies between t and k t. Cells without variation are not allowed.
 */
export function simulateMaxT(runs: readonly (readonly number[])[]): MaxT {
  const freedom = runs.length - 1;
  const k = runs[0].length;
  const distances = studentised(correlatedNormals(factorOf(runs), k, draws + freedom), k, freedom);
  const largest = new Float64Array(draws);
  for (let cell = 0; cell < k; cell++) raise(largest, cellOf(distances, cell));
  const all = simulated(largest);
  const bounded = (p: number, distance: number, cells: number) => {
    const one = studentTTwoSided(distance, freedom);
    return Math.min(1, Math.max(one, Math.min(cells * one, p)));
  };
  return {
    pValue: (distance) => bounded(all.probabilityBeyond(distance), distance, k),
    critical: (probability) => {
      const quantile = (p: number) => studentTQuantile(1 - p / 2, freedom);
      return clamp(all.valueAt(probability), quantile(probability), quantile(probability / k));
    },
    stepDown: (given) => stepDown(distances, given, bounded),
  };
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

/** Vectors that are computed at once: few enough to stay in the cache, and no sum waits for the one before. */
const block = 64;

/** Normal vectors with this root of their correlation, [k][at least count]. */
function correlatedNormals(root: Float64Array, k: number, count: number): Float64Array {
  const rounded = Math.ceil(count / block) * block;
  const normals = standardNormals(k * rounded);
  const vectors = new Float64Array(k * rounded);
  for (let start = 0; start < rounded; start += block) {
    for (let j = 0; j < k; j++) {
      const to = j * rounded + start;
      for (let i = 0; i <= j; i++) {
        const factor = root[j * k + i];
        const from = start * k + i * block;
        for (let b = 0; b < block; b++) vectors[to + b] += factor * normals[from + b];
      }
    }
  }
  return vectors;
}

const stream = createRng(0, 'verdicts');
let drawn = new Float64Array(0);

/** The first values of one stream, which is kept: drawing it takes as long as all that follows. */
function standardNormals(count: number): Float64Array {
  if (drawn.length < count) {
    const longer = new Float64Array(count);
    longer.set(drawn);
    for (let i = drawn.length; i < count; i++) longer[i] = stream.normal();
    drawn = longer;
  }
  return drawn;
}

/** |x| / sqrt(mean of the squares of the `freedom` values after x), for the first x of each row: [k][draws]. */
function studentised(vectors: Float64Array, k: number, freedom: number): Float32Array {
  const count = vectors.length / k;
  const distances = new Float32Array(k * draws);
  for (let j = 0; j < k; j++) {
    const own = vectors.subarray(j * count, (j + 1) * count);
    let squares = 0;
    for (let i = 0; i < freedom; i++) squares += own[i] ** 2;
    for (let i = 0; i < draws; i++) {
      squares += own[i + freedom] ** 2 - own[i] ** 2;
      distances[j * draws + i] = Math.abs(own[i]) / Math.sqrt(Math.max(squares, 1e-300) / freedom);
    }
  }
  return distances;
}

function cellOf(distances: Float32Array, cell: number): Float32Array {
  return distances.subarray(cell * draws, (cell + 1) * draws);
}

/** Raises each value to at least the other one. */
function raise(values: Float64Array, others: Float32Array): void {
  for (let i = 0; i < values.length; i++) if (others[i] > values[i]) values[i] = others[i];
}

/** How many of the values are x or more. */
function countFrom(values: Float64Array, x: number): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] >= x) count++;
  return count;
}

function stepDown(
  distances: Float32Array,
  given: readonly number[],
  bounded: (p: number, distance: number, cells: number) => number,
): number[] {
  const ascending = given.map((_, cell) => cell).sort((a, b) => given[a] - given[b]);
  const adjusted = new Array<number>(given.length);
  const largest = new Float64Array(draws); // over the cells up to this one
  for (const [index, cell] of ascending.entries()) {
    raise(largest, cellOf(distances, cell));
    const distance = given[cell];
    const share = countFrom(largest, distance) / draws;
    // Sorting takes long, and only small probabilities need their tail.
    const p = share > 0.02 ? share : simulated(largest.slice()).probabilityBeyond(distance);
    adjusted[cell] = bounded(p, distance, index + 1);
  }
  let most = 0;
  for (const cell of ascending.reverse()) {
    most = Math.max(most, adjusted[cell]);
    adjusted[cell] = most;
  }
  return adjusted;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
