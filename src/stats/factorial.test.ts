import { describe, expect, test } from '@jest/globals';
import { fractionalFactorial, mostFactors } from './factorial.ts';

const sizes = Array.from({ length: mostFactors + 1 }, (_, k) => k);

describe.each(sizes)('a design of %i factors', (k) => {
  const { runs, resolution } = fractionalFactorial(k);
  /** How many runs switch all of these factors. */
  const count = (...factors: number[]) => runs.filter((run) => factors.every((factor) => run[factor])).length;

  test('begins with nothing switched and has no run twice', () => {
    expect(runs[0]).toEqual(Array.from({ length: k }, () => false));
    expect(new Set(runs.map(String)).size).toBe(k === 0 ? 1 : runs.length);
    expect(runs.length).toBeLessThanOrEqual(16);
  });

  test('every pair of factors has each of its four combinations equally often', () => {
    for (let a = 0; a < k; a++) {
      expect(count(a)).toBe(runs.length / 2);
      for (let b = 0; b < a; b++) expect(count(a, b)).toBe(runs.length / 4);
    }
  });

  test('with resolution IV so has every triple: no effect is that of a pair', () => {
    expect(resolution).toBe(k <= 3 ? 'full' : k <= 8 ? 'IV' : 'III');
    if (resolution === 'III') return;
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < a; b++) {
        for (let c = 0; c < b; c++) {
          const odd = runs.filter((run) => [a, b, c].filter((factor) => run[factor]).length % 2 === 1);
          expect(odd).toHaveLength(runs.length / 2);
        }
      }
    }
  });
});

test('more factors than there are columns are refused', () => {
  expect(() => fractionalFactorial(16)).toThrow('0 to 15');
});
