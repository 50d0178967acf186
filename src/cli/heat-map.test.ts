import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { type HeatMapCell, type HeatMapOptions, luminance, ramp, renderHeatMap } from './heat-map.ts';

const of = (mean: number, deviation: number | null = null): HeatMapCell => ({ mean, deviation });

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
    cells: [
      [of(0.1), of(0.0712), of(0.053)],
      ['no value', of(-2.4), { diverged: 1, seeds: 1 }],
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
        '        10   0.100*  0.0712   0.0530',
        '       750       -    -2.40      div',
        '* best (highest), div diverged, - not in this grid',
      ].join('\n'),
    );
    expect(renderHeatMap({ ...options, best: 'min' })).toMatch(/-2\.40\*.*lowest/s);
  });

  test('with colour the same text is in the same places', () => {
    const colored = renderHeatMap({ ...options, color: true });
    const plain = stripVTControlCharacters(colored).replace(/ +$/gm, '');
    expect(plain).toBe(renderHeatMap(options));
    // lightest background with black text for the greatest, darkest with white for the least; the best is bold
    expect(colored).toContain('\u001b[48;5;229m\u001b[38;5;16m');
    expect(colored).toContain('\u001b[48;5;16m\u001b[38;5;231m');
    const [bold] = colored.split('0.100*');
    expect(bold?.split('\n').at(-1)).toContain('\u001b[1m');
  });

  test('on each background the text has the colour of the greater contrast', () => {
    const columns = ramp.map((_, i) => `${i}`);
    const text = renderHeatMap({
      ...options,
      rows: ['10'],
      columns,
      cells: [[...ramp.keys()].map((value) => of(value))],
      width: 200,
      color: true,
    });
    expect(backgrounds(text)).toEqual([...ramp]);
    const foregrounds = [...text.matchAll(/\[38;5;(\d+)m/g)].map(([, color]) => Number(color));
    const black = (color: number) => (luminance(color) + 0.05) / 0.05;
    const white = (color: number) => 1.05 / (luminance(color) + 0.05);
    expect(foregrounds).toEqual(ramp.map((color) => (black(color) > white(color) ? 16 : 231)));
  });

  test('light is good, whether lower or higher is better', () => {
    const drawn = (best: HeatMapOptions['best']) =>
      backgrounds(
        renderHeatMap({
          ...options,
          rows: ['1'],
          columns: ['a', 'b'],
          cells: [[of(1), of(2)]],
          best,
          color: true,
        }),
      );
    expect(drawn('max')).toEqual([ramp[0], ramp.at(-1)]);
    expect(drawn('min')).toEqual([ramp.at(-1), ramp[0]]);
  });

  test('cells without numbers have no background', () => {
    const cells: HeatMapOptions['cells'] = [
      [{ diverged: 1, seeds: 1 }, { diverged: 3, seeds: 20 }, 'no value'],
      ['not run', 'no value', 'not run'],
    ];
    const text = renderHeatMap({ ...options, cells, color: true });
    expect(stripVTControlCharacters(text)).toMatch(/div +3\/20 div +-/);
    expect(text).toContain('n/m div: n of m seeds diverged, ? not run, - not in this grid');
    expect(text).not.toContain('\u001b[48;5;');
    expect(text).not.toContain('*');
  });

  test('equal values and spans beyond float64 are drawn', () => {
    const cells = [[of(-1.7e308), of(1.7e308), of(0)]];
    const text = renderHeatMap({ ...options, cells, rows: ['10'], color: true });
    expect(backgrounds(text)).toEqual([ramp[0], ramp.at(-1), ramp[Math.round((ramp.length - 1) / 2)]]);
    expect(
      renderHeatMap({ ...options, cells: [[of(1), of(1), of(1)]], rows: ['10'], color: true }),
    ).toContain('48;5;161');
  });

  describe('fits the width', () => {
    const rates = (count: number) => Array.from({ length: count }, (_, k) => `${10 ** (k - 4)}`);
    const row = (count: number) => Array.from({ length: count }, (_, k) => of(0.05312 * (k + 1), 0.0012));
    const drawn = (columns: number, width: number, more: Partial<HeatMapOptions> = {}) =>
      renderHeatMap({
        ...options,
        rows: ['10'],
        columns: rates(columns),
        cells: [row(columns)],
        width,
        ...more,
      });

    test('with deviations if there is room, else three digits, else two, else several panels', () => {
      expect(drawn(3, 80)).toContain('0.0531±0.0012');
      expect(drawn(3, 80)).toContain('± standard deviation over the seeds');
      expect(drawn(6, 80)).toContain(' 0.0531 ');
      expect(drawn(6, 80)).toContain('standard deviations: summary.csv');
      expect(drawn(6, 60)).toContain(' 0.053 ');
      const panels = drawn(20, 80);
      expect(panels).toContain('learning rate (continued)');
      expect(panels).toContain('1.1*');
    });

    test.each([40, 60, 72, 80, 100, 120, 200])('no line is wider than %i columns', (width) => {
      for (const columns of [1, 4, 7, 20]) {
        for (const color of [true, false]) {
          const lines = stripVTControlCharacters(drawn(columns, width, { color })).split('\n');
          expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
        }
      }
      const formulas = [
        'eta0 / (1 + 0.001 * epoch * steps + step)',
        'eta0 * 0.5 ^ floor((epoch * steps + step) / 1000)',
      ];
      const cells = [row(2), row(2)];
      for (const long of [
        { rows: formulas, cells },
        { columns: formulas, cells: [row(2)] },
      ]) {
        const text = drawn(2, width, { columns: ['1', '2'], ...long });
        if (width <= 120) expect(text).toMatch(/^A = eta0/m);
        expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(width);
      }
    });
  });
});
