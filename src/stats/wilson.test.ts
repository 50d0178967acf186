import { expect, test } from '@jest/globals';
import { wilsonInterval } from './wilson.ts';

test.each([
  [8, 10, 0.4901624715366418, 0.9433178485456248],
  [0, 20, 0, 0.16112515805281935],
  [20, 20, 0.8388748419471808, 1],
  [19, 20, 0.763868806553258, 0.9911185511992047],
  [1, 20, 0.008881448800795402, 0.23613119344674205],
  [1, 1, 0.20654931437723745, 1],
  [0, 1, 0, 0.7934506856227626],
])('%p of %p is what SciPy gives', (successes, n, low, high) => {
  const interval = wilsonInterval(successes, n, 0.95);
  expect(interval.low).toBeCloseTo(low, 10);
  expect(interval.high).toBeCloseTo(high, 10);
});

test('without trials it says nothing', () => {
  expect(wilsonInterval(0, 0, 0.95)).toEqual({ low: 0, high: 1 });
});

test('the ends are exact where all or none succeed', () => {
  expect(wilsonInterval(0, 20, 0.99).low).toBe(0);
  expect(wilsonInterval(20, 20, 0.99).high).toBe(1);
});
