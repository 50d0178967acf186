import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { colorLimits, type HeatMapOptions, luminance, ramp, renderHeatMap, twoFigures } from './heat-map.ts';

describe('twoFigures', () => {
  test.each([
    [0.1, '0.1'],
    [0.0999, '0.1'],
    [0.071, '0.071'],
    [-0.7204, '-0.72'],
    [-2.4, '-2.4'],
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [9.96, '10'],
    [99.4, '99'],
    [99.6, '1e+02'],
    [100, '1e+02'],
    [1234, '1.2e+03'],
    [-1e100, '-1e+100'],
    [0.0001, '0.0001'],
    [0.00009999, '0.0001'],
    [0.000012, '1.2e-05'],
    [5e-324, '4.9e-324'],
    // exact halves go to the even figure
    [0.125, '0.12'],
    [0.375, '0.38'],
    [10.5, '10'],
    [11.5, '12'],
    [-12.5, '-12'],
  ])('%d is %s', (x, text) => {
    expect(twoFigures(x)).toBe(text);
  });
});

describe('colours', () => {
  test('each colour of the ramp is lighter than the one before', () => {
    const lights = ramp.map(luminance);
    expect(lights).toEqual([...lights].sort((a, b) => a - b));
    expect(new Set(lights).size).toBe(ramp.length);
    expect(luminance(16)).toBe(0);
    expect(luminance(231)).toBeCloseTo(1, 12);
  });

  test('one huge value does not take the whole ramp, at either end', () => {
    const values = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(colorLimits(values)).toEqual({ low: 1, high: 20 });
    expect(colorLimits([...values.slice(0, -1), 1e9])).toEqual({ low: 1, high: 19 });
    expect(colorLimits([-1e9, ...values.slice(1)])).toEqual({ low: 2, high: 20 });
    expect(colorLimits([0.1, 0.2, 0.3, 1e300])).toEqual({ low: 0.1, high: 0.3 });
    expect(colorLimits([1, 2])).toEqual({ low: 1, high: 2 });
    expect(colorLimits([5])).toEqual({ low: 5, high: 5 });
    expect(colorLimits([])).toEqual({ low: 0, high: 0 });
  });
});

describe('renderHeatMap', () => {
  const options: HeatMapOptions = {
    title: 'test MSE',
    rowLabel: 'batch size',
    columnLabel: 'learning rate',
    rows: ['10', '750'],
    columns: ['0.0001', '0.01', '0.1'],
    values: [
      [0.1, 0.0712, 0.053],
      [null, -2.4, 'diverged'],
    ],
    best: 'max',
    color: false,
  };

  test('is aligned without colour, and marks the best cell', () => {
    expect(renderHeatMap(options)).toBe(
      [
        'test MSE',
        '                  learning rate',
        'batch size  0.0001     0.01      0.1',
        '        10     0.1*   0.071    0.053',
        '       750       -     -2.4     div.',
        '* best (highest), div. diverged, - no value',
      ].join('\n'),
    );
    expect(renderHeatMap({ ...options, best: 'min' })).toMatch(/-2\.4\*.*lowest/s);
  });

  test('with colour the same text stands in the same places', () => {
    const colored = renderHeatMap({ ...options, color: true });
    const plain = stripVTControlCharacters(colored).replace(/ +$/gm, '');
    expect(plain).toBe(renderHeatMap(options));
    // lightest background with black text for the greatest, darkest with white for the least; the best is bold
    expect(colored).toContain('\u001b[48;5;229m\u001b[38;5;16m');
    expect(colored).toContain('\u001b[48;5;16m\u001b[38;5;231m');
    const [bold] = colored.split('0.1*');
    expect(bold?.split('\n').at(-1)).toContain('\u001b[1m');
  });

  test('cells without numbers have no background', () => {
    const values: HeatMapOptions['values'] = [
      ['diverged', 'diverged', null],
      [null, null, null],
    ];
    const text = renderHeatMap({ ...options, values, color: true });
    expect(text).not.toContain('\u001b[48;5;');
    expect(text).not.toContain('*');
  });

  test('equal values and spans beyond float64 are drawn', () => {
    const values = [
      [1, 1, 1],
      [-1.7e308, 1.7e308, 0],
    ];
    expect(renderHeatMap({ ...options, values, color: true })).not.toContain('NaN');
    expect(renderHeatMap({ ...options, values: [[1, 1, 1]], rows: ['10'], color: true })).toContain(
      '48;5;161',
    );
  });
});
