import { describe, expect, test } from '@jest/globals';
import { checkToleranceColumns, isSameDecimal, isWithin, parseTolerances } from './tolerance.ts';

describe('parseTolerances', () => {
  test('nothing means equal', () => {
    expect(parseTolerances([])).toEqual({ all: { kind: 'rel', size: 0 }, columns: new Map() });
  });

  test('relative, absolute and by column, in one list or several', () => {
    const { all, columns } = parseTolerances(['1e-9, test_mse=rel:0.01', 'epoch=abs:1']);
    expect(all).toEqual({ kind: 'rel', size: 1e-9 });
    expect(columns).toEqual(
      new Map([
        ['test_mse', { kind: 'rel', size: 0.01 }],
        ['epoch', { kind: 'abs', size: 1 }],
      ]),
    );
    expect(parseTolerances(['1e-9', 'abs:0.5']).all).toEqual({ kind: 'abs', size: 0.5 });
  });

  test.each([
    '',
    'x',
    '-1',
    'rel:',
    'abs:-2',
    'test_mse=',
    '=1',
    'max:1',
    '1e-9,',
    'NaN',
    'Infinity',
    'a=b=1',
  ])('%p is refused', (text) => {
    expect(() => parseTolerances([text])).toThrow(/--tolerance is not valid/);
  });
});

describe('isWithin', () => {
  test.each([
    ['rel:0', 1, 1, true],
    ['rel:0', 1, 1 + 2 ** -52, false],
    ['rel:0', 0, -0, false],
    ['rel:0.01', 100, 101, true],
    ['rel:0.01', 100, 101.0001, false],
    ['rel:0.01', -100, -99, true],
    ['rel:0.5', 0, 1e-300, false],
    ['abs:0.5', 0, -0.5, true],
    ['abs:0.5', 3, 3.51, false],
  ])('%s: %p, now %p', (tolerance, baseline, now, within) => {
    expect(isWithin(parseTolerances([tolerance]).all, baseline, now)).toBe(within);
  });
});

test('a column that no table has is refused, and the nearest named', () => {
  const known = new Set(['test_mse', 'epoch']);
  expect(() => checkToleranceColumns(parseTolerances(['test_mes=1']), known)).toThrow(
    /did you mean test_mse/,
  );
  expect(() => checkToleranceColumns(parseTolerances(['test_mse=1']), known)).not.toThrow();
});

test.each([
  ['0.5', '5e-1', true],
  ['1000', '1E3', true],
  ['-0.50', '-.5', true],
  ['0', '0.00e7', true],
  ['9007199254740992', '9007199254740993', false],
  ['0.1', '0.10000000000000001', false],
  ['-0', '0', false],
  ['1', '10', false],
])('%s and %s are one decimal number: %s', (a, b, same) => {
  expect(isSameDecimal(a, b)).toBe(same);
  expect(isSameDecimal(b, a)).toBe(same);
});
