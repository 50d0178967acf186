import { describe, expect, test } from '@jest/globals';
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
