/** A two-level design: which factors are switched in each run. */
export interface Factorial {
  /** [runs][factors]; the first run switches none. */
  readonly runs: readonly (readonly boolean[])[];
  /**
   * full: every combination. IV: no factor's effect is mixed with that of two others together. III: it can be, with that of
   * two others together, never with a single one.
   */
  readonly resolution: 'full' | 'IV' | 'III';
}

/** The most factors of a design, whose runs are then 16. */
export const mostFactors = 15;

/**
 * A regular fractional factorial design of k factors in at most 16 runs: every pair of factors has each of its four
 * combinations equally often, so that effects can be told apart.
 *
 * 2^m runs are the combinations of m base factors; any other factor is switched where an odd number of some base factors is.
 * Words of odd length first: with them alone the resolution is IV. Source: Box, Hunter & Hunter, Statistics for
 * Experimenters (2nd ed. 2005), chapter 6.
 */
export function fractionalFactorial(k: number): Factorial {
  if (!Number.isInteger(k) || k < 0 || k > mostFactors) {
    throw new Error(`no design of ${k} factors: 0 to ${mostFactors}`);
  }
  const bits = k <= 3 ? k : k === 4 ? 3 : 4;
  const words = wordsOf(bits).slice(0, k);
  return {
    runs: Array.from({ length: 2 ** bits }, (_, run) => words.map((word) => ones(run & word) % 2 === 1)),
    resolution: k <= bits ? 'full' : words.every((word) => ones(word) % 2 === 1) ? 'IV' : 'III',
  };
}

/** Every set of base factors that is not empty, as bits: single ones, then other odd numbers of them, then even ones. */
function wordsOf(bits: number): number[] {
  const all = Array.from({ length: 2 ** bits - 1 }, (_, index) => index + 1);
  const order = (word: number) => (ones(word) % 2 === 1 ? ones(word) : bits + ones(word));
  return all.sort((a, b) => order(a) - order(b) || a - b);
}

function ones(word: number): number {
  let count = 0;
  for (let rest = word; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}
