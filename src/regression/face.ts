import { addScaled, dot } from '../math/vector.ts';

/** A pivot of the Cholesky decomposition, relative to the diagonal, below which a column depends on those before it. */
const dependent = 1e-12;
/** The |X v|^2 of a direction v along columns of length 1 that counts as 0. */
const negligible = 1e-20;
/** A step that is repeated because of rounding errors ends within this many. */
const maxRefinements = 6;

/** The problem |y - X beta|^2 + l2 |beta|^2 + l1 sum(|beta|), with the columns of X [D][N]. */
export interface Penalized {
  readonly columns: readonly Float64Array[];
  /** |x_d|^2 [D] */
  readonly squares: Float64Array;
  /** x_d'X of a column, kept once computed. */
  readonly products: (d: number) => Float64Array;
  readonly y: Float64Array;
  readonly l2: number;
  readonly l1: number;
}

/**
 * Moves beta to the minimum among coefficients with its zeros and signs, or until one of them becomes 0, which is then left out.
 *
 * On such a face the objective is quadratic, with the gradient -2 (X'r - l2 beta - l1/2 signs). A step solves for its zero by a
 * Cholesky decomposition of X'X + l2. If a column depends on those before it, the step goes along the direction that leaves
 * X beta unchanged. Both lower the objective, or leave it unchanged. Gradients are computed from the residual, so repeated steps
 * remove the errors of X'X.
 */
export function descendFace(problem: Penalized, beta: Float64Array): void {
  const { columns, y, l2, l1 } = problem;
  const residual = new Float64Array(y.length);
  let worst = Number.POSITIVE_INFINITY;
  for (let refinements = 0; refinements < maxRefinements; ) {
    const active = activeOf(beta);
    if (active.length === 0) return;
    residualInto(residual, problem, active, beta);
    const gradient = Float64Array.from(
      active,
      (d) => dot(columns[d], residual) - l2 * beta[d] - (Math.sign(beta[d]) * l1) / 2,
    );
    const violation = relativeTo(problem, active, gradient);
    const { direction, flat } = directionOf(problem, active, gradient);
    if (violation === 0 && !flat) return;
    const slope = dot(direction, gradient);
    if (slope < 0) for (let i = 0; i < active.length; i++) direction[i] *= -1;
    const crossing = firstZero(active, beta, direction);
    const curvature = curvatureOf(problem, active, direction);
    const best = flat && curvature <= negligible ? Number.POSITIVE_INFINITY : Math.abs(slope) / curvature;
    if (crossing.step <= best) {
      if (crossing.step === Number.POSITIVE_INFINITY) return;
      move(active, beta, direction, crossing.step);
      beta[crossing.d] = 0;
      worst = Number.POSITIVE_INFINITY;
      continue;
    }
    if (flat || violation > worst / 2) return;
    worst = violation;
    move(active, beta, direction, best);
    refinements++;
  }
}

/** The coefficients that are not 0. */
export function activeOf(beta: Float64Array): number[] {
  const active: number[] = [];
  for (let d = 0; d < beta.length; d++) if (beta[d] !== 0) active.push(d);
  return active;
}

/** r = y - X beta. */
export function residualInto(
  residual: Float64Array,
  { columns, y }: Pick<Penalized, 'columns' | 'y'>,
  active: readonly number[],
  beta: Float64Array,
): void {
  residual.set(y);
  for (const d of active) addScaled(residual, -beta[d], columns[d]);
}

/** The largest component of the gradient, each relative to its column. */
function relativeTo({ squares }: Penalized, active: readonly number[], gradient: Float64Array): number {
  return active.reduce((most, d, i) => Math.max(most, Math.abs(gradient[i]) / Math.sqrt(squares[d])), 0);
}

/**
 * (X'X + l2)^-1 g for the active columns; or, `flat`, the v with v_k = 1 that minimises |X v|^2 + l2 |v|^2 among the columns up to the first
 * dependent one, k.
 *
 * The columns are scaled to X'X + l2 with a diagonal of 1, which lowers the condition number.
 */
function directionOf(
  { squares, products, l2 }: Penalized,
  active: readonly number[],
  gradient: Float64Array,
): { direction: Float64Array; flat: boolean } {
  const size = active.length;
  const scale = active.map((d) => 1 / Math.sqrt(squares[d] + l2));
  /** The lower factor L, by rows. */
  const factor: Float64Array[] = [];
  const direction = new Float64Array(size);
  let flat = false;
  for (let i = 0; i < size && !flat; i++) {
    const product = products(active[i]);
    const row = new Float64Array(i + 1);
    for (let j = 0; j < i; j++) {
      let sum = product[active[j]] * scale[i] * scale[j];
      for (let k = 0; k < j; k++) sum -= row[k] * factor[j][k];
      row[j] = sum / factor[j][j];
    }
    let pivot = 1;
    for (let k = 0; k < i; k++) pivot -= row[k] * row[k];
    flat = !(pivot > dependent);
    if (flat) {
      // L'v = -row for the columns before it.
      for (let j = 0; j < i; j++) direction[j] = -row[j];
      direction[i] = 1;
      solveTransposed(factor, direction, i);
    } else {
      row[i] = Math.sqrt(pivot);
      factor.push(row);
    }
  }
  if (!flat) {
    for (let i = 0; i < size; i++) {
      let sum = gradient[i] * scale[i];
      for (let k = 0; k < i; k++) sum -= factor[i][k] * direction[k];
      direction[i] = sum / factor[i][i];
    }
    solveTransposed(factor, direction, size);
  }
  for (let i = 0; i < size; i++) direction[i] *= scale[i];
  return { direction, flat };
}

/** Replaces the first `size` numbers b of a vector by the v with L'v = b. */
function solveTransposed(factor: readonly Float64Array[], vector: Float64Array, size: number): void {
  for (let i = size - 1; i >= 0; i--) {
    vector[i] /= factor[i][i];
    for (let k = 0; k < i; k++) vector[k] -= factor[i][k] * vector[i];
  }
}

/** The shortest step along the direction at which a coefficient becomes 0. */
function firstZero(
  active: readonly number[],
  beta: Float64Array,
  direction: Float64Array,
): { step: number; d: number } {
  let first = { step: Number.POSITIVE_INFINITY, d: -1 };
  active.forEach((d, i) => {
    const step = -beta[d] / direction[i];
    if (step > 0 && step < first.step) first = { step, d };
  });
  return first;
}

/** |X v|^2 + l2 |v|^2. */
function curvatureOf(
  { columns, l2, y }: Penalized,
  active: readonly number[],
  direction: Float64Array,
): number {
  const image = new Float64Array(y.length);
  for (const [i, d] of active.entries()) addScaled(image, direction[i], columns[d]);
  return dot(image, image) + l2 * dot(direction, direction);
}

function move(active: readonly number[], beta: Float64Array, direction: Float64Array, step: number): void {
  for (const [i, d] of active.entries()) beta[d] += step * direction[i];
}
