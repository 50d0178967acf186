import { compileMargins, type Margin } from '../math/margin.ts';
import { percentile, typicalSpread } from '../stats/describe.ts';
import type { Interval } from '../stats/interval.ts';
import { medianInterval } from '../stats/median-interval.ts';
import type { ConclusionClaim } from './claims.ts';

/** By how much a conclusion holds: that of the comparison of which it holds least clearly. */
export interface Effect {
  /** Median over the seeds of the side that should be larger minus the other, in the unit of the statistic. */
  readonly median: number;
  readonly interval: Interval;
  /**
   * The median in units of the spread between seeds (`typicalSpread`, root mean square of both sides'), and 0 for a tie;
   * null where a side is not simply one of the quantities, or the spread is no finite number above 0.
   */
  readonly inSpreads: number | null;
}

/** Below this share of the spread between seeds a difference is of no consequence. */
export const negligibleShare = 0.1;

/** Values of a claim's quantities by name: one entry per seed and combination of `for`. */
type Bound = Readonly<Record<string, number>>;

/**
 * The effect of a condition over the seeds, and whether it is negligible: every one of its comparisons is between two
 * quantities that differ by less than a tenth of the spread, or by nothing. Null for conditions that do not consist of
 * comparisons.
 *
 * bySeed is [seeds][combinations of `for`].
 */
export async function effectOf(
  { id, holds, quantities }: ConclusionClaim,
  bySeed: readonly (readonly Bound[])[],
  level: number,
): Promise<{ effect: Effect; negligible: boolean } | null> {
  const margins = await compileMargins(holds, Object.keys(quantities), `claim ${id}: holds`);
  if (margins === null || bySeed.length === 0) return null;
  const effects = margins.flatMap((margin) =>
    bySeed[0].map((_, combination) => {
      const values = bySeed.map((combinations) => combinations[combination]);
      return effectOfMargin(margin, values, level);
    }),
  );
  // An infinite difference is infinitely many spreads. If one is not known in spreads, all are compared as they are.
  const inSpreads = (one: Effect) => one.inSpreads ?? (Number.isFinite(one.median) ? null : one.median);
  const isMeasured = effects.every((one) => inSpreads(one) !== null);
  const size = (one: Effect) => (isMeasured ? inSpreads(one)! : one.median);
  const weakest = effects.reduce((least, one) => (size(one) < size(least) ? one : least));
  const isSmall = ({ inSpreads }: Effect) => inSpreads !== null && Math.abs(inSpreads) < negligibleShare;
  return { effect: weakest, negligible: effects.every(isSmall) };
}

function effectOfMargin({ larger, smaller, plain }: Margin, values: readonly Bound[], level: number): Effect {
  const above = values.map(larger);
  const below = values.map(smaller);
  // Two diverged runs differ by nothing. A comparison that is undefined in a seed, where another decides, holds by no margin.
  const differences = above.map((value, seed) => {
    const difference = value === below[seed] ? 0 : value - below[seed];
    return Number.isNaN(difference) ? Number.NEGATIVE_INFINITY : difference;
  });
  const median = percentile(Float64Array.from(differences).sort(), 50);
  const spread = Math.hypot(typicalSpread(above), typicalSpread(below)) / Math.SQRT2;
  const measured = plain && spread > 0 && Number.isFinite(spread) && Number.isFinite(median);
  return {
    median,
    interval: medianInterval(differences, level),
    inSpreads: plain && median === 0 ? 0 : measured ? median / spread : null,
  };
}
