import { mean, standardDeviation } from './describe.ts';
import { type Scale, type ScaleName, scaleFor } from './scales.ts';
import { studentTTwoSided } from './student-t.ts';

/** Whether the means of two sets of runs differ by more than their spread explains. */
export interface TwoSamples {
  /** paired: runs of the same seeds; welch: of others; none: fewer than two of either. */
  readonly test: 'paired' | 'welch' | 'none';
  /** The pairs, or the runs of both sets together. */
  readonly runs: number;
  /** Two-sided; null without a test. */
  readonly pValue: number | null;
}

/**
 * Compares the runs of two sets, which are keyed by seed. Where at least two seeds are in both, these pairs are compared, since
 * runs of one seed share their data and split.
 *
 * On the scale on which values are nearly normal, with differences d of n pairs: t = mean(d) / (sd(d) / sqrt(n)), n - 1
 * degrees of freedom. Otherwise Welch's t, with the degrees of freedom of Welch and Satterthwaite.
 * Sources: Student, Biometrika 6 (1908); Welch, Biometrika 34 (1947).
 */
export function compareRuns(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
  scaleName: ScaleName,
): TwoSamples {
  const scale = scaleFor(scaleName, [...a.values(), ...b.values()]);
  const pairs = [...a].flatMap(([seed, value]) => {
    const other = b.get(seed);
    return other === undefined ? [] : [[value, other] as const];
  });
  if (pairs.length >= 2) return { test: 'paired', runs: pairs.length, pValue: pairedPValue(pairs, scale) };
  const runs = a.size + b.size;
  if (a.size < 2 || b.size < 2) return { test: 'none', runs, pValue: null };
  const [x, y] = [a, b].map((set) => Array.from(set.values(), scale.forward));
  return { test: 'welch', runs, pValue: welchPValue(x, y) };
}

function pairedPValue(pairs: readonly (readonly [number, number])[], { forward }: Scale): number {
  // Equal values are no difference, also where their scaled values are infinite.
  const differences = pairs.map(([x, y]) => (x === y ? 0 : forward(y) - forward(x)));
  const error = standardDeviation(differences) / Math.sqrt(differences.length);
  return pValueOf(mean(differences), error, differences.length - 1);
}

function welchPValue(x: readonly number[], y: readonly number[]): number {
  const [u, v] = [x, y].map((values) => standardDeviation(values) ** 2 / values.length);
  const freedom = (u + v) ** 2 / (u ** 2 / (x.length - 1) + v ** 2 / (y.length - 1));
  return pValueOf(mean(y) - mean(x), Math.sqrt(u + v), freedom);
}

/** Differences that do not vary at all are 0, or certain. */
function pValueOf(difference: number, error: number, freedom: number): number {
  if (difference === 0) return 1;
  if (error === 0) return 0;
  const p = studentTTwoSided(difference / error, freedom);
  return Number.isFinite(p) ? p : 1;
}

/**
 * P-values adjusted for their number by Holm's procedure, in the order given: the probability of any false rejection at level
 * alpha is at most alpha. Source: Holm, Scand. J. Statist. 6 (1979). For several families: adjustedOverFamilies.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((i, j) => pValues[i] - pValues[j]);
  const adjusted = new Array<number>(pValues.length);
  let reached = 0;
  for (const [rank, index] of order.entries()) {
    reached = Math.max(reached, Math.min(1, pValues[index] * (pValues.length - rank)));
    adjusted[index] = reached;
  }
  return adjusted;
}
