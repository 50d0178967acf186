import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { type HeatMapOptions, luminance, ramp, renderHeatMap } from './heat-map.ts';

describe('colours', () => {
  test('each colour of the ramp is lighter than the one before', () => {
    const lights = ramp.map(luminance);
    expect(lights).toEqual([...lights].sort((a, b) => a - b));
    expect(new Set(lights).size).toBe(ramp.length);
    expect(luminance(16)).toBe(0);
    expect(luminance(231)).toBeCloseTo(1, 12);
  });
});

const backgrounds = (text: string) => [...text.matchAll(/\[48;5;(\d+)m/g)].map(([, color]) => Number(color));

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

  test('on each background the text has the colour of the greater contrast', () => {
    const columns = ramp.map((_, i) => `${i}`);
    const text = renderHeatMap({
      ...options,
      rows: ['10'],
      columns,
      values: [[...ramp.keys()]],
      color: true,
    });
    expect(backgrounds(text)).toEqual([...ramp]);
    const foregrounds = [...text.matchAll(/\[38;5;(\d+)m/g)].map(([, color]) => Number(color));
    const black = (color: number) => (luminance(color) + 0.05) / 0.05;
    const white = (color: number) => 1.05 / (luminance(color) + 0.05);
    expect(foregrounds).toEqual(ramp.map((color) => (black(color) > white(color) ? 16 : 231)));
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
    const values = [[-1.7e308, 1.7e308, 0]];
    const text = renderHeatMap({ ...options, values, rows: ['10'], color: true });
    expect(backgrounds(text)).toEqual([ramp[0], ramp.at(-1), ramp[Math.round((ramp.length - 1) / 2)]]);
    expect(renderHeatMap({ ...options, values: [[1, 1, 1]], rows: ['10'], color: true })).toContain(
      '48;5;161',
    );
  });
});
