import { expect, test } from '@jest/globals';
import { fractionalFactorial } from './factorial.ts';
import { varianceShares } from './variance-shares.ts';

// Made with NumPy: 1 + 0.8 a - 0.3 c + 0.4 a b + (0, 0.5, -0.2) by seed + N(0, 0.2), with d = a + b + c (modulo 2).
const switched = Array.from({ length: 8 }, (_, run) => {
  const bits = [run & 1, (run >> 1) & 1, (run >> 2) & 1];
  return [...bits, bits[0] ^ bits[1] ^ bits[2]].map((bit) => bit === 1);
});
const values = [
  [1.0, 1.56, 0.75],
  [1.62, 2.21, 1.4],
  [1.01, 1.77, 0.7],
  [2.08, 2.8, 2.07],
  [0.72, 1.01, 0.49],
  [1.64, 1.73, 1.21],
  [0.32, 0.94, 0.13],
  [1.85, 2.15, 1.75],
];

test('shares are those of least squares on nested models (numpy.linalg.lstsq)', () => {
  const { factors, seeds, combinations, rest } = varianceShares(switched, values, 0.95);
  const expected = [0.58380636298024, 0.019796584313926918, 0.10072018340771617, 0.0008061308941603336];
  for (const [j, share] of expected.entries()) expect(factors[j].share).toBeCloseTo(share, 10);
  expect(seeds).toBeCloseTo(0.20151839232420066, 10);
  expect(combinations).toBeCloseTo(0.06677510620028136, 10);
  expect(rest).toBeCloseTo(0.026577239879474458, 10);
});

test('effects and their intervals over the seeds are those of scipy.stats.t.interval', () => {
  const { factors } = varianceShares(switched, values, 0.95);
  for (const [j, [effect, low, high]] of [
    [1.0091666666666668, 0.7697393019754881, 1.2485940313578454],
    [0.18583333333333338, -0.08603035433452091, 0.4576970210011877],
    [-0.4191666666666667, -0.870104949315007, 0.03177161598167361],
    [0.03750000000000009, 0.01510828526242642, 0.05989171473757376],
  ].entries()) {
    expect(factors[j].effect).toBeCloseTo(effect, 10);
    expect(factors[j].interval!.low).toBeCloseTo(low, 6);
    expect(factors[j].interval!.high).toBeCloseTo(high, 6);
  }
});

test('shares add up to 1 in every design, to 0 without variance, and one seed has no interval', () => {
  for (const k of [0, 1, 2, 4, 7, 12]) {
    const { runs } = fractionalFactorial(k);
    const some = runs.map((_, run) => [0, 1, 2].map((seed) => Math.sin(7 * run + 3 * seed * seed + 1)));
    const { factors, seeds, combinations, rest } = varianceShares(runs, some, 0.9);
    const sum = factors.reduce((all, { share }) => all + share, seeds + combinations + rest);
    expect(sum).toBeCloseTo(1, 10);
  }
  const { factors, ...others } = varianceShares(
    switched,
    switched.map(() => [2, 2]),
    0.95,
  );
  expect(factors.map(({ share, effect }) => [share, effect])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  expect(others).toEqual({ seeds: 0, combinations: 0, rest: 0 });
  const [first] = varianceShares(
    switched,
    values.map(([value]) => [value]),
    0.95,
  ).factors;
  expect(first.interval).toBeNull();
});
