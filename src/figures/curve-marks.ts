import type { Curve, Point } from './curve.ts';
import { firstAbove, firstBelow, lastX } from './curve-axis.ts';
import type { SpecPart } from './figure.ts';
import { placeOn, type ValueAxis } from './value-axis.ts';

export interface Mark extends SpecPart {
  readonly series: string;
  readonly split: string;
  readonly x: number;
  readonly value: number;
}

/** What can be marked at the end of a curve, and its symbol: an X for a divergence. */
export const endShapes = {
  "the report's value": 'diamond',
  diverged: 'M-1,-1L1,1M-1,1L1,-1',
  'above the axis': 'triangle-up',
  'below the axis': 'triangle-down',
} as const;

/** How often a curve over epochs carries the mark of its series. */
const marksPerCurve = 5;

/**
 * Marks that name the series on the curves themselves: at every point, or spread so that each curve has them at other
 * places, between its points if need be, and of curves on top of each other all are visible.
 */
export function nameMarks(members: readonly Curve[], axis: ValueAxis, at: 'points' | 'spread'): Mark[] {
  const drawn = members.filter(({ points }) => points.length > 0);
  return drawn.flatMap(({ series, split, points }, index) => {
    const places =
      at === 'points' ? [...points.keys()] : placesOf(points.length, (index + 0.5) / drawn.length);
    return places.flatMap((place) => {
      const { x, value } = between(points, place, axis);
      return value > axis.high || value < axis.low ? [] : [{ series, split, x, value }];
    });
  });
}

/** Places along a curve of N points: evenly spread, moved by a share of their distance. */
function placesOf(points: number, shift: number): number[] {
  if (points === 1) return [0];
  return Array.from({ length: marksPerCurve }, (_, i) => ((i + shift) / marksPerCurve) * (points - 1));
}

function between(points: readonly Point[], place: number, axis: ValueAxis): { x: number; value: number } {
  const [before, after] = [points[Math.floor(place)], points[Math.ceil(place)]];
  const share = place - Math.floor(place);
  const mix = (a: number, b: number) => a + share * (b - a);
  const [low, high] = [placeOn(axis, before.value), placeOn(axis, after.value)];
  const value = axis.kind === 'log' ? Math.exp(mix(Math.log(low), Math.log(high))) : mix(low, high);
  return { x: mix(before.x, after.x), value };
}

/** The report's last values, where training diverged, and where a curve leaves the axis at the top. */
export function endMarks(members: readonly Curve[], axis: ValueAxis): Mark[] {
  const last = lastX(members);
  const found = members.flatMap((curve): Mark[] => {
    const { series, split, published, diverged, crosses } = curve;
    const mark = (what: keyof typeof endShapes, x: number, value: number) => ({
      series,
      split,
      x,
      value: Math.min(axis.high, Math.max(axis.low, placeOn(axis, value))),
      exact: value,
      what,
    });
    const above = diverged ? undefined : firstAbove(curve, axis);
    const below = diverged ? undefined : firstBelow(curve, axis);
    return [
      ...(published === null ? [] : [mark("the report's value", last, published)]),
      ...crosses.map(({ x, value }) => mark('diverged', x, value ?? axis.high)),
      ...(above === undefined ? [] : [mark('above the axis', above.x, above.value)]),
      ...(below === undefined ? [] : [mark('below the axis', below.x, below.value)]),
    ];
  });
  // Training and test usually leave together.
  const distinct = new Map(
    found.map((mark) => [JSON.stringify([mark.series, mark.what, mark.x, mark.value]), mark]),
  );
  return stacked([...distinct.values()], axis);
}

/** Pixels between marks at one place, and how many of them are drawn apart. */
const apart = 9;
const mostApart = 8;

/** Marks at one place are stacked in pixels, from the edge into the panel: their x stays true. */
function stacked(marks: readonly Mark[], { low }: ValueAxis): Mark[] {
  const taken = new Map<string, number>();
  return marks.map((mark) => {
    const place = JSON.stringify([mark.x, mark.value]);
    const before = taken.get(place) ?? 0;
    taken.set(place, before + 1);
    const down = apart * (before % mostApart);
    return down === 0 ? mark : { ...mark, down: mark.value <= low ? -down : down };
  });
}
