import { expect, test } from '@jest/globals';
import { seedStrip, stripPlot } from './strip-plot.ts';

test('runs and the published value are in their places, on a line as wide as asked', () => {
  expect(stripPlot([0, 10, 10, 5, 5, 5, 5], 20, 'the value itself', 26, 'unicode')).toBe(
    '0 ·    ●    •         ┃ 20',
  );
  expect(stripPlot([0, 10], 20, 'the value itself', 26, 'ascii')).toBe('0 .         .         | 20');
});

test('errors are placed by their logarithms', () => {
  expect(stripPlot([0.01, 0.1], 1, 'log', 17, 'ascii')).toBe('0.01 .    .   | 1');
});

test('runs that are all alike, that diverged, or that are none', () => {
  expect(stripPlot([1, 1], 1, 'the value itself', 10, 'ascii')).toBe('1 |      1');
  expect(stripPlot([1, Number.POSITIVE_INFINITY], 2, 'log', 8, 'ascii')).toBe('1 .  | 2');
  expect(stripPlot([Number.POSITIVE_INFINITY], 2, 'log', 8, 'ascii')).toBeNull();
  expect(stripPlot([0.1, 0.2], 0.3, 'log', 3, 'ascii')).toBe('0.1 | 0.3');
  expect(seedStrip([true, false], 'ascii')).toBe('+-');
});
