import { mean, standardDeviation } from './describe.ts';
import type { Interval } from './interval.ts';
import { studentTQuantile } from './student-t.ts';

/** How much of the variance of a number one factor makes, and by how much it moves the number. */
export interface FactorEffect {
  /** Its sum of squares as a share of the total; 0 if nothing varies. */
  readonly share: number;
  /** Mean with the factor switched minus the mean without. */
  readonly effect: number;
  /** Interval of the effect: Student's t over the seeds; null for fewer than two. */
  readonly interval: Interval | null;
}

/** The variance of a number over the runs of a two-level design, each repeated with the same seeds. */
export interface VarianceShares {
  readonly factors: readonly FactorEffect[];
  /** Of the means of seeds. */
  readonly seeds: number;
  /** Of the means of runs, beyond the effects of single factors: combinations of factors. */
  readonly combinations: number;
  /** What is left: how the effects differ between seeds. */
  readonly rest: number;
}

/**
 * The analysis of variance of a balanced two-level design with the seeds as blocks: shares of the total sum of squares
 * (eta squared), which add up to 1, or are all 0 if nothing varies.
 *
 *     SS(factor) = (N / 4) effect^2,  SS(runs) = n sum (run mean - mean)^2,  SS(seeds) = R sum (seed mean - mean)^2
 *
 * with N = R n values, R runs and n seeds. `switched` is [runs][factors], orthogonal; `values` is [runs][seeds], finite.
 * Source: Montgomery, Design and Analysis of Experiments (8th ed. 2013), chapters 4 and 8.
 */
export function varianceShares(
  switched: readonly (readonly boolean[])[],
  values: readonly (readonly number[])[],
  level: number,
): VarianceShares {
  const runs = values.length;
  const seeds = values[0].length;
  const overall = mean(values.flat());
  const squares = (of: readonly number[]) => of.reduce((sum, value) => sum + (value - overall) ** 2, 0);
  const total = squares(values.flat());
  const share = (sum: number) => (total > 0 ? sum / total : 0);
  const bySeed = values[0].map((_, seed) => values.map((row) => row[seed]));
  const ofRuns = share(seeds * squares(values.map(mean)));
  const ofSeeds = share(runs * squares(bySeed.map(mean)));
  const factors = switched[0].map((_, factor) => {
    const effects = bySeed.map((column) => {
      const part = (on: boolean) => mean(column.filter((_, run) => switched[run][factor] === on));
      return part(true) - part(false);
    });
    const effect = mean(effects);
    const half =
      (studentTQuantile((1 + level) / 2, seeds - 1) * standardDeviation(effects)) / Math.sqrt(seeds);
    return {
      share: share(((runs * seeds) / 4) * effect ** 2),
      effect,
      interval: seeds < 2 ? null : { low: effect - half, high: effect + half },
    };
  });
  const single = factors.reduce((sum, factor) => sum + factor.share, 0);
  return {
    factors,
    seeds: ofSeeds,
    combinations: Math.max(0, ofRuns - single),
    rest: Math.max(0, share(total) - ofRuns - ofSeeds),
  };
}
