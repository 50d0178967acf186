import type { Interval } from './interval.ts';
import { wilsonInterval } from './wilson.ts';

/** What the share of the seeds in which a statement is true says about it. */
export type ShareWord = 'holds' | 'contradicted' | 'depends on the seed' | 'undecided';

/** A statement holds if it is true in more than this share of all seeds, and is contradicted below 1 minus it. */
export const requiredShare = 0.8;

/** A statement that is true in more than this share of all seeds, but not in enough to hold, depends on the seed. */
const seldom = 0.05;

/** The most further seeds that `moreSeeds` names. */
const mostSeeds = 1000;

/**
 * Decides from `successes` in n seeds, by Wilson's interval of the share: `holds` if its lower one-sided bound is above
 * 0.8, `contradicted` if its upper one-sided bound is below 0.2, `depends on the seed` if its two-sided interval lies
 * between 0.05 and 0.8, and `undecided` otherwise. So a statement that is true in some of many seeds, on either side of
 * 0.2, is not called undecided: it cannot hold, whatever its share is.
 *
 * At 95 % eleven seeds of eleven are enough, by design, and the bounds are approximate. Of statements that are true in exactly
 * 80 % of all seeds, 8.6 % are said to hold with 11 seeds, 6.9 % with 20 and 4.8 % with 50; the same shares of those that
 * are true in 20 % are contradicted. With looks at 11, 20 and 50 seeds, of which the first that has it true in all seeds
 * ends the matter, up to 11.8 % are said to hold, and 4.8 % are contradicted (exact sums, share.test.ts).
 */
export function shareWord(successes: number, n: number, level: number): ShareWord {
  const oneSided = wilsonInterval(successes, n, 2 * level - 1);
  if (oneSided.low > requiredShare) return 'holds';
  if (oneSided.high < 1 - requiredShare) return 'contradicted';
  const twoSided: Interval = wilsonInterval(successes, n, level);
  return twoSided.low >= seldom && twoSided.high <= requiredShare ? 'depends on the seed' : 'undecided';
}

/**
 * How many more seeds would decide if the share stayed what it is; 0 if it is decided, null if more than 1000 would be
 * needed. `wordOf` decides: `shareWord`, or another rule.
 */
export function moreSeeds(
  successes: number,
  n: number,
  wordOf: (successes: number, n: number) => ShareWord,
): number | null {
  for (let more = 0; more <= mostSeeds; more++) {
    const all = n + more;
    const expected = n === 0 ? all : Math.round((successes / n) * all);
    if (wordOf(expected, all) !== 'undecided') return more;
  }
  return null;
}
