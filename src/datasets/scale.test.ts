import { expect, test } from '@jest/globals';
import { subtractInPlace, trainingMeans } from './scale.ts';

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
