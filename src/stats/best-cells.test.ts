import { expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { notBestPValues } from './best-cells.ts';

const stream = () => createRng(0, 'verdicts');

/** Cells whose losses share most of what varies between seeds; the first is better by `ahead` of their own spread. */
function gridOf(cells: number, seeds: number, ahead: number, seed: number): number[][] {
  const rng = createRng(seed, 'verdicts');
  const common = Array.from({ length: seeds }, () => 3 * rng.normal());
  return Array.from({ length: cells }, (_, cell) =>
    common.map((shared) => shared + rng.normal() - (cell === 0 ? ahead : 0)),
  );
}

test.each([
  [4, 8],
  [16, 10],
  [8, 20],
])(
  'of grids of %d equal cells over %d seeds, about 5 %% have a cell that is said not to be the best',
  (cells, seeds) => {
    const grids = 60;
    let wrong = 0;
    for (let grid = 1; grid <= grids; grid++) {
      if (notBestPValues(gridOf(cells, seeds, 0, grid), stream()).some((p) => p <= 0.05)) wrong++;
    }
    expect(wrong / grids).toBeLessThan(0.135); // 0.05 + 3 standard errors
  },
);

test('cells that are clearly worse are told apart, the best is not', () => {
  const [best, ...others] = notBestPValues(gridOf(8, 20, 3, 1), stream());
  expect(best).toBe(1);
  for (const p of others) expect(p).toBeLessThanOrEqual(0.05);
});

test('identical cells may both be the best; one that is always worse by the same amount is not', () => {
  const [a] = gridOf(1, 12, 0, 1);
  const p = notBestPValues([a, a, a.map((x) => x + 0.1)], stream());
  expect(p.slice(0, 2)).toEqual([1, 1]);
  expect(p[2]).toBeLessThan(0.01);
});

test('one seed tells nothing', () => {
  expect(notBestPValues([[1], [2]], stream())).toEqual([1, 1]);
});
