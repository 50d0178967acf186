import { expect, test } from '@jest/globals';
import { compileMargins } from './margin.ts';

const values = { a: 3, b: 2, c: 7 };
const marginsOf = async (text: string) =>
  (await compileMargins(text, ['a', 'b', 'c'], 'here'))?.map(({ larger, smaller, plain }) => [
    larger(values) - smaller(values),
    plain,
  ]) ?? null;

test.each<[string, [number, boolean][] | null]>([
  ['a > b', [[1, true]]],
  ['a < b', [[-1, true]]],
  ['a <= b', [[-1, true]]],
  ['(a >= 2 * b)', [[-1, false]]],
  [
    'a > b and (b < c)',
    [
      [1, true],
      [5, true],
    ],
  ],
  [
    'b < a < c',
    [
      [1, true],
      [4, true],
    ],
  ],
  ['abs(a - b) <= 0.5 * b', [[0, false]]],
  ['a > b or a > c', null],
  ['not (a > b)', null],
  ['a == b', null],
])('%s', async (text, expected) => {
  expect(await marginsOf(text)).toEqual(expected);
});
