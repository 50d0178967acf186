import { describe, expect, test } from '@jest/globals';
import type { ConclusionClaim } from './claims.ts';
import { effectOf } from './effect.ts';

const quantity = { experiment: 'ffnn', statistic: 'test_mse' };
const names = { a: quantity, b: quantity, c: quantity };
const claimOf = (holds: string): ConclusionClaim => ({
  ...{ id: 'c', kind: 'conclusion', where: 'here', says: 'something', quantities: names, holds },
});
/** Twenty seeds; the values of each wobble by up to half its width, independently of how the others do. */
const seedsOf = (a: number, b: number, c: number, [wa, wb, wc] = [1, 1, 1]) =>
  Array.from({ length: 20 }, (_, i) => [
    {
      a: a + wa * (i / 19 - 0.5),
      b: b + wb * (((i * 7) % 20) / 19 - 0.5),
      c: c + wc * (((i * 3) % 20) / 19 - 0.5),
    },
  ]);

describe('the weakest comparison', () => {
  test('is the one that is least in spreads, where all are known in spreads', async () => {
    // a > b by 1, which is many spreads; a > c by 10, which is less than one.
    const found = await effectOf(claimOf('a > b and a > c'), seedsOf(10, 9, 0, [0.1, 0.1, 50]), 0.95);
    expect(found!.effect.median).toBeGreaterThan(5);
    expect(found!.effect.inSpreads).toBeLessThan(1);
  });

  test('is the one that is least as it is, where one is not known in spreads', async () => {
    // a > b by 0.3, which is eight spreads; 2 * a > 3 * c by 0.5, which is no number of spreads.
    const found = await effectOf(claimOf('a > b and 2*a > 3*c'), seedsOf(1, 0.7, 0.5, [0.1, 0.1, 0.1]), 0.95);
    expect(found!.effect.median).toBeCloseTo(0.3, 1);
  });

  test('is not one whose loser diverged in all runs', async () => {
    const values = seedsOf(10, 9, 0).map(([one]) => [{ ...one, c: Number.NEGATIVE_INFINITY }]);
    const found = await effectOf(claimOf('a > c and a > b'), values, 0.95);
    expect(found!.effect.median).toBeCloseTo(1, 0);
    expect(found!.effect.inSpreads).not.toBeNull();
  });

  test('has no NaN where another part of the condition decides', async () => {
    const values = seedsOf(1, 1, 1).map(([one], i) => [{ ...one, a: i < 3 ? -1 : 4 }]);
    const found = await effectOf(claimOf('a > 0 and sqrt(a) > b'), values, 0.95);
    expect(found!.effect.median).toBeGreaterThan(0);
    expect(found!.effect.interval.low).not.toBeNaN();
  });
});

test('values that are equal in every seed differ by nothing, which is negligible', async () => {
  const tied = seedsOf(1, 1, 1, [0, 0, 0]);
  expect(await effectOf(claimOf('a >= b'), tied, 0.95)).toMatchObject({
    ...{ effect: { median: 0, inSpreads: 0 }, negligible: true },
  });
  // Different, with no spread: no number of spreads, and not negligible.
  expect(await effectOf(claimOf('a >= b'), seedsOf(2, 1, 1, [0, 0, 0]), 0.95)).toMatchObject({
    ...{ effect: { median: 1, inSpreads: null }, negligible: false },
  });
});
