import { greatest, least } from '../stats/describe.ts';
import { significant } from '../stats/significant.ts';
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

/** Values that differ by less than this share of their size are one value: ticks between them could not be told apart. */
const finestShare = 1e-6;

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
    const decades = Math.log(high) - Math.log(low);
    const margin = decades > finestShare ? Math.exp(0.04 * decades) : 2;
    return { kind: 'log', low: low / margin, high: clampToAxis(high * margin) };
  }
  const [low, high] = [least(values), greatest(values)];
  const size = Math.max(Math.abs(low), Math.abs(high));
  const isSpread = high - low > finestShare * size;
  const margin = isSpread ? 0.04 * (high - low) : Math.max(1e-290, 0.05 * size) || 1;
  return { kind: 'linear', low: low - margin, high: high + margin };
}

/** A value as it is drawn: what is beyond the axis is drawn a little beyond its edge, so that lines leave it. */
export function placeOn({ kind, low, high }: ValueAxis, value: number): number {
  if (kind === 'linear') return Math.min(high + 4 * (high - low), Math.max(low - 4 * (high - low), value));
  if (value <= 0) return low;
  const beyond = Math.min(1e6, (high / low) ** 4);
  return Math.min(high * beyond, Math.max(low / beyond, value));
}

/** A value as it is drawn, rounded to what is finer than any pixel, so that files are short. */
export function drawnOn(axis: ValueAxis, value: number): number {
  const place = placeOn(axis, value);
  const size = Math.max(Math.abs(axis.low), Math.abs(axis.high));
  const share = axis.kind === 'log' ? Math.log(axis.high / axis.low) : (axis.high - axis.low) / size;
  return significant(place, 5 + Math.max(0, Math.ceil(-Math.log10(share))));
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
  // Enough to tell ticks apart whose distance is a small share of their size.
  const digits = Math.min(17, Math.max(3, 2 + Math.ceil(Math.log10(largest) - Math.log10(high - low))));
  // 2e11 next to 1e13, not 200000000000, as in tables.
  const plain = { labelExpr: "replace(datum.label, 'e+', 'e')" };
  if (kind === 'log')
    return {
      ...{ tickCount: 5, labelOverlap: true },
      ...(high >= 1e6 ? { format: '~e', ...plain } : { format: '~g' }),
    };
  return { tickCount: 5, ...(!short && { format: `.${digits}~g` }), ...(largest >= 1e5 && plain) };
}
