import { describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { type Evaluation, minimize, type Objective } from './lbfgs.ts';

/** Counts the evaluations of a function that is written for plain arrays. */
function counted(f: (x: number[]) => [value: number, gradient: number[]]) {
  const counter = { evaluations: 0 };
  const objective: Objective<Evaluation> = (x) => {
    counter.evaluations++;
    const [value, gradient] = f([...x]);
    return { value, gradient: Float64Array.from(gradient) };
  };
  return { objective, counter };
}

/** sum of 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2: a curved valley, minimum 0 at (1, ..., 1). */
function rosenbrock(x: number[]): [number, number[]] {
  const gradient = x.map(() => 0);
  let value = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const off = x[i + 1] - x[i] * x[i];
    value += 100 * off * off + (1 - x[i]) ** 2;
    gradient[i] += -400 * off * x[i] - 2 * (1 - x[i]);
    gradient[i + 1] += 200 * off;
  }
  return [value, gradient];
}

/** 1/2 sum of d_i (x_i - c_i)^2. */
const quadratic =
  (d: number[], c: number[]) =>
  (x: number[]): [number, number[]] => [
    x.reduce((sum, value, i) => sum + 0.5 * d[i] * (value - c[i]) ** 2, 0),
    x.map((value, i) => d[i] * (value - c[i])),
  ];

const tight = { maxIterations: 1000, gradientTolerance: 1e-9 };

describe('minimize', () => {
  test.each([
    ['2', [-1.2, 1], 60],
    ['10', [-1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1], 150],
  ])("finds the minimum of Rosenbrock's function of %s variables", (_count, start, most) => {
    const { objective, counter } = counted(rosenbrock);
    const { x, converged, gradientNorm, evaluation } = minimize(objective, Float64Array.from(start), tight);
    expect(converged).toBe(true);
    expect(gradientNorm).toBeLessThanOrEqual(1e-9);
    expect(evaluation.value).toBeLessThan(1e-18);
    for (const value of x) expect(value).toBeCloseTo(1, 8);
    expect(counter.evaluations).toBeLessThan(most);
  });

  test('finds the minimum of a quadratic with as many variables as it remembers steps', () => {
    const rng = createRng(1, 'data');
    const d = Array.from({ length: 10 }, (_, i) => 1 + i);
    const c = d.map(() => rng.normal());
    const { objective } = counted(quadratic(d, c));
    const { x, converged, iterations } = minimize(objective, new Float64Array(10), tight);
    expect(converged).toBe(true);
    expect(iterations).toBeLessThan(40);
    x.forEach((value, i) => {
      expect(value).toBeCloseTo(c[i], 8);
    });
  });

  test('finds the minimum of an ill-conditioned quadratic: curvatures from 0.01 to 100', () => {
    const d = Array.from({ length: 30 }, (_, i) => 10 ** (-2 + (4 * i) / 29));
    const c = d.map((_, i) => (i % 2 === 0 ? 1 : -1));
    const { objective } = counted(quadratic(d, c));
    const { x, converged, iterations } = minimize(objective, new Float64Array(30), tight);
    expect(converged).toBe(true);
    // With more than ten steps in its memory it would need about as many as there are variables.
    expect(iterations).toBeGreaterThan(100);
    // |x - c| <= |gradient| / curvature
    x.forEach((value, i) => {
      expect(Math.abs(value - c[i])).toBeLessThanOrEqual(1e-9 / d[i]);
    });
  });

  test('reaches a gradient whose square is lost in the value beside it', () => {
    // A value of 1000 hides differences below 1e-13, so that only slopes tell of the last steps.
    const [d, c] = [
      [1, 3, 10],
      [1, 2, 3],
    ];
    const { objective } = counted((x) => {
      const [value, gradient] = quadratic(d, c)(x);
      return [1000 + value, gradient];
    });
    const { converged } = minimize(objective, new Float64Array(3), { ...tight, gradientTolerance: 1e-11 });
    expect(converged).toBe(true);
  });

  test('stays where the function is finite', () => {
    // x - ln x has its minimum at 1 and no value below 0.
    const { objective } = counted(([x]) => [x - Math.log(x), [1 - 1 / x]]);
    for (const start of [1e-3, 20, 1e4]) {
      const { x, converged } = minimize(objective, Float64Array.of(start), tight);
      expect({ start, converged }).toEqual({ start, converged: true });
      expect(x[0]).toBeCloseTo(1, 7);
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('gives back a start whose value is %d', (value) => {
    const { objective, counter } = counted((x) => [value, x]);
    const found = minimize(objective, Float64Array.of(3, 4), tight);
    expect(found).toMatchObject({ iterations: 0, converged: false, x: Float64Array.of(3, 4) });
    expect(counter.evaluations).toBe(1);
  });

  test('gives back a start whose gradient is NaN, not converged', () => {
    const { objective } = counted(() => [1, [Number.NaN, 0]]);
    expect(minimize(objective, Float64Array.of(3, 4), tight)).toMatchObject({
      iterations: 0,
      converged: false,
    });
  });

  test('needs no iteration at the minimum', () => {
    const { objective, counter } = counted(rosenbrock);
    const found = minimize(objective, Float64Array.of(1, 1), tight);
    expect(found).toMatchObject({ iterations: 0, converged: true, gradientNorm: 0 });
    expect(counter.evaluations).toBe(1);
  });

  test('ends at the last iteration that is allowed, not converged, and begins like a longer one', () => {
    const { objective } = counted(rosenbrock);
    const points = (maxIterations: number) => {
      const seen: number[][] = [];
      const options = { maxIterations, gradientTolerance: 1e-9 };
      const found = minimize(objective, Float64Array.of(-1.2, 1), options, (x) => seen.push([...x]));
      return { found, seen };
    };
    const { found, seen } = points(7);
    expect(found).toMatchObject({ iterations: 7, converged: false });
    expect(seen).toHaveLength(7);
    expect(seen[6]).toEqual([...found.x]);
    expect(points(20).seen.slice(0, 7)).toEqual(seen);
  });

  test('lowers the value with every iteration and tells of each with its evaluation', () => {
    const { objective } = counted(rosenbrock);
    const heard: number[] = [];
    const values = [rosenbrock([-1.2, 1])[0]];
    minimize(objective, Float64Array.of(-1.2, 1), tight, (x, { value }, iteration) => {
      heard.push(iteration);
      expect(value).toBe(rosenbrock([...x])[0]);
      expect(value).toBeLessThan(values[values.length - 1]);
      values.push(value);
    });
    expect(heard).toEqual(heard.map((_, i) => i + 1));
  });

  test('ends where rounding lets it go no further, and says that it has not converged', () => {
    // The gradient is wrong by more than the tolerance, everywhere.
    const { objective } = counted(([x]) => [(x - 1) ** 2, [2 * (x - 1) + (x > 1 ? 1e-3 : -1e-3)]]);
    const found = minimize(objective, Float64Array.of(3), { maxIterations: 1e6, gradientTolerance: 1e-9 });
    expect(found.converged).toBe(false);
    expect(found.x[0]).toBeCloseTo(1, 2);
  });

  test('leaves its start alone', () => {
    const start = Float64Array.of(-1.2, 1);
    minimize(counted(rosenbrock).objective, start, tight);
    expect([...start]).toEqual([-1.2, 1]);
  });
});
