import { greatest, least, robustLimits } from '../stats/describe.ts';
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

/** A logarithmic scale has at most this many decades: with more, good cells would all look the same. */
const mostDecades = 3;
/** A linear scale reaches from the best value this many times as far as its own size, or as the better 60 % of the values. */
const reach = 5;

/** Limits for all the values. Extreme ones, such as those of a nearly diverged trial, do not stretch the scale. */
export function magmaColors(values: readonly number[], bright: Colors['bright'], log = false): Colors {
  const drawn = values.map(clampToAxis).filter((value) => !log || value > 0);
  if (drawn.length === 0) return { low: 0, high: 0, kind: 'magma', bright, log: false };
  const [low, high] = [least(drawn), greatest(drawn)];
  const limits = log ? decadesOf(low, high, bright) : usualOf(drawn, bright);
  return { ...limits, kind: 'magma', bright, log };
}

function decadesOf(low: number, high: number, bright: Colors['bright']): { low: number; high: number } {
  const span = 10 ** mostDecades;
  return bright === 'low'
    ? { low, high: Math.min(high, low * span) }
    : { low: Math.max(low, high / span), high };
}

function usualOf(values: readonly number[], bright: Colors['bright']): { low: number; high: number } {
  // From the best to the worst.
  const sorted = [...values].sort((a, b) => (bright === 'low' ? a - b : b - a));
  const [best, worst] = [sorted[0], sorted[sorted.length - 1]];
  const better = Math.abs(sorted[Math.floor(0.6 * (sorted.length - 1))] - best);
  const range = reach * Math.max(better, Math.abs(best));
  const isWide = Math.abs(worst - best) > 2 * range;
  const end = isWide ? best + (bright === 'low' ? range : -range) : worst;
  return bright === 'low' ? { low: best, high: end } : { low: end, high: best };
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
