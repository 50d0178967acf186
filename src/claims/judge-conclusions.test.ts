import { describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import type { ConclusionClaim } from './claims.ts';
import { judgeConclusion } from './judge-conclusions.ts';

const quantity = { experiment: 'ffnn', statistic: 'test_mse' };
const claim: ConclusionClaim = {
  ...{ id: 'c', kind: 'conclusion', where: 'here', says: 'a is worse than b' },
  ...{ quantities: { a: quantity, b: quantity }, holds: 'a > b' },
};
const seeds = (values: readonly (readonly [number, number])[]) => values.map(([a, b]) => [{ a, b }]);
const always = (n: number, a: number, b: number) => Array.from({ length: n }, () => [a, b] as const);

describe('the word for a conclusion', () => {
  test.each([
    ['one seed in which it holds', always(1, 2, 1), 'undecided'],
    ['one seed in which it does not', always(1, 1, 2), 'undecided'],
    ['no seed', [], 'not run'],
    ['ten seeds in which it holds', always(10, 2, 1), 'undecided'],
    ['eleven seeds in which it holds', always(11, 2, 1), 'holds'],
    ['eleven seeds in which it does not', always(11, 1, 2), 'contradicted'],
    ['forty seeds, half of which hold', [...always(20, 2, 1), ...always(20, 1, 2)], 'depends on the seed'],
    ['a value that is missing', [...always(11, 2, 1), [Number.NaN, 1] as const], 'not run'],
  ])('%s', async (_name, values, word) => {
    expect((await judgeConclusion(claim, seeds(values), 0.95)).verdict).toBe(word);
  });
});

describe('a condition that is undefined', () => {
  const judged = (holds: string, values: readonly (readonly [number, number])[]) =>
    judgeConclusion({ ...claim, holds }, seeds(values), 0.95);

  test.each(['a/b - a/b < 1', 'not (a/b - a/b < 1)', 'log(0 - a) < 5', 'a > 1 and sqrt(-a) > 0'])(
    'for finite values is refused, and the run is named: %s',
    async (holds) => {
      const values = [...always(10, 1, 1), ...always(10, 2, 0)];
      const refusal = (await judged(holds, values).catch((error: unknown) => error)) as UserError;
      expect(refusal).toBeInstanceOf(UserError);
      expect(refusal.parts.what).toMatch(holds.startsWith('log') ? /undefined in run 1,/ : /in run 11,/);
      expect(refusal.parts.received).toContain('a = ');
    },
  );

  test('counts for nothing where another part decides', async () => {
    expect((await judged('b == 0 or a/b > 1', always(20, 0, 0))).verdict).toBe('holds');
    expect((await judged('a/b > 1 and b > 0', always(20, 0, 0))).verdict).toBe('contradicted');
  });

  test.each(['a - b < 1', 'not (a - b < 1)'])('for diverged runs does not hold: %s', async (holds) => {
    const diverged = always(20, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    expect((await judged(holds, diverged)).verdict).toBe('contradicted');
  });

  test('uses its quantities', async () => {
    await expect(judged('1 < 2', always(20, 1, 1))).rejects.toThrow('uses none of a, b');
  });
});
