import { describe, expect, test } from '@jest/globals';
import { compareRuns, holm } from './two-samples.ts';

const keyed = (values: readonly number[], from = 1) =>
  new Map(values.map((value, index) => [String(from + index), value] as const));
const a = [0.12, 0.15, 0.11, 0.19, 0.14];
const b = [0.1, 0.16, 0.09, 0.15, 0.12];
const c = [0.2, 0.31, 0.18];

// True values: scipy 1.17.1, stats.ttest_rel(b, a) and stats.ttest_ind(a, c, equal_var=False), of the values or their logarithms.
describe('the p-values of scipy', () => {
  test('of pairs', () => {
    expect(compareRuns(keyed(a), keyed(b), 'plain')).toMatchObject({ test: 'paired', runs: 5 });
    expect(compareRuns(keyed(a), keyed(b), 'plain').pValue).toBeCloseTo(0.08764517650339469, 6);
    expect(compareRuns(keyed(a), keyed(b), 'log').pValue).toBeCloseTo(0.05631961497444543, 6);
  });

  test('of runs with other seeds', () => {
    expect(compareRuns(keyed(a), keyed(c, 10), 'plain')).toMatchObject({ test: 'welch', runs: 8 });
    expect(compareRuns(keyed(a), keyed(c, 10), 'plain').pValue).toBeCloseTo(0.15028015842645373, 6);
    expect(compareRuns(keyed(a), keyed(c, 10), 'log').pValue).toBeCloseTo(0.08212643185110734, 6);
  });
});

test('only the seeds that both have are pairs', () => {
  const { test: kind, runs } = compareRuns(keyed(a), keyed(b, 3), 'plain');
  expect([kind, runs]).toEqual(['paired', 3]);
});

describe('without a spread', () => {
  test.each([
    ['the same values', a, a, 1],
    ['the same difference in each seed', [1, 2, 3], [2, 3, 4], 0],
  ])('%s', (_name, x, y, pValue) => {
    expect(compareRuns(keyed(x), keyed(y), 'plain').pValue).toBe(pValue);
  });

  test('one run says nothing', () => {
    expect(compareRuns(keyed([1]), keyed([2]), 'plain')).toEqual({ test: 'none', runs: 2, pValue: null });
    expect(compareRuns(keyed([]), keyed(a), 'plain').pValue).toBeNull();
  });

  test('a value at the end of its scale is compared as it is', () => {
    expect(compareRuns(keyed([0, 0.1]), keyed([0, 0.2]), 'log').pValue).toBeCloseTo(0.5, 6);
  });
});

// R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
test("Holm's procedure", () => {
  const expected = [0.03, 0.06, 0.06, 0.02];
  for (const [index, p] of holm([0.01, 0.04, 0.03, 0.005]).entries())
    expect(p).toBeCloseTo(expected[index], 12);
  expect(holm([])).toEqual([]);
});
