import { robustLimits } from '../stats/describe.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import type { SpecPart } from './figure.ts';

/** The values at the two ends of a colour scale, and which of them is bright. */
export interface Colors {
  readonly low: number;
  readonly high: number;
  readonly kind: 'magma' | 'difference';
  /** Bright is good: the low end if lower values are better. */
  readonly bright: 'low' | 'high';
  readonly log: boolean;
}

/** Limits for all the values. A single outlier, such as a nearly diverged trial, does not stretch the scale. */
export function magmaColors(values: readonly number[], bright: Colors['bright'], log = false): Colors {
  const drawn = values.map(clampToAxis);
  if (!log) return { ...robustLimits(drawn), kind: 'magma', bright, log };
  const { low, high } = robustLimits(drawn.filter((value) => value > 0).map(Math.log10));
  return { low: 10 ** low, high: clampToAxis(10 ** high), kind: 'magma', bright, log };
}

/** Limits at the same distance from 0 on both sides. */
export function differenceColors(values: readonly number[]): Colors {
  const { high } = robustLimits(values.map((value) => Math.abs(clampToAxis(value))));
  return { low: -high, high, kind: 'difference', bright: 'high', log: false };
}

export function isClipped({ low, high }: Colors, values: readonly number[]): boolean {
  // The ends of a logarithmic scale have been rounded.
  const slack = 1 + 1e-9;
  const beyond = (value: number) => (high > 0 ? value > high * slack : value > high);
  return values
    .map(clampToAxis)
    .some((value) => (low > 0 ? value * slack < low : value < low) || beyond(value));
}

/** The colour scale. Values beyond its ends get the colour of the end. */
export function colorScale({ low, high, kind, bright, log }: Colors): SpecPart {
  if (kind === 'difference') {
    const [from, to] = high > low ? [low, high] : [-1, 1];
    return {
      domain: [from, 0, to],
      clamp: true,
      range: ['#56B4E9', '#f7f7f7', '#E69F00'],
      interpolate: 'rgb',
    };
  }
  // A single value, or none, has no range.
  const around = log ? [low / 2, low * 2] : [low - 1, high + 1];
  return {
    domain: high > low ? [low, high] : around,
    clamp: true,
    scheme: 'magma',
    ...(log && { type: 'log' }),
    ...(bright === 'low' && { reverse: true }),
  };
}

/** Black on light cells and white on dark ones: at 0.557 of magma, both have the same contrast, 4.58 (WCAG 2.2). */
export function inkOn(value: number | null, { low, high, kind, bright, log }: Colors): string {
  if (value === null || kind === 'difference') return '#000000';
  const along = (x: number) => (log ? Math.log(Math.max(low, x)) : x);
  const place = high > low ? (along(value) - along(low)) / (along(high) - along(low)) : 0.5;
  return (bright === 'low' ? 1 - place : place) < 0.557 ? '#ffffff' : '#000000';
}
