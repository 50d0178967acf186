/** A function's value and slope along a line, at a step from the start. */
export interface LinePoint {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/** c1: how much a step must lower the value, as a share of the decrease that the slope predicts. */
const decrease = 1e-4;
/** c2: how flat the slope must become, as a share of the initial slope. */
const curvature = 0.9;
/** Values whose relative difference is smaller than this count as equal up to rounding. */
const rounding = 1e-13;
/** A search that needs more evaluations than this has failed. */
const maxEvaluations = 40;

/**
 * Finds a step t along a descent direction that satisfies the strong Wolfe conditions f(t) <= f(0) + c1 t f'(0) and
 * |f'(t)| <= c2 |f'(0)|, with c1 = 1e-4 and c2 = 0.9.
 *
 * Algorithms 3.5 and 3.6 of J. Nocedal and S. J. Wright, Numerical Optimization (2006), with cubic interpolation. Where
 * values are equal up to rounding, the slope decides instead, as in W. W. Hager and H. Zhang, A new conjugate gradient
 * method with guaranteed descent (2005). A value that is not finite counts as too high. If no point satisfies both
 * conditions, the best point found is returned. That is `start` itself (step 0) if no step lowers the value.
 */
export function strongWolfe<P extends LinePoint>(at: (step: number) => P, start: P, firstStep: number): P {
  const search: Search<P> = { at, start, evaluations: 0 };
  let below = start;
  let step = firstStep;
  while (search.evaluations < maxEvaluations) {
    const point = evaluate(search, step);
    if (!hasSufficientDecrease(point, start) || (below !== start && point.value >= below.value)) {
      return zoom(search, below, point);
    }
    if (satisfiesCurvature(point, start)) return point;
    if (point.slope >= 0) return zoom(search, point, below);
    below = point;
    step *= 2;
  }
  return below;
}

interface Search<P extends LinePoint> {
  readonly at: (step: number) => P;
  readonly start: P;
  evaluations: number;
}

function evaluate<P extends LinePoint>(search: Search<P>, step: number): P {
  search.evaluations++;
  return search.at(step);
}

/** Narrows the interval between `low`, the lowest point so far, and `high`, towards which the value falls first. */
function zoom<P extends LinePoint>(search: Search<P>, low: P, high: P): P {
  const { start } = search;
  while (search.evaluations < maxEvaluations) {
    const step = cubicMinimum(low, high);
    if (step === low.step || step === high.step) break;
    const point = evaluate(search, step);
    if (!hasSufficientDecrease(point, start) || point.value >= low.value) {
      high = point;
      continue;
    }
    if (satisfiesCurvature(point, start)) return point;
    if (point.slope * (high.step - low.step) >= 0) high = low;
    low = point;
  }
  return low;
}

function hasSufficientDecrease({ step, value, slope }: LinePoint, start: LinePoint): boolean {
  if (!Number.isFinite(value) || !Number.isFinite(slope)) return false;
  if (value <= start.value + decrease * step * start.slope) return true;
  const isSame = Math.abs(value - start.value) <= rounding * Math.abs(start.value);
  return isSame && slope <= (2 * decrease - 1) * start.slope;
}

function satisfiesCurvature({ slope }: LinePoint, start: LinePoint): boolean {
  return Math.abs(slope) <= -curvature * start.slope;
}

/** The minimum of the cubic through both points, kept away from the interval's ends; otherwise the midpoint. */
function cubicMinimum(low: LinePoint, high: LinePoint): number {
  const width = high.step - low.step;
  const middle = low.step + width / 2;
  const d1 = low.slope + high.slope - (3 * (high.value - low.value)) / width;
  const square = d1 * d1 - low.slope * high.slope;
  // NaN if one of the values is not finite: then the midpoint is used.
  if (!(square >= 0)) return middle;
  const d2 = Math.sign(width) * Math.sqrt(square);
  const part = 1 - (high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2);
  return part >= 0.1 && part <= 0.9 ? low.step + part * width : middle;
}
