import { scale as scaleType } from 'vega';
import { type Scale, scales } from '../stats/scales.ts';
import { significant } from '../stats/significant.ts';

/** A horizontal axis of a strip: where values lie on it, and its labels. */
export interface StripAxis {
  /** The place of a value in pixels, rounded; values beyond the ends lie on them. */
  readonly at: (value: number) => number;
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
}

/** Pixels between labels, at least; and a letter of a label. */
const apart = 14;
const letter = 6;

/** An axis over finite values from `left` to `right`, on the scale with this title if it can show them. */
export function stripAxis(values: readonly number[], title: string, left: number, right: number): StripAxis {
  const named = Object.values(scales).find((one) => one.title === title) ?? scales.plain;
  const fits = values.every((value) => Number.isFinite(named.forward(value)));
  const scale: Scale = fits ? named : scales.plain;
  const places = values.map(scale.forward);
  const low = places.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = places.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const margin = 0.04 * (high - low) || 0.05 * Math.abs(low) || 1;
  const [start, end] = [low - margin, high + margin];
  const at = (value: number) => {
    const share = Math.min(1, Math.max(0, (scale.forward(value) - start) / (end - start)));
    // Outside of what the scale can show: an open end.
    const known = Number.isNaN(share) ? (value > 0 ? 1 : 0) : share;
    return Math.round(10 * (left + known * (right - left))) / 10;
  };
  return { at, ticks: ticksOf([scale.back(start), scale.back(end)], scale === scales.log, at, left, right) };
}

/** Round values on the axis, as many as leave room between their labels. */
function ticksOf(
  [low, high]: readonly [number, number],
  log: boolean,
  at: StripAxis['at'],
  left: number,
  right: number,
): { x: number; text: string }[] {
  const chosen: { x: number; text: string }[] = [];
  const half = (text: string) => (letter * text.length) / 2;
  const add = (value: number) => {
    const text = String(significant(value, 6));
    const x = at(value);
    const free = chosen.every((one) => Math.abs(one.x - x) >= half(one.text) + half(text) + apart);
    if (free && x - half(text) >= left - 20 && x + half(text) <= right + 8) chosen.push({ x, text });
  };
  const axis = scaleType(log ? 'log' : 'linear')().domain([low, high]);
  for (const value of axis.ticks(4)) add(value);
  // Less than a decade of a logarithmic axis may have no round value of its own.
  if (chosen.length < 2) for (const value of scaleType('linear')().domain([low, high]).ticks(5)) add(value);
  return chosen;
}
