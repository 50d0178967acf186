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

describe('the best cell of a grid', () => {
  const best: ConclusionClaim = {
    ...{ ...claim, quantities: { cell: quantity, others: quantity }, holds: 'cell <= others' },
    grid: { ...quantity, take: 'min' },
  };
  const judged = (cells: readonly (readonly number[])[]) => {
    const values = cells[0].map((cell, seed) => [
      { cell, others: Math.min(...cells.slice(1).map((own) => own[seed])) },
    ]);
    const names = cells.map((_, degree) => ({ degree }));
    const grid = { cells: names, values: cells, claimed: 0, better: 'lower', scale: 'log' } as const;
    return judgeConclusion(best, values, 0.95, [grid]);
  };
  const constant = (value: number, n = 20) => Array(n).fill(value);
  const wobbling = (value: number, n = 20) => Array.from({ length: n }, (_, i) => value + 0.01 * Math.sin(i));

  test.each([
    ['equal cells that never vary', [constant(1), constant(1), constant(1)]],
    ['equal cells that vary', [wobbling(1), wobbling(1), wobbling(1)]],
    ['a cell that another ties with', [wobbling(1), wobbling(1), wobbling(2)]],
    ['a cell that another ties with in most seeds', [constant(1), [2, 2, ...constant(1, 18)]]],
  ])('is not won by a tie: %s', async (_name, cells) => {
    expect((await judged(cells)).verdict).toBe('holds, but negligible');
  });

  test('is won by a cell that is always better, though it never varies', async () => {
    expect((await judged([constant(1), constant(2)])).verdict).toBe('holds');
  });

  test('needs as many more seeds as its own rule does', async () => {
    const few = await judged([constant(1, 5), constant(2, 5)]);
    expect(few).toMatchObject({ verdict: 'undecided', moreSeeds: 6 });
    // Two wins of twenty say too little about the share; for a cell that is tied on average they are enough.
    const other = (first: number) =>
      Array.from({ length: 20 }, (_, i) => (i < 2 || i % 2 === first ? 2 : 0.5));
    const tied = await judged([constant(1), other(0), other(1)]);
    expect(tied).toMatchObject({ share: 0.1, verdict: 'depends on the seed', moreSeeds: 0 });
    expect((await judged([constant(2), constant(1)])).moreSeeds).toBe(0);
  });
});

describe('the share of independent runs', () => {
  const three: ConclusionClaim = {
    ...{ ...claim, quantities: { a: quantity, b: quantity, c: quantity } },
    holds: 'a == b or b == c or a == c',
  };
  const unpaired = async (n: number) => {
    const values = Array.from({ length: n }, (_, seed) => [{ a: seed, b: seed, c: seed }]);
    return (await judgeConclusion(three, values, 0.95)).unpaired;
  };

  test.each([20, 11, 3])('never takes two of three quantities from one of %d seeds', async (n) => {
    expect(await unpaired(n)).toBe(0);
  });

  test('is not known of three quantities with two seeds', async () => {
    expect(await unpaired(2)).toBeNull();
  });

  test('of two quantities is that of all pairs of different seeds', async () => {
    const values = seeds(Array.from({ length: 6 }, (_, i) => [i, i] as const));
    expect((await judgeConclusion(claim, values, 0.95)).unpaired).toBe(0.5);
  });
});
