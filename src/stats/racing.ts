import { smallestP } from './best-cells.ts';

/**
 * After how many of n seeds a race looks at its settings: each look after twice as many seeds as the one before, and none after all of
 * them. The first comes as early as a p-value can be small enough for `lookLevel`. Empty if there are too few seeds for a look.
 */
export function racingLooks(n: number, alpha: number): number[] {
  for (let first = 2; first < n; first++) {
    const looks: number[] = [];
    for (let seeds = first; seeds < n; seeds *= 2) looks.push(seeds);
    if (smallestP(first) <= lookLevel(alpha, looks.length)) return looks;
  }
  return [];
}

/** The level of each look, so that all together err with probability alpha at most (Bonferroni). */
export function lookLevel(alpha: number, looks: number): number {
  return alpha / Math.max(1, looks);
}
