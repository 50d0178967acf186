import { greatest, least } from '../stats/describe.ts';
import { shortText } from '../stats/significant.ts';
import type { Look } from './look.ts';
import { numberAxis } from './parallel-axes.ts';
import type { DrawnSetting, Searched } from './searched.ts';
import { isLog } from './value-axis.ts';

/** A logarithmic axis of the metric has at most this many decades: what is worse is below it. */
const mostDecades = 4;
/** A linear axis holds what is at most this many times as far from the best as the better three quarters. */
const mostSpans = 30;

/** Where lines end whose values are beyond the axis: below its worse end. */
const beyondAt = -0.06;

/** The axis of the metric, with the better end at its top. */
export function metricAxis({ ranked, metric, metricWords }: Searched, look: Look) {
  const values = ranked.map(({ value }) => value!);
  const log = isLog(look.log, 'y', values) && least(values) > 0;
  const isHeld = log ? heldOnLog(values) : heldOnLinear(values);
  const held = values.filter(isHeld);
  const beyond = values.filter((value) => !isHeld(value));
  const [low, high] = [least(held), greatest(held)];
  const isMin = metric.best !== 'max';
  const up = numberAxis(metricWords, { low, high, isLog: log, digits: 3 }, () => null);
  const flip = (at: number) => (isMin ? 1 - at : at);
  const along = (value: number) => (log ? Math.log(value) : value);
  const isOne = !(high > low);
  const place = (value: number) => (along(value) - along(low)) / (along(high) - along(low));
  const ends = [...new Set([beyond[0], beyond[beyond.length - 1]].map((value) => shortText(value ?? 0, 3)))];
  return {
    axis: {
      ...up,
      ticks: up.ticks.map(({ at, text }) => ({ at: isOne ? 1 : flip(at), text: withoutZeros(text) })),
    },
    placeOf: ({ value }: DrawnSetting): number | null => {
      if (value === null) return null;
      if (!isHeld(value)) return beyondAt;
      return isOne ? 1 : flip(place(value));
    },
    /** The lines that end below the axis; null if none do. */
    beyond: beyond.length === 0 ? null : { at: beyondAt, label: ends.join(' to '), count: beyond.length },
  };
}

/** `values` begin with the best. */
function heldOnLog([best]: readonly number[]): (value: number) => boolean {
  const most = mostDecades * Math.log(10);
  return (value) => Math.abs(Math.log(value) - Math.log(best)) <= most;
}

/** `values` begin with the best. If most are equal, or there are few, the axis holds them all. */
function heldOnLinear(values: readonly number[]): (value: number) => boolean {
  const [best] = values;
  const span = Math.abs(values[Math.ceil(0.75 * (values.length - 1))] - best);
  return (value) => span === 0 || Math.abs(value - best) <= mostSpans * span;
}

/** "3.76e9" for 3760000000, as in tables. */
function withoutZeros(text: string): string {
  return /^-?\d{7,}$/.test(text) ? shortText(Number(text), 17) : text;
}
