import { mean, standardDeviation } from '../stats/describe.ts';
import { scales } from '../stats/scales.ts';
import { studentTQuantile, studentTTwoSided } from '../stats/student-t.ts';
import { coarsest, type NumberEvidence } from './judge-numbers.ts';

/** The most further seeds that are named. */
const mostSeeds = 1000;

/**
 * How many more seeds an undecided number needs, if they vary as those so far do: so many that a number three times as large
 * would be contradicted. Null where this cannot be told: there are fewer than three runs, or their tail is heavy.
 *
 * With n runs of standard deviation s, values within t s sqrt(1 + 1/n) of the mean are not contradicted, where t is Student's
 * quantile at the level that the number has among all others.
 */
export function moreSeedsFor({ claim, values, found, verdict }: NumberEvidence): number | null {
  if (verdict !== 'undecided' || found?.method !== 'normal' || (claim.runs ?? 1) > 1) return null;
  const scale = Object.values(scales).find(({ title }) => title === found.scale)!;
  const onScale = values
    .filter((value) => value !== null && Number.isFinite(value))
    .map((value) => scale.forward(value!));
  const [n, center, deviation] = [onScale.length, mean(onScale), standardDeviation(onScale)];
  const { low, high } = found.undetected;
  const half = Math.min(
    ...[center - scale.forward(low), scale.forward(high) - center].filter((one) => Number.isFinite(one)),
  );
  const p = studentTTwoSided(half / (deviation * Math.sqrt(1 + 1 / n)), n - 1);
  const bound = scale.ratio ? Math.log(coarsest) : (coarsest - 1) * Math.abs(center);
  if (!(p > 0 && p < 1)) return null;
  for (let all = n + 1; all <= n + mostSeeds; all++) {
    if (studentTQuantile(1 - p / 2, all - 1) * deviation * Math.sqrt(1 + 1 / all) <= bound) return all - n;
  }
  return null;
}
