import { expect, test } from '@jest/globals';
import { moreSeeds, shareWord } from './share.ts';

// Wilson's bounds with the one-sided quantile 1.6449 and the two-sided 1.9600; SciPy's binomtest gives the same.
test.each([
  [11, 11, 'holds'], // 0.803
  [10, 10, 'undecided'], // 0.787
  [0, 11, 'contradicted'],
  [0, 10, 'undecided'],
  [18, 20, 'undecided'], // 0.738
  [20, 40, 'depends on the seed'], // 0.352 to 0.648
  [10, 50, 'depends on the seed'], // 0.112 to 0.330: on either side of 0.2
  [2, 50, 'contradicted'],
  [35, 50, 'undecided'], // 0.562 to 0.809: it could hold
  [1, 5, 'undecided'], // 0.036 to 0.624
  [5, 5, 'undecided'],
  [1, 1, 'undecided'],
  [0, 0, 'undecided'],
] as const)('%d of %d: %s', (successes, n, word) => {
  expect(shareWord(successes, n, 0.95)).toBe(word);
});

/** P(k successes of n), where each has probability p. */
function binomial(n: number, p: number): number[] {
  let row = [1];
  for (let i = 0; i < n; i++) {
    row = Array.from({ length: i + 2 }, (_, k) => (row[k] ?? 0) * (1 - p) + (row[k - 1] ?? 0) * p);
  }
  return row;
}

/**
 * How often a statement with this true share gets the word at the last of several looks. A look before it ends only if the
 * statement was true in all seeds and holds.
 */
function rateOf(word: string, p: number, looks: readonly number[]): number {
  let state = [1]; // [successes so far], of the cases that have not ended
  let said = 0;
  let seen = 0;
  for (const n of looks) {
    const more = binomial(n - seen, p);
    const next: number[] = Array(n + 1).fill(0);
    for (const [before, chance] of state.entries()) {
      for (const [k, share] of more.entries()) next[before + k] += chance * share;
    }
    for (const k of next.keys()) {
      const found = shareWord(k, n, 0.95);
      const ends = n === looks.at(-1) || (k === n && found !== 'undecided');
      if (!ends) continue;
      if (found === word) said += next[k];
      next[k] = 0;
    }
    state = next;
    seen = n;
  }
  return said;
}

test.each([
  [[11], 0.086],
  [[20], 0.069],
  [[50], 0.048],
  [[11, 20], 0.118],
  [[11, 20, 50], 0.118],
])(
  'with %j seeds, a statement that is true in 80 %% of all seeds is said to hold at the rate %d',
  (looks, rate) => {
    expect(rateOf('holds', 0.8, looks)).toBeCloseTo(rate, 3);
    // Only the last look contradicts.
    expect(rateOf('contradicted', 0.2, looks)).toBeCloseTo(rateOf('holds', 0.8, looks.slice(-1)), 9);
  },
);

test('how many more seeds would decide, if the share stays', () => {
  const wordOf = (successes: number, n: number) => shareWord(successes, n, 0.95);
  expect(moreSeeds(11, 11, wordOf)).toBe(0);
  expect(moreSeeds(5, 5, wordOf)).toBe(6);
  expect(moreSeeds(0, 1, wordOf)).toBe(10);
  expect(moreSeeds(4, 5, wordOf)).toBeNull(); // exactly at the border
  const more = moreSeeds(18, 20, wordOf)!;
  expect(shareWord(Math.round(0.9 * (20 + more)), 20 + more, 0.95)).toBe('holds');
});
