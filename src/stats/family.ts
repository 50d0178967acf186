import { createRng, type Rng } from '../math/rng.ts';
import { percentile } from './describe.ts';
import type { Interval } from './interval.ts';
import { lastOf } from './last-of.ts';
import { simulateMaxT } from './max-t.ts';
import { meanOfRuns } from './mean-of-runs.ts';
import { type Method, type OneMoreRun, oneMoreRun } from './one-more-run.ts';
import { type Scale, type ScaleName, scaleFor } from './scales.ts';

/** The runs that a number of a family is compared with. */
export interface FamilyRuns {
  /** One value per seed; infinite where the run diverged. */
  readonly runs: readonly number[];
  /** The scale of its statistic. */
  readonly scale: ScaleName;
  /** The lowest and the highest value that the statistic can have. */
  readonly domain: Interval;
  /** The published number is the mean of this many runs; default: 1. */
  readonly meanOf?: number | undefined;
}

/**
 * Judges published numbers, one for each cell: the values that it may stand for, given its rounding or reading error.
 */
export type JudgeFamily = (published: readonly Interval[]) => FamilyJudgement;

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
  /** How far the published number is from the mean of the runs, on the scale, in standard deviations of what it is: one run, or a mean. */
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
 * number is judged by itself (`oneMoreRun`), and so is a mean of several runs (`meanOfRuns`). Of k numbers, the m that
 * are judged together have m / k of the error, any other has 1 / k of it, so that an error is found about equally well in
 * all of them: their p-values are multiplied by k / m, or by k. A value that its statistic cannot have has p = 0.
 *
 * Every cell needs the same seeds. Throws a RangeError for a NaN.
 */
export function prepareFamily(cells: readonly FamilyRuns[]): JudgeFamily {
  const rng = createRng(0, 'verdicts');
  const prepared = cells.map((cell) => prepare(cell, rng));
  const similar = prepared.filter(({ joined }) => joined);
  const together = similar.length > 1 ? similar : [];
  const shareOf = (cell: Prepared) => (together.includes(cell) ? together.length : 1) / prepared.length;
  const maxT = together.length > 0 ? simulateMaxT(transposed(together.map(({ values }) => values))) : null;
  const undetected = lastOf((probability: number): Interval[] => {
    const distance = maxT?.critical((probability * together.length) / prepared.length) ?? 0;
    return prepared.map((cell) =>
      raw(
        cell,
        together.includes(cell) ? within(cell, distance) : cell.oneMore.interval(probability * shareOf(cell)),
      ),
    );
  });
  return (published) => {
    const compared = prepared.map((cell, i) => compare(cell, published[i]));
    const joined = compared.filter(({ cell }) => together.includes(cell));
    const adjusted = maxT?.stepDown(joined.map(({ distance }) => distance)) ?? [];
    const joint = compared.map((one) => {
      const index = joined.indexOf(one);
      return one.impossible ? 0 : Math.min(1, (index < 0 ? one.p : adjusted[index]) / shareOf(one.cell));
    });
    return {
      cells: compared.map((one, i) => judgement(one, joint[i])),
      p: joint.reduce((least, p) => Math.min(least, p), 1),
      undetected,
    };
  };
}

/** A cell with its runs on its scale. */
interface Prepared extends FamilyRuns {
  readonly onScale: Scale;
  /** The finite runs on the scale. */
  readonly values: readonly number[];
  readonly oneMore: OneMoreRun;
  /** Whether it can be judged together with others. */
  readonly joined: boolean;
}

function prepare(cell: FamilyRuns, rng: Rng): Prepared {
  const { runs, meanOf = 1 } = cell;
  if (runs.some(Number.isNaN)) throw new RangeError('a run is NaN; a diverged run is infinite');
  const finite = runs.filter(Number.isFinite);
  const onScale = scaleFor(cell.scale, finite);
  const values = finite.map(onScale.forward);
  const oneMore = meanOf === 1 ? oneMoreRun(values) : meanOfRuns(finite, onScale, meanOf, rng);
  const joined = meanOf === 1 && oneMore.method === 'normal' && finite.length === runs.length;
  return { ...cell, onScale, values, oneMore, joined };
}

/** A published number next to its runs. */
interface Compared {
  readonly cell: Prepared;
  readonly published: Interval;
  /** In units of the standard deviation of one more run, from the mean; 0 if the rounding allows the mean. */
  readonly distance: number;
  readonly p: number;
  readonly impossible: boolean;
}

function compare(cell: Prepared, published: Interval): Compared {
  const { onScale, oneMore, values, domain } = cell;
  const low = onScale.forward(clamp(published.low, domain));
  const high = onScale.forward(clamp(published.high, domain));
  const nearest = Math.min(Math.max(oneMore.mean, low), high);
  const unit = oneMore.deviation * Math.sqrt(1 + 1 / values.length);
  return {
    cell,
    published,
    distance: Math.abs(nearest - oneMore.mean) / unit,
    p: oneMore.pValue(nearest),
    impossible: published.high < domain.low || published.low > domain.high,
  };
}

function judgement({ cell, published, p, impossible }: Compared, joint: number): CellJudgement {
  const { oneMore, onScale, runs, values, domain } = cell;
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
    z: (onScale.forward(clamp(middle, domain)) - oneMore.mean) / oneMore.deviation,
    percentile: (100 * (below + equal / 2)) / runs.length,
    p: impossible ? 0 : p,
    joint,
    interval: (probability) => raw(cell, oneMore.interval(probability)),
  };
}

function within({ oneMore, values }: Prepared, distance: number): Interval {
  const half = distance * oneMore.deviation * Math.sqrt(1 + 1 / values.length);
  return { low: oneMore.mean - half, high: oneMore.mean + half };
}

/** Back from the scale, and within what the statistic can be. */
function raw({ onScale, domain }: Prepared, { low, high }: Interval): Interval {
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
