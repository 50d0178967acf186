import type { Curve, Point } from './curve.ts';
import { firstAbove, lastEpoch } from './curve-axis.ts';
import type { SpecPart } from './figure.ts';
import { placeOn, type ValueAxis } from './value-axis.ts';

export interface Mark extends SpecPart {
  readonly series: string;
  readonly split: string;
  readonly epoch: number;
  readonly value: number;
}

/** What can be marked at the end of a curve, and its symbol: an X for a divergence. */
export const endShapes = {
  "the report's value": 'diamond',
  diverged: 'M-1,-1L1,1M-1,1L1,-1',
  'above the axis': 'triangle-up',
} as const;

/** How often a curve carries the mark of its series. */
const marksPerCurve = 5;

/**
 * Marks that name the series on the curves themselves. Each curve has them at other places, between its points if
 * need be, so that of curves on top of each other all are visible.
 */
export function nameMarks(members: readonly Curve[], axis: ValueAxis): Mark[] {
  const drawn = members.filter(({ points }) => points.length > 0);
  return drawn.flatMap(({ series, split, points }, index) =>
    placesOf(points.length, (index + 0.5) / drawn.length).flatMap((place) => {
      const { epoch, value } = between(points, place, axis);
      if (value > axis.high || value < axis.low) return [];
      return [{ series, split, epoch, value }];
    }),
  );
}

/** Places along a curve of so many points: evenly spread, moved by a share of their distance. */
function placesOf(points: number, shift: number): number[] {
  if (points === 1) return [0];
  return Array.from({ length: marksPerCurve }, (_, i) => ((i + shift) / marksPerCurve) * (points - 1));
}

function between(points: readonly Point[], place: number, axis: ValueAxis): { epoch: number; value: number } {
  const [before, after] = [points[Math.floor(place)], points[Math.ceil(place)]];
  const share = place - Math.floor(place);
  const mix = (a: number, b: number) => a + share * (b - a);
  const [low, high] = [placeOn(axis, before.value), placeOn(axis, after.value)];
  const value = axis.kind === 'log' ? Math.exp(mix(Math.log(low), Math.log(high))) : mix(low, high);
  return { epoch: mix(before.epoch, after.epoch), value };
}

/** The report's last values, where training diverged, and where a curve leaves the axis at the top. */
export function endMarks(members: readonly Curve[], axis: ValueAxis): Mark[] {
  const last = lastEpoch(members);
  const found = members.flatMap((curve): Mark[] => {
    const { series, split, published, diverged, divergedAt, points } = curve;
    const mark = (what: keyof typeof endShapes, epoch: number, value: number) => ({
      series,
      split,
      epoch,
      value: Math.min(axis.high, Math.max(axis.low, placeOn(axis, value))),
      exact: value,
      what,
    });
    const above = firstAbove(curve, axis);
    const end = points.at(-1);
    return [
      ...(published === null ? [] : [mark("the report's value", last, published)]),
      ...(diverged
        ? [mark('diverged', divergedAt ?? end?.epoch ?? 1, end?.value ?? axis.high)]
        : above === undefined
          ? []
          : [mark('above the axis', above.epoch, above.value)]),
    ];
  });
  // Training and test usually leave together.
  const apart = new Map(
    found.map((mark) => [JSON.stringify([mark.series, mark.what, mark.epoch, mark.value]), mark]),
  );
  return dodged([...apart.values()], last);
}

/** Marks at one place are drawn next to each other. */
function dodged(marks: readonly Mark[], last: number): Mark[] {
  const taken = new Map<string, number>();
  return marks.map((mark) => {
    const place = JSON.stringify([mark.epoch, mark.value]);
    const before = taken.get(place) ?? 0;
    taken.set(place, before + 1);
    const shift = before * 0.04 * last;
    return { ...mark, epoch: mark.epoch + (mark.epoch + shift > last ? -shift : shift) };
  });
}
