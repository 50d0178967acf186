import type { Rng } from '../math/rng.ts';
import { percentile } from './describe.ts';
import type { Interval } from './interval.ts';
import { simulateMaxT } from './max-t.ts';
import { type Method, type OneMoreRun, oneMoreRun } from './one-more-run.ts';
import { type Scale, type ScaleName, scaleFor } from './scales.ts';

/** A published number of a family, and the runs that it is compared with. */
export interface FamilyCell {
  /** One value per seed; infinite where the run diverged. */
  readonly runs: readonly number[];
  /** The scale of its statistic. */
  readonly scale: ScaleName;
  /** The values that the published number may stand for, given its rounding or reading error. */
  readonly published: Interval;
  /** The lowest and the highest value that the statistic can have. */
  readonly domain: Interval;
}

/** How one published number compares with the runs. */
export interface CellJudgement {
  readonly method: Method;
  readonly scale: Scale;
  /** Runs that did not diverge; only these are compared. */
  readonly finite: number;
  readonly median: number;
  /** Mean and standard deviation of these runs, on the scale. */
  readonly mean: number;
  readonly deviation: number;
  /** How far the published number is from the mean of the runs, in standard deviations of one run, on the scale. */
  readonly z: number;
  /** The share of the runs below it, in percent. */
  readonly percentile: number;
  /** Two-sided probability that one more run is as far out; by itself. */
  readonly p: number;
  /** The same, adjusted for all numbers of the family. */
  readonly joint: number;
  /** The p-values of one more run between these values exceed this probability. */
  interval(probability: number): Interval;
}

/** Numbers that one run has made, judged together. */
export interface FamilyJudgement {
  readonly cells: readonly CellJudgement[];
  /** Probability that one more run has a number as far out, among all of the family, as the farthest published one. */
  readonly p: number;
  /**
   * For each cell the values, unrounded, that would not have been significant in the family at this probability: what
   * lies within cannot be distinguished from one more run.
   */
  undetected(probability: number): Interval[];
}

/**
 * Compares the published numbers of one run with the runs of the seeds.
 *
 * Numbers whose runs are near normal on their scale, and never diverge, are judged by the largest of their distances
 * (`simulateMaxT`): one probability for all, however many they are and however they depend on each other. Any other
 * number is judged by itself (`oneMoreRun`). With g such groups (the former numbers are one) the family's p is g times
 * the smallest, and so is each number's own. A value that its statistic cannot have has p = 0.
 *
 * Every run needs the same seeds. Throws a RangeError for a NaN.
 */
export function judgeFamily(cells: readonly FamilyCell[], rng: Rng): FamilyJudgement {
  const compared = cells.map(compare);
  const similar = compared.filter(({ joined }) => joined);
  const together = similar.length > 1 ? similar : [];
  const groups = compared.length - together.length + (together.length > 0 ? 1 : 0);
  const maxT =
    together.length > 0 ? simulateMaxT(transposed(together.map(({ values }) => values)), rng) : null;
  const adjusted = maxT?.stepDown(together.map(({ distance }) => distance)) ?? [];
  const joint = compared.map((cell) => {
    const own = together.includes(cell) ? adjusted[together.indexOf(cell)] : cell.p;
    return cell.impossible ? 0 : Math.min(1, groups * own);
  });
  return {
    cells: compared.map((cell, i) => judgement(cell, joint[i])),
    p: joint.reduce((least, p) => Math.min(least, p), 1),
    undetected: (probability) => {
      const share = probability / groups;
      const distance = maxT?.critical(share) ?? 0;
      return compared.map((cell) =>
        raw(cell, together.includes(cell) ? within(cell, distance) : cell.oneMore.interval(share)),
      );
    },
  };
}

interface Compared extends FamilyCell {
  readonly onScale: Scale;
  /** The finite runs on the scale. */
  readonly values: readonly number[];
  readonly oneMore: OneMoreRun;
  /** In units of the standard deviation of one more run, from the mean; 0 if the rounding allows the mean. */
  readonly distance: number;
  readonly p: number;
  /** Whether it can be judged together with others. */
  readonly joined: boolean;
  readonly impossible: boolean;
}

function compare(cell: FamilyCell): Compared {
  const { runs, published, domain } = cell;
  if (runs.some(Number.isNaN)) throw new RangeError('a run is NaN; a diverged run is infinite');
  const finite = runs.filter(Number.isFinite);
  const onScale = scaleFor(cell.scale, finite);
  const values = finite.map(onScale.forward);
  const oneMore = oneMoreRun(values);
  const low = onScale.forward(clamp(published.low, domain));
  const high = onScale.forward(clamp(published.high, domain));
  const nearest = Math.min(Math.max(oneMore.mean, low), high);
  const unit = oneMore.deviation * Math.sqrt(1 + 1 / values.length);
  return {
    ...cell,
    onScale,
    values,
    oneMore,
    distance: Math.abs(nearest - oneMore.mean) / unit,
    p: oneMore.pValue(nearest),
    joined: oneMore.method === 'normal' && finite.length === runs.length,
    impossible: published.high < domain.low || published.low > domain.high,
  };
}

function judgement(cell: Compared, joint: number): CellJudgement {
  const { oneMore, onScale, published, runs, values, impossible } = cell;
  const middle = published.low + (published.high - published.low) / 2;
  const below = runs.filter((run) => run < middle).length;
  const equal = runs.filter((run) => run === middle).length;
  return {
    method: oneMore.method,
    scale: onScale,
    finite: values.length,
    median: percentile(Float64Array.from(runs).sort(), 50),
    mean: oneMore.mean,
    deviation: oneMore.deviation,
    z: (onScale.forward(clamp(middle, cell.domain)) - oneMore.mean) / oneMore.deviation,
    percentile: (100 * (below + equal / 2)) / runs.length,
    p: impossible ? 0 : cell.p,
    joint,
    interval: (probability) => raw(cell, oneMore.interval(probability)),
  };
}

function within({ oneMore, values }: Compared, distance: number): Interval {
  const half = distance * oneMore.deviation * Math.sqrt(1 + 1 / values.length);
  return { low: oneMore.mean - half, high: oneMore.mean + half };
}

/** Back from the scale, and within what the statistic can be. */
function raw({ onScale, domain }: Compared, { low, high }: Interval): Interval {
  return {
    low: low === Number.NEGATIVE_INFINITY ? domain.low : clamp(onScale.back(low), domain),
    high: high === Number.POSITIVE_INFINITY ? domain.high : clamp(onScale.back(high), domain),
  };
}

function clamp(value: number, { low, high }: Interval): number {
  return Math.min(Math.max(value, low), high);
}

function transposed(columns: readonly (readonly number[])[]): number[][] {
  return columns[0].map((_, row) => columns.map((column) => column[row]));
}
