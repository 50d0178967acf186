import { expect, test } from '@jest/globals';
import { meanCurve } from './mean-curve.ts';
import { areaUnder } from './ranking.ts';

const diagonal = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
];
const step = [
  { x: 0, y: 0 },
  { x: 0, y: 0.5 },
  { x: 0.5, y: 0.5 },
  { x: 0.5, y: 1 },
  { x: 1, y: 1 },
];

test('the mean of one curve is that curve', () => {
  expect(meanCurve([step])).toEqual(step.map(({ x, y }) => ({ x, y, low: y, high: y })));
});

test('the mean of two has the points of both, the steps of either, and the mean of their areas', () => {
  const mean = meanCurve([step, diagonal]);
  expect(mean.map(({ x, y, low, high }) => [x, y, low, high])).toEqual([
    [0, 0, 0, 0],
    [0, 0.25, 0, 0.5],
    [0.5, 0.5, 0.5, 0.5],
    [0.5, 0.75, 0.5, 1],
    [1, 1, 1, 1],
  ]);
  expect(areaUnder(mean)).toBe((areaUnder(step) + areaUnder(diagonal)) / 2);
});
