import { robustLimits } from '../stats/describe.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import type { SpecPart } from './figure.ts';

/** The values at the two ends of a colour scale. */
export interface Colors {
  readonly low: number;
  readonly high: number;
  readonly kind: 'magma' | 'difference';
}

/** Limits for all the values. A single outlier, such as a nearly diverged trial, does not stretch the scale. */
export function magmaColors(values: readonly number[]): Colors {
  return { ...robustLimits(values.map(clampToAxis)), kind: 'magma' };
}

/** Limits at the same distance from 0 on both sides. */
export function differenceColors(values: readonly number[]): Colors {
  const { high } = robustLimits(values.map((value) => Math.abs(clampToAxis(value))));
  return { low: -high, high, kind: 'difference' };
}

export function isClipped({ low, high }: Colors, values: readonly number[]): boolean {
  return values.map(clampToAxis).some((value) => value < low || value > high);
}

/** The colour scale. Values beyond its ends get the colour of the end. */
export function colorScale({ low, high, kind }: Colors): SpecPart {
  // A single value, or none, has no range.
  const domain = high > low ? [low, high] : [low - 1, high + 1];
  const colors =
    kind === 'magma' ? { scheme: 'magma' } : { range: ['#56B4E9', '#f7f7f7', '#E69F00'], interpolate: 'rgb' };
  return { domain: kind === 'magma' ? domain : [domain[0], 0, domain[1]], clamp: true, ...colors };
}

/** Black on light cells and white on dark ones: at 0.6 of magma, both have the same contrast (WCAG 2.2). */
export function inkOn(value: number | null, { low, high, kind }: Colors): string {
  if (value === null || kind === 'difference') return '#000000';
  const place = high > low ? (value - low) / (high - low) : 0.5;
  return place < 0.6 ? '#ffffff' : '#000000';
}
