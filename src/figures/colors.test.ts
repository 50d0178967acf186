import { describe, expect, test } from '@jest/globals';
import * as vega from 'vega';
import { colorScale, differenceColors, inkOn, isClipped, magmaColors } from './colors.ts';

/** WCAG 2.2: (lighter + 0.05) / (darker + 0.05) of the relative luminances. */
function contrast(one: string, other: string): number {
  const luminance = (color: string) => {
    const [red, green, blue] = levels(color).map((level) => {
      const c = level / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** "#rrggbb" or "rgb(r, g, b)". */
function levels(color: string): number[] {
  if (!color.startsWith('#')) return color.match(/\d+/g)!.map(Number);
  return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16));
}

const steps = Array.from({ length: 1001 }, (_, i) => i / 1000);

test('every colour of magma has a contrast of at least 4.5 to its letters', () => {
  const magma = vega.scheme('magma') as (place: number) => string;
  const colors = { low: 0, high: 1, kind: 'magma', bright: 'high', log: false } as const;
  const worst = Math.min(...steps.map((place) => contrast(magma(place), inkOn(place, colors))));
  expect(worst).toBeGreaterThanOrEqual(4.5);
});

test('letters are black on every colour of a difference, and can be read there', () => {
  const { range } = colorScale(differenceColors([-1, 1])) as { range: string[] };
  for (const end of range) expect(contrast(end, inkOn(0.3, differenceColors([-1, 1])))).toBeGreaterThan(7);
});

test('a difference has limits of one size on both sides', () => {
  expect(differenceColors([-0.1, 0.3])).toMatchObject({ low: -0.3, high: 0.3, kind: 'difference' });
});

test('one value alone, or none, has a range to be drawn in', () => {
  expect(colorScale(magmaColors([5], 'high')).domain).toEqual([4, 6]);
  expect(colorScale(magmaColors([], 'high', true)).domain).toEqual([-1, 1]);
});

describe('limits', () => {
  const limits = (values: number[], bright: 'low' | 'high', log = false) => {
    const { low, high } = magmaColors(values, bright, log);
    return [low, high];
  };

  test('are those of the values, also if most of them are alike', () => {
    expect(limits([0.075, 0.075, 0.0755, 0.14], 'low')).toEqual([0.075, 0.14]);
    expect(limits([0.44, 0.44, 0.44, -0.1], 'high')).toEqual([-0.1, 0.44]);
  });

  test('leave out extreme values on the bad side only', () => {
    expect(limits([0.54, 0.5, 0.3, -3500, -540], 'high')).toEqual([expect.closeTo(0.54 - 5 * 0.54), 0.54]);
    expect(limits([0.5, 0.6, 0.7, 40], 'low')).toEqual([0.5, 3]);
    expect(limits([-1e6, 0.5, 0.6], 'low')[0]).toBe(-1e6);
  });

  test('are three decades apart at most on a logarithmic scale', () => {
    expect(limits([0.05, 1, 1e30], 'low', true)).toEqual([0.05, 50]);
    expect(limits([1e-9, 0.5, 1], 'high', true)).toEqual([0.001, 1]);
    expect(limits([0, 0.5, 1], 'low', true)).toEqual([0.5, 1]);
  });
});

test('clipped is what lies beyond the limits', () => {
  const values = [1, 2, 3, 1e30];
  expect(isClipped(magmaColors(values, 'low'), values)).toBe(true);
  expect(isClipped(magmaColors([1, 2, 3], 'high'), [1, 2, 3])).toBe(false);
});
