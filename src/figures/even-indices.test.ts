import { expect, test } from '@jest/globals';
import { evenIndices } from './even-indices.ts';

test.each([
  [0, 3, []],
  [1, 3, [0]],
  [3, 3, [0, 1, 2]],
  [7, 3, [0, 3, 6]],
  [8, 3, [0, 3, 6, 7]],
])('of %i indices at most about %i', (length, most, indices) => {
  expect(evenIndices(length, most)).toEqual(indices);
});
