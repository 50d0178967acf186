import { robustLimits } from '../stats/describe.ts';
import { drawn } from './drawn.ts';
import type { SpecPart } from './figure.ts';

/** The values at the two ends of the colours. */
export interface Colors {
  readonly low: number;
  readonly high: number;
  readonly kind: 'magma' | 'difference';
}

/** Shared limits; one value far off, as a nearly diverged trial has, does not take the whole scale. */
export function magmaColors(values: readonly number[]): Colors {
  return { ...robustLimits(values.map(drawn)), kind: 'magma' };
}

/** Limits of the same size to both sides of 0. */
export function differenceColors(values: readonly number[]): Colors {
  const { high } = robustLimits(values.map((value) => Math.abs(drawn(value))));
  return { low: -high, high, kind: 'difference' };
}

export function isClipped({ low, high }: Colors, values: readonly number[]): boolean {
  return values.map(drawn).some((value) => value < low || value > high);
}

/** Beyond its ends a colour stays that of the end. */
export function colorScale({ low, high, kind }: Colors): SpecPart {
  // One value, or none, has no range of its own.
  const domain = high > low ? [low, high] : [low - 1, high + 1];
  const colors =
    kind === 'magma' ? { scheme: 'magma' } : { range: ['#56B4E9', '#f7f7f7', '#E69F00'], interpolate: 'rgb' };
  return { domain: kind === 'magma' ? domain : [domain[0], 0, domain[1]], clamp: true, ...colors };
}

/** Black on light cells, white on dark ones: at 0.6 of magma both have the same contrast (WCAG 2.2). */
export function inkOn(value: number | null, { low, high, kind }: Colors): string {
  if (value === null || kind === 'difference') return '#000000';
  const place = high > low ? (value - low) / (high - low) : 0.5;
  return place < 0.6 ? '#ffffff' : '#000000';
}
