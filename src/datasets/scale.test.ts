import { expect, test } from '@jest/globals';
import { defaultScaling, divisorOf, type Scaling, subtractInPlace, trainingMeans } from './scale.ts';

const inputs = Float64Array.of(1, 10, 100, 1000, 3, 20, 5, 60);
const train = Int32Array.of(2, 0, 3);

test.each([
  ['none', [0, 0]],
  ['columns', [3, 30]],
  ['scalar', [16.5, 16.5]],
] as const)('%s: from the training rows only', (centering, expected) => {
  expect([...trainingMeans(inputs, 2, train, centering)]).toEqual(expected);
});

test('a column is centred by its own mean, in every row', () => {
  const centred = inputs.slice();
  subtractInPlace(centred, 2, Float64Array.of(3, 30));
  expect([...centred]).toEqual([-2, -20, 97, 970, 0, -10, 2, 30]);
});

test('no training rows: nothing to subtract', () => {
  expect([...trainingMeans(inputs, 2, new Int32Array(0), 'columns')]).toEqual([0, 0]);
});

test.each<[Scaling, number, number]>([
  ['none', 16, 1],
  ['pixels', 16, 255],
  ['pixels', 255, 255],
  ['max', 16, 16],
  ['max', 1, 1],
  ['max', 0, 1], // black images
])('%s of inputs up to %d divides by %d', (scaling, largest, divisor) => {
  expect(divisorOf(scaling, largest)).toBe(divisor);
});

test('pixels are divided by 255 unless all of them would end up below one half', () => {
  for (const largest of [0, 1, 15, 16, 100, 127]) expect(defaultScaling(largest)).toBe('max');
  for (const largest of [128, 200, 240, 254, 255]) expect(defaultScaling(largest)).toBe('pixels');
});
