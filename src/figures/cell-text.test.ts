import { expect, test } from '@jest/globals';
import { cellText, tickTexts } from './cell-text.ts';

const magma = { low: 0, high: 1, kind: 'magma', bright: 'high', log: false } as const;
const shown = (value: number | null, diverged = 0) =>
  ({ value, state: 'value', diverged, seeds: 3 }) as const;

test.each([
  [0.0532, '0.053'],
  [-0.00987, '-0.0099'],
  [1234, '1.2e3'],
  [-112, '-110'],
  [4.8e26, '4.8e26'],
  [0.000012, '1.2e-5'],
])('%d is shown as %s', (value, text) => {
  expect(cellText(shown(value), magma)).toBe(text);
});

test('a value is never made up where there is none', () => {
  const none = (state: 'diverged' | 'not run' | 'no value' | 'not in the report', seeds: number) =>
    cellText({ value: null, state, diverged: state === 'diverged' ? seeds : 0, seeds }, magma);
  expect(none('diverged', 1)).toBe('div.');
  expect(none('diverged', 3)).toEqual(['div.', '3 of 3']);
  expect(none('not run', 1)).toEqual(['not', 'run']);
  expect(none('no value', 1)).toEqual(['no', 'value']);
  expect(none('not in the report', 1)).toBe('–');
});

test('seeds that diverged are counted below the mean of the others', () => {
  expect(cellText(shown(0.5, 2), magma)).toEqual(['0.50', '2 div.']);
});

test('differences have the same decimals in all cells, and no -0', () => {
  const difference = { low: -0.032, high: 0.032, kind: 'difference', bright: 'high', log: false } as const;
  expect([0.032, -0.0051, -0.0002].map((value) => cellText(shown(value), difference))).toEqual([
    '0.032',
    '-0.005',
    '0.000',
  ]);
  expect(
    cellText(shown(0.08), { low: -1.3, high: 1.3, kind: 'difference', bright: 'high', log: false }),
  ).toBe('0.08');
});

test.each([
  [
    [1e-4, 1e-3, 1e-2, 0.1],
    ['10⁻⁴', '10⁻³', '10⁻²', '10⁻¹'],
  ],
  [
    [0, 0.01, 0.1, 1],
    ['0', '0.01', '0.1', '1'],
  ],
  [
    [10, 50, 'all'],
    ['10', '50', 'all'],
  ],
  [
    [0.1, 0.30000000000000004],
    ['0.1', '0.3'],
  ],
  [
    [1e7, 1e12],
    ['10⁷', '10¹²'],
  ],
  [['leaky_relu'], ['leaky relu']],
])('ticks %j', (ticks, texts) => {
  expect(tickTexts(ticks)).toEqual(texts);
});

test('ticks that differ late keep their figures', () => {
  expect(tickTexts([0.12345678, 0.12345679])).toEqual(['0.12345678', '0.12345679']);
});
