import { addScaled, dot } from '../math/vector.ts';
import { type LinePoint, strongWolfe } from './line-search.ts';

/** A function's value and gradient at a point. A function may return further fields. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

export type Objective<E extends Evaluation> = (x: Float64Array) => E;

export interface LbfgsOptions {
  readonly maxIterations: number;
  /** Stops when no component of the gradient is larger than this in absolute value. */
  readonly gradientTolerance: number;
}

export interface Minimum<E extends Evaluation> {
  readonly x: Float64Array;
  readonly evaluation: E;
  readonly iterations: number;
  /** Whether the gradient reached its tolerance. */
  readonly converged: boolean;
  /** The largest absolute value of the gradient's components. */
  readonly gradientNorm: number;
}

/** The number of recent steps from which the inverse Hessian is approximated. */
const history = 10;

/** A step s = x' - x and the change y of the gradient along it, with s'y > 0. */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly sy: number;
}

interface Point<E extends Evaluation> extends LinePoint {
  readonly x: Float64Array;
  readonly evaluation: E;
}

/**
 * Minimises a smooth function by L-BFGS with a strong-Wolfe line search (algorithms 7.4 and 7.5 of J. Nocedal and
 * S. J. Wright, Numerical Optimization, 2006).
 *
 * It stops when it has converged, after `maxIterations`, when the line search finds no step, or when `onIteration` returns
 * false. A tolerance below the gradient's rounding error is never reached. A start whose value is not finite is returned
 * unchanged, with 0 iterations. `onIteration` is called for each accepted point, from iteration 1.
 */
export function minimize<E extends Evaluation>(
  objective: Objective<E>,
  start: Float64Array,
  { maxIterations, gradientTolerance }: LbfgsOptions,
  onIteration: (x: Float64Array, evaluation: E, iteration: number) => unknown = () => {},
): Minimum<E> {
  const pairs: Pair[] = [];
  let x: Float64Array = Float64Array.from(start);
  let evaluation = objective(x);
  let iterations = 0;
  const isFinished = () => !(largest(evaluation.gradient) > gradientTolerance);
  while (Number.isFinite(evaluation.value) && !isFinished() && iterations < maxIterations) {
    const direction = descentDirection(evaluation.gradient, pairs);
    const next = searchAlong(objective, x, evaluation, direction, pairs.length === 0);
    if (next.step === 0) {
      // As a last resort, try steepest descent.
      if (pairs.length === 0) break;
      pairs.length = 0;
      continue;
    }
    storePair(pairs, difference(next.x, x), difference(next.evaluation.gradient, evaluation.gradient));
    ({ x, evaluation } = next);
    iterations++;
    if (onIteration(x, evaluation, iterations) === false) break;
  }
  const gradientNorm = largest(evaluation.gradient);
  const converged = Number.isFinite(evaluation.value) && gradientNorm <= gradientTolerance;
  return { x, evaluation, iterations, converged, gradientNorm };
}

function searchAlong<E extends Evaluation>(
  objective: Objective<E>,
  x: Float64Array,
  evaluation: E,
  direction: Float64Array,
  isFirst: boolean,
): Point<E> {
  const at = (step: number): Point<E> => {
    const there = x.map((value, i) => value + step * direction[i]);
    const found = objective(there);
    return { step, x: there, evaluation: found, value: found.value, slope: dot(found.gradient, direction) };
  };
  const slope = dot(evaluation.gradient, direction);
  const start: Point<E> = { step: 0, x, evaluation, value: evaluation.value, slope };
  // Without pairs the direction gives no step length: use 1, or the length of the gradient if that is shorter.
  const firstStep = isFirst ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
  return strongWolfe(at, start, firstStep);
}

/** -H g by the two-loop recursion; -g without pairs, or if rounding errors make -H g an ascent direction. */
function descentDirection(gradient: Float64Array, pairs: Pair[]): Float64Array {
  const direction = gradient.map((g) => -g);
  if (pairs.length === 0) return direction;
  const factors = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, sy } = pairs[k];
    factors[k] = dot(s, direction) / sy;
    addScaled(direction, -factors[k], y);
  }
  const { y, sy } = pairs[pairs.length - 1];
  const scale = sy / dot(y, y);
  for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  for (let k = 0; k < pairs.length; k++) {
    const { s, y, sy } = pairs[k];
    addScaled(direction, factors[k] - dot(y, direction) / sy, s);
  }
  if (dot(gradient, direction) < 0) return direction;
  pairs.length = 0;
  return gradient.map((g) => -g);
}

/** Stores the pair if its curvature is positive beyond rounding, and drops the oldest if there are too many. */
function storePair(pairs: Pair[], s: Float64Array, y: Float64Array): void {
  const sy = dot(s, y);
  if (!(sy > Number.EPSILON * Math.sqrt(dot(s, s) * dot(y, y)))) return;
  pairs.push({ s, y, sy });
  if (pairs.length > history) pairs.shift();
}

/** The largest absolute value; NaN if any value is NaN. */
export function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]);
}
