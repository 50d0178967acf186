/** A point of a curve in the unit square. */
export interface UnitPoint {
  readonly x: number;
  readonly y: number;
}

/** How well scores put the rows of a class before all others, from the highest score on. */
export interface Ranking {
  /** The receiver operating characteristic: false positive rate, true positive rate. */
  readonly roc: readonly UnitPoint[];
  /** Cumulative gains: share of all rows, share of the class's rows among them. */
  readonly gains: readonly UnitPoint[];
  /** The area under the ROC curve: the probability that a row of the class has a higher score than one of the others, ties half. */
  readonly auc: number;
  /** The area between the gains and their diagonal over that of a perfect order; equal to 2 AUC - 1. */
  readonly gainsRatio: number;
}

/**
 * Ranks the rows by score [rows]; null if all rows are of the class, or none. Rows with equal scores are one step, since no
 * order among them is meant.
 */
export function rankRows(scores: Float64Array, isOfClass: (row: number) => boolean): Ranking | null {
  const of = scores.filter((_, n) => isOfClass(n)).sort();
  const others = scores.filter((_, n) => !isOfClass(n)).sort();
  const [P, N] = [of.length, others.length];
  if (P === 0 || N === 0) return null;
  const roc = [{ x: 0, y: 0 }];
  const gains = [{ x: 0, y: 0 }];
  let [i, j, pairs] = [P, N, 0];
  while (i > 0 || j > 0) {
    const score = Math.max(
      i > 0 ? of[i - 1] : Number.NEGATIVE_INFINITY,
      j > 0 ? others[j - 1] : Number.NEGATIVE_INFINITY,
    );
    const before = { i, j };
    while (i > 0 && of[i - 1] === score) i--;
    while (j > 0 && others[j - 1] === score) j--;
    // Whole numbers: the trapezium of this step, doubled.
    pairs += (before.j - j) * (P - i + (P - before.i));
    roc.push({ x: (N - j) / N, y: (P - i) / P });
    gains.push({ x: (P - i + (N - j)) / (P + N), y: (P - i) / P });
  }
  const ideal = (1 - P / (P + N)) / 2;
  return { roc, gains, auc: pairs / (2 * P * N), gainsRatio: (areaUnder(gains) - 0.5) / ideal };
}

/** The area under a curve of straight lines, by trapezia. */
export function areaUnder(points: readonly UnitPoint[]): number {
  let area = 0;
  for (let k = 1; k < points.length; k++) {
    area += ((points[k].x - points[k - 1].x) * (points[k].y + points[k - 1].y)) / 2;
  }
  return area;
}

/**
 * At most `most` points of a curve: its ends, then again and again the point that is farthest from the lines so far. Points
 * on those lines are left out.
 * Source: Douglas & Peucker, Algorithms for the reduction of the number of points, Cartographica 10 (1973).
 */
export function thinned<Point extends UnitPoint>(points: readonly Point[], most: number): Point[] {
  const kept = [0, points.length - 1];
  const open = [farthest(points, 0, points.length - 1)];
  while (kept.length < most) {
    let widest = 0;
    open.forEach(({ distance }, index) => {
      if (distance > open[widest].distance) widest = index;
    });
    const [{ from, at, to, distance }] = open.splice(widest, 1);
    if (distance < 1e-12) break;
    kept.push(at);
    open.push(farthest(points, from, at), farthest(points, at, to));
  }
  return [...new Set(kept)].sort((a, b) => a - b).map((index) => points[index]);
}

/** The point that is farthest from the line between two others. */
function farthest(points: readonly UnitPoint[], from: number, to: number) {
  const [a, b] = [points[from], points[to]];
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  let [at, distance] = [from, 0];
  for (let k = from + 1; k < to; k++) {
    const cross = (b.x - a.x) * (points[k].y - a.y) - (b.y - a.y) * (points[k].x - a.x);
    const found = Math.abs(cross) / length;
    if (found > distance) [at, distance] = [k, found];
  }
  return { from, to, at, distance };
}
