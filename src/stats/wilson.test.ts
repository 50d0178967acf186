import { expect, test } from '@jest/globals';
import { wilsonInterval } from './wilson.ts';

test.each([
  [8, 10, 0.4901624715366418, 0.9433178485456248],
  [0, 20, 0, 0.16112515805281935],
  [20, 20, 0.8388748419471808, 1],
  [19, 20, 0.763868806553258, 0.9911185511992047],
])('%p of %p is what SciPy gives', (successes, n, low, high) => {
  const interval = wilsonInterval(successes, n, 0.95);
  expect(interval.low).toBeCloseTo(low, 10);
  expect(interval.high).toBeCloseTo(high, 10);
});

test('without trials it says nothing', () => {
  expect(wilsonInterval(0, 0, 0.95)).toEqual({ low: 0, high: 1 });
});
