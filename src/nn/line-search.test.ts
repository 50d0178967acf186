import { describe, expect, test } from '@jest/globals';
import { strongWolfe } from './line-search.ts';

type Line = (a: number) => [value: number, slope: number];

function search(line: Line, firstStep: number) {
  let evaluations = 0;
  const at = (step: number) => {
    evaluations++;
    const [value, slope] = line(step);
    return { step, value, slope };
  };
  const start = at(0);
  return { start, found: strongWolfe(at, start, firstStep), evaluations };
}

/** Kinks of width b2 near 0 and b1 near 1 (the family of H. Yanai, M. Ozawa and S. Kaneko, 1981). */
function yanai(b1: number, b2: number): Line {
  const weight = (b: number) => Math.sqrt(1 + b * b) - b;
  return (a) => {
    const left = Math.sqrt((1 - a) ** 2 + b2 ** 2);
    const right = Math.sqrt(a ** 2 + b1 ** 2);
    const value = weight(b1) * left + weight(b2) * right;
    return [value, (weight(b1) * (a - 1)) / left + (weight(b2) * a) / right];
  };
}

/** Test functions of J. J. Moré and D. J. Thuente, Line search algorithms with guaranteed sufficient decrease, 1994. */
const lines: [string, Line][] = [
  ['-a / (a^2 + 2)', (a) => [-a / (a * a + 2), (a * a - 2) / (a * a + 2) ** 2]],
  [
    '(a + 0.004)^5 - 2 (a + 0.004)^4',
    (a) => [(a + 0.004) ** 5 - 2 * (a + 0.004) ** 4, 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3],
  ],
  ['even kinks', yanai(0.001, 0.001)],
  ['a wide kink at 1', yanai(0.01, 0.001)],
  ['a wide kink at 0', yanai(0.001, 0.01)],
];

describe.each(lines)('on %s', (_name, line) => {
  test.each([1e-3, 0.1, 1, 10, 1e3])('the strong Wolfe conditions hold, first step %d', (firstStep) => {
    const { start, found, evaluations } = search(line, firstStep);
    expect(start.slope).toBeLessThan(0);
    expect(found.step).toBeGreaterThan(0);
    expect(found.value).toBeLessThanOrEqual(start.value + 1e-4 * found.step * start.slope);
    expect(Math.abs(found.slope)).toBeLessThanOrEqual(0.9 * Math.abs(start.slope));
    expect(evaluations).toBeLessThan(35);
  });
});

test('the first step is taken where it fulfils both', () => {
  const { found, evaluations } = search((a) => [(a - 1) ** 2, 2 * (a - 1)], 0.7);
  expect({ step: found.step, evaluations }).toEqual({ step: 0.7, evaluations: 2 });
});

test('a step where the function has no finite value is too long', () => {
  for (const outside of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const { found } = search((a) => (a < 0.3 ? [(a - 0.2) ** 2, 2 * (a - 0.2)] : [outside, outside]), 100);
    expect(Math.abs(found.step - 0.2)).toBeLessThanOrEqual(0.1);
  }
});

test('where no step lowers the value the start comes back, after a bounded number of evaluations', () => {
  const { start, found, evaluations } = search((a) => [a === 0 ? 0 : 1, -1], 1);
  expect(found).toBe(start);
  expect(evaluations).toBeLessThanOrEqual(41);
});

test('where the value falls for ever the search ends', () => {
  const { found, evaluations } = search((a) => [-a, -1], 1);
  expect(found.step).toBeGreaterThan(1e9);
  expect(evaluations).toBeLessThanOrEqual(41);
});

test('slopes decide where values differ by rounding only', () => {
  // 1e6 swallows the whole parabola, and the last bit goes up.
  const { found } = search((a) => [a === 0 ? 1e6 : 1e6 + 1.2e-10, 1e-12 * (a - 1)], 1);
  expect(found.step).toBe(1);
});
