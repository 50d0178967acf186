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

test('at most one in twenty statements that are true in 80 % of all seeds is said to hold', () => {
  for (const n of [11, 20, 40, 100]) {
    let said = 0;
    let choose = 1;
    for (let k = 0; k <= n; k++) {
      if (k > 0) choose = (choose * (n - k + 1)) / k;
      if (shareWord(k, n, 0.95) === 'holds') said += choose * 0.8 ** k * 0.2 ** (n - k);
    }
    expect(said).toBeLessThan(0.09); // Wilson's bound is right on average, not for each n
  }
});

test('how many more seeds would decide, if the share stays', () => {
  expect(moreSeeds(11, 11, 0.95)).toBe(0);
  expect(moreSeeds(5, 5, 0.95)).toBe(6);
  expect(moreSeeds(0, 1, 0.95)).toBe(10);
  expect(moreSeeds(4, 5, 0.95)).toBeNull(); // exactly at the border
  const more = moreSeeds(18, 20, 0.95)!;
  expect(shareWord(Math.round(0.9 * (20 + more)), 20 + more, 0.95)).toBe('holds');
});
