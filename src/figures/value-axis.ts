import { greatest, least } from '../stats/describe.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import type { SpecPart } from './figure.ts';
import type { LogChoice } from './look.ts';

/** A scale of values, and its limits. */
export interface ValueAxis {
  readonly kind: 'linear' | 'log';
  readonly low: number;
  readonly high: number;
}

/** From this ratio of the largest to the smallest value, a linear axis shows only the largest ones. */
const logRatio = 100;

/** Whether values span more than two decades, none of them below 0. Settings are written as 0.001, 0.01, 0.1: for them, two will do. */
export function spansDecades(values: Iterable<number>, inclusive = false): boolean {
  const all = [...values];
  const positive = all.filter((value) => value > 0);
  if (positive.length === 0 || all.some((value) => value < 0)) return false;
  const ratio = greatest(positive) / least(positive);
  return inclusive ? ratio >= logRatio * (1 - 1e-9) : ratio > logRatio;
}

export function isLog(log: LogChoice | null, axis: 'x' | 'y', values: Iterable<number>): boolean {
  if (log === null) return spansDecades(values);
  return log === axis || log === 'both';
}

/**
 * An axis from the lowest to the highest value with a margin.
 *
 * A logarithmic axis begins at the smallest positive value; `placeOn` puts zero and negative values on its edge.
 */
export function axisOver(values: readonly number[], log: boolean): ValueAxis {
  const positive = values.filter((value) => value > 0);
  if (log && positive.length > 0) {
    const [low, high] = [least(positive), greatest(positive)];
    // As logarithms: the ratio of two values may be beyond float64.
    const margin = high > low ? Math.exp(0.04 * (Math.log(high) - Math.log(low))) : 2;
    return { kind: 'log', low: low / margin, high: clampToAxis(high * margin) };
  }
  const [low, high] = [least(values), greatest(values)];
  const margin = high > low ? 0.04 * (high - low) : Math.max(1e-290, 0.05 * Math.abs(high)) || 1;
  return { kind: 'linear', low: low - margin, high: high + margin };
}

/** A value as it is drawn: what is beyond the axis is drawn a little beyond its edge, so that lines leave it. */
export function placeOn({ kind, low, high }: ValueAxis, value: number): number {
  if (kind === 'linear') return Math.min(high + 4 * (high - low), Math.max(low - 4 * (high - low), value));
  if (value <= 0) return low;
  const beyond = Math.min(1e6, (high / low) ** 4);
  return Math.min(high * beyond, Math.max(low / beyond, value));
}

/** Whether a logarithmic axis cannot show a value, which is then on its lower edge. */
export function isOffLog({ kind }: ValueAxis, value: number): boolean {
  return kind === 'log' && value <= 0;
}

/** The scale and the tick labels of Vega-Lite. */
export function scaleOf({ kind, low, high }: ValueAxis): SpecPart {
  return { type: kind, domain: [low, high], nice: false, ...(kind === 'linear' && { zero: false }) };
}

export function ticksOf({ kind, low, high }: ValueAxis): SpecPart {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const short = largest < 1e5 && largest >= 1e-3;
  if (kind === 'log') return { tickCount: 5, format: '~g', labelOverlap: true };
  return { tickCount: 5, ...(!short && { format: '.3~g' }) };
}
