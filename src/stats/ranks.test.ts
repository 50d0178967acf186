import { expect, test } from '@jest/globals';
import { midRanks } from './ranks.ts';

test('ranks are those of scipy.stats.rankdata, also of infinite values, in the shape given', () => {
  const infinite = Number.POSITIVE_INFINITY;
  expect(
    midRanks([
      [3, 1],
      [infinite, 1],
      [2, infinite],
    ]),
  ).toEqual([
    [4, 1.5],
    [5.5, 1.5],
    [3, 5.5],
  ]);
  expect(midRanks([[-infinite, 0, 0, 0]])).toEqual([[1, 3, 3, 3]]);
});
