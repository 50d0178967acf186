import { greatest, least, mean } from './describe.ts';
import type { UnitPoint } from './ranking.ts';

/** A point of a mean curve: y is the mean, `low` and `high` the ends of what the mean is of. */
export interface BandPoint extends UnitPoint {
  readonly low: number;
  readonly high: number;
}

/**
 * The mean of y over curves of straight lines from x = 0 to x = 1, at every x at which one of them has a point. Where
 * curves rise at one x, the mean has a point before the rise and one after it.
 */
export function meanCurve(curves: readonly (readonly UnitPoint[])[]): BandPoint[] {
  const xs = [...new Set(curves.flatMap((points) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const values = curves.map((points) => valuesAt(points, xs));
  return xs.flatMap((x, i) => {
    const at = (side: 'before' | 'after'): BandPoint => {
      const ys = values.map((own) => own[i][side]);
      return { x, y: mean(ys), low: least(ys), high: greatest(ys) };
    };
    const rises = values.some((own) => own[i].before !== own[i].after);
    return rises ? [at('before'), at('after')] : [at('after')];
  });
}

/** The values of a curve at ascending x: the first and the last of its points there, or on the line between two. */
function valuesAt(points: readonly UnitPoint[], xs: readonly number[]) {
  let k = 0;
  return xs.map((x) => {
    while (k < points.length && points[k].x < x) k++;
    if (k < points.length && points[k].x === x) {
      const before = points[k].y;
      while (k + 1 < points.length && points[k + 1].x === x) k++;
      return { before, after: points[k].y };
    }
    const [a, b] = [points[k - 1], points[Math.min(k, points.length - 1)]];
    const y = b.x === a.x ? b.y : a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
    return { before: y, after: y };
  });
}
