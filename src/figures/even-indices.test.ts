import { expect, test } from '@jest/globals';
import { evenIndices, logIndices } from './even-indices.ts';

test.each([
  [0, 3, []],
  [1, 3, [0]],
  [3, 3, [0, 1, 2]],
  [7, 3, [0, 3, 6]],
  [8, 3, [0, 3, 6, 7]],
])('of %i indices at most about %i', (length, most, indices) => {
  expect(evenIndices(length, most)).toEqual(indices);
});

test('on a logarithmic axis the first indices are all there, and the last', () => {
  expect(logIndices(5, 10)).toEqual([0, 1, 2, 3, 4]);
  const found = logIndices(100_000, 250);
  expect(found.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  expect(found.at(-1)).toBe(99_999);
  expect(found.length).toBeLessThanOrEqual(250);
  expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
});
