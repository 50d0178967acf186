import type { LossAt } from './perturbed-loss.ts';

/** A derivative found numerically. */
export interface Numeric {
  readonly value: number;
  /** An estimate of its error. */
  readonly error: number;
  /** At a corner of the function: the derivatives on its two sides, of which any value between is right. */
  readonly sides: readonly [number, number] | null;
}

/** The largest change of a weight, and how often it is made ten times smaller to stay off a corner. */
const [largest, mostTries] = [4e-3, 5];

/**
 * The derivative of f at 0 by central differences D(h) = (f(h) - f(-h)) / 2h with h, h/2 and h/4, extrapolated to h = 0
 * (L. F. Richardson, 1911): the error is O(h^6), and its estimate the last correction and what rounding adds.
 *
 * Near a corner h is made smaller. Where that does not help, f has one at 0.
 */
export function derivativeOf(f: (h: number) => LossAt): Numeric {
  const { side, value } = f(0);
  let h = largest;
  for (let tries = 0; tries < mostTries; tries++, h /= 10) {
    const central: number[] = [];
    for (const step of [h, h / 2, h / 4]) {
      const [above, below] = [f(step), f(-step)];
      if (above.side !== side || below.side !== side) break;
      central.push((above.value - below.value) / (2 * step));
    }
    if (central.length < 3) continue;
    return extrapolated(central, 4, (Math.abs(value) * rounding) / h);
  }
  const oneSided = (sign: number): Numeric => {
    const differences = [h, h / 2, h / 4].map((step) => (f(sign * step).value - value) / (sign * step));
    return extrapolated(differences, 2, (Math.abs(value) * rounding) / h);
  };
  const [below, above] = [oneSided(-1), oneSided(1)];
  return {
    value: (below.value + above.value) / 2,
    error: Math.max(below.error, above.error),
    sides: [below.value, above.value],
  };
}

/** A loss is a sum over rows, outputs and layers below: rounding adds up to about this much of it. */
const rounding = 2e-15;

/** Three differences of which each has this much less error than the one before. */
function extrapolated([d1, d2, d3]: readonly number[], factor: number, noise: number): Numeric {
  const [first, second] = [d2 + (d2 - d1) / (factor - 1), d3 + (d3 - d2) / (factor - 1)];
  const value = second + (second - first) / (factor ** 2 - 1);
  return { value, error: Math.abs(value - second) + noise, sides: null };
}
