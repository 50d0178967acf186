import type { Setting } from '../experiment/options.ts';
import { greatest, least } from '../stats/describe.ts';
import { tickTexts } from './cell-text.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import type { Curve } from './curve.ts';
import { lastX } from './curve-axis.ts';
import type { SpecPart } from './figure.ts';
import type { Look } from './look.ts';
import { spansDecades } from './value-axis.ts';

/** The horizontal axis of curves. */
export interface XAxis {
  readonly title: string;
  readonly kind: 'linear' | 'log';
  readonly domain: readonly [number, number];
  /** The places and texts of labels; null if Vega chooses whole numbers. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[] | null;
  /** Whether every place is the value of a setting, where curves have points. */
  readonly discrete: boolean;
}

/** What curves are over: passes over the rows, steps of L-BFGS, or both. */
export type CurveUnit = 'epoch' | 'iteration' | 'epoch or iteration';

export function epochAxis(members: readonly Curve[], { log }: Look, unit: CurveUnit): XAxis {
  const last = lastX(members);
  const kind = log === 'x' || log === 'both' ? 'log' : 'linear';
  const few = Array.from({ length: last <= 6 ? last : 0 }, (_, i) => ({ at: i + 1, text: String(i + 1) }));
  return {
    title: unit,
    kind,
    domain: last === 1 ? [0.5, 1.5] : [kind === 'log' ? 1 : 0, last],
    ticks: few.length > 0 ? few : null,
    discrete: false,
  };
}

/**
 * The axis of a setting, and the place of each of its values.
 *
 * Numbers are at their values, on a logarithmic axis if they span two decades or more. Words, and numbers over
 * decades among which there is a 0, are at equal distances.
 */
export function settingAxis(
  title: string,
  values: readonly Setting[],
  { log }: Look,
): { axis: XAxis; placeOf: (value: Setting) => number } {
  const numbers = values.filter((value): value is number => typeof value === 'number').sort((a, b) => a - b);
  const sorted: Setting[] = [...numbers, ...values.filter((value) => typeof value !== 'number')];
  const texts = tickTexts(sorted);
  const wantsLog = log === null ? spansDecades(numbers, true) : log === 'x' || log === 'both';
  const isEven = numbers.length < values.length || (wantsLog && numbers[0] <= 0);
  const places = isEven ? sorted.map((_, index) => index + 1) : numbers;
  const kind = !isEven && wantsLog ? 'log' : 'linear';
  const [low, high] = [least(places), greatest(places)];
  // As logarithms: the ratio of two values may be beyond float64.
  const margin = kind === 'log' ? Math.exp(0.05 * (Math.log(high) - Math.log(low))) : 0.05 * (high - low);
  const domain =
    kind === 'log'
      ? ([low / margin, clampToAxis(high * margin)] as const)
      : ([low - margin, high + margin] as const);
  const place = new Map(sorted.map((value, index) => [value, places[index]]));
  return {
    axis: { title, kind, domain, ticks: places.map((at, i) => ({ at, text: texts[i] })), discrete: true },
    placeOf: (value) => place.get(value)!,
  };
}

/** The channel of Vega-Lite; only the lowest panel has the title. */
export function xChannel({ title, kind, domain, ticks }: XAxis, isLast: boolean): SpecPart {
  const texts = JSON.stringify(Object.fromEntries((ticks ?? []).map(({ at, text }) => [at, text])));
  return {
    field: 'x',
    type: 'quantitative',
    title,
    scale: { type: kind, nice: false, domain, ...(kind === 'linear' && { zero: false }) },
    axis: {
      title: isLast ? title : null,
      labelFlush: false,
      ...(ticks === null
        ? { tickCount: 6, format: 'd' }
        : { values: ticks.map(({ at }) => at), labelExpr: `(${texts})[datum.value]` }),
      ...((kind === 'log' || ticks !== null) && { labelOverlap: 'greedy', labelSeparation: 4 }),
    },
  };
}
