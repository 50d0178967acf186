import { describe, expect, test } from '@jest/globals';
import { numberText, powerOfTen } from './reader-table.ts';

describe('a number for people', () => {
  test.each([
    [0.0580228, '0.0580', null],
    [0.2167901, '0.217', null],
    [-1.01834, '-1.02', null],
    [0, '0', null],
    [-1e-9, '-1.00', -9],
    [0.99996, '1.00', null],
    [9.996, '10.0', null],
    [1234.5, '1235', null],
    [9999.6, '1.00', 4],
    [7e267, '7.00', 267],
    [0.000637, '0.000637', null],
    [5e-324, '5.00', -324],
  ])('%p has three digits', (value, text, exponent) => {
    expect(numberText({ value, spread: null })).toEqual({ value: text, spread: null, exponent });
  });

  test.each([
    [0.0580228, 0.00234, '0.0580', '0.0023', null],
    [0.562, 0.0996, '0.56', '0.10', null],
    [12.34, 5.678, '12.3', '5.7', null],
    [1234.5, 87, '1235', '87', null],
    [0.25, 0, '0.250', '0.000', null],
    [-0.001, 0.2, '0.00', '0.20', null],
    [123456, 2345, '1.235', '0.023', 5],
    [1e-7, 2e-8, '1.00', '0.20', -7],
  ])('%p ± %p ends with the second digit of the spread', (value, spread, text, spreadText, exponent) => {
    expect(numberText({ value, spread })).toEqual({ value: text, spread: spreadText, exponent });
  });
});

test.each([
  ['0.0001', -4],
  ['0.001', -3],
  ['10000', 4],
  ['1e-7', -7],
  ['0.01', null],
  ['0.1', null],
  ['0.0002', null],
  ['all', null],
  ['', null],
  ['-0.0001', null],
])('the heading %p as a power of ten', (text, exponent) => {
  expect(powerOfTen(text)).toBe(exponent);
});
