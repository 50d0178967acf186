import { expect, test } from '@jest/globals';
import { describeRound, halve, type RoundValues, race } from './judge-round.ts';

const mse = { name: 'test_mse', title: 'test MSE', best: 'min' } as const;
const r2 = { name: 'test_r2', title: 'test R2', best: 'max' } as const;
const kept = (fates: readonly { readonly kept: boolean }[]) => fates.map((fate) => fate.kept);

test('the settings with the best means continue, and the first of equal ones', () => {
  const values: RoundValues = [[0.3], [0.1], [0.2], [0.1], [0.2]];
  expect(kept(halve(values, mse, 1))).toEqual([false, true, false, false, false]);
  expect(kept(halve(values, mse, 3))).toEqual([false, true, true, true, false]);
  expect(kept(halve(values, r2, 2))).toEqual([true, false, true, false, false]);
  expect(halve(values, mse, 3)[4].reason).toBe('place 4 of 5, of which 3 continue');
  expect(kept(halve(values, mse, null))).toEqual([true, true, true, true, true]);
});

test('what diverged in a seed, or has no value, is stopped with that reason, however few are left', () => {
  const values: RoundValues = [
    ['diverged', 0.01],
    [0.4, 0.6],
    ['no value', 0.2],
    ['diverged', 'diverged'],
  ];
  for (const fates of [halve(values, mse, 3), halve(values, mse, null), race(values, mse, 0.05)])
    expect(kept(fates)).toEqual([false, true, false, false]);
  const reasons = halve(values, mse, 3).map(({ reason }) => reason);
  expect(reasons).toEqual([
    '1 of 2 seeds diverged',
    'place 1 of 4, of which 3 continue',
    'no value',
    '2 of 2 seeds diverged',
  ]);
  expect(halve([['diverged']], mse, 1)).toEqual([{ kept: false, reason: 'diverged', p: null }]);
});

test('a race stops what is worse in every seed, and nothing that may be chance', () => {
  const seeds = [0.11, 0.13, 0.1, 0.12, 0.14, 0.125, 0.105, 0.115];
  const values = [seeds, seeds.map((x) => 1.001 * x), seeds.map((x, i) => x * (i % 2 === 0 ? 0.9 : 1.15))];
  const fates = race(values, mse, 0.05);
  expect(kept(fates)).toEqual([true, false, true]);
  expect(fates[1].p).toBeCloseTo(2 / 129, 10);
  expect(fates[1].reason).toBe('p 0.016 <= 0.05: cannot win');
  expect(fates[2].reason).toMatch(/^p 0\.\d+ > 0\.05: may still win$/);
  // Of R2 the higher is better.
  expect(kept(race(values, r2, 0.05))).toEqual([false, true, true]);
  expect(kept(race(values, mse, null))).toEqual([true, true, true]);
});

test('differences from the best are those within the seeds', () => {
  const values = [
    [1, 2, 3],
    [1.5, 2.5, 3.5],
    [1, 2, 'diverged'],
  ] as const;
  const [best, other, diverged] = describeRound(values, mse);
  expect(best).toEqual({ mean: 2, deviation: 1, behind: null });
  expect(other.behind).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  expect(diverged).toEqual({ mean: null, deviation: null, behind: null });
  expect(describeRound(values, r2)[0].behind).toEqual({ mean: -0.5, low: -0.5, high: -0.5 });
  // One seed: no spread, and no interval. t(0.975, 1) = 12.706 for two.
  expect(describeRound([[1], [2]], mse)[1]).toEqual({ mean: 2, deviation: null, behind: null });
  const two = describeRound(
    [
      [1, 1],
      [2, 4],
    ],
    mse,
  )[1].behind!;
  expect([two.mean, two.low, two.high]).toEqual([
    2,
    expect.closeTo(2 - 12.706, 2),
    expect.closeTo(2 + 12.706, 2),
  ]);
});
