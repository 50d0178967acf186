import { UserError } from '../errors.ts';
import { type Matrix, matrix } from '../math/matrix.ts';

/**
 * The terms x^i y^j of a polynomial of degree d. `total`: all with i + j <= d, (d + 1)(d + 2)/2 terms. `product`: all
 * with i <= d and j <= d, (d + 1)^2 terms.
 */
export const bases = ['total', 'product'] as const;
export type Basis = (typeof bases)[number];

/** The exponents [i, j] of the terms x^i y^j, sorted by j and then by i, starting with [0, 0]. */
export function polynomialTerms(degree: number, basis: Basis): [number, number][] {
  const terms: [number, number][] = [];
  for (let j = 0; j <= degree; j++) {
    const largest = basis === 'total' ? degree - j : degree;
    for (let i = 0; i <= largest; i++) terms.push([i, j]);
  }
  return terms;
}

/**
 * The design matrix [N][terms] with x^i y^j of each row's two inputs (x, y).
 *
 * inputs: [N][2], row-major. Errors: UserError for an odd number of values. Powers are computed as repeated products,
 * x^i = x^(i-1) x, whose bits are the same on every machine, unlike those of Math.pow.
 */
export function polynomialFeatures(
  inputs: Float64Array,
  terms: readonly (readonly [number, number])[],
): Matrix {
  if (inputs.length % 2 !== 0) {
    throw new UserError({
      what: 'polynomial features need pairs (x, y) as inputs',
      expected: 'two numbers in each row',
      received: `${inputs.length} numbers`,
      remedy: 'choose a dataset with two inputs, for example franke',
    });
  }
  const rows = inputs.length / 2;
  const features = matrix(rows, terms.length);
  const xPowers = new Float64Array(1 + terms.reduce((largest, [i]) => Math.max(largest, i), 0));
  const yPowers = new Float64Array(1 + terms.reduce((largest, [, j]) => Math.max(largest, j), 0));
  let position = 0;
  for (let n = 0; n < rows; n++) {
    fillPowers(xPowers, inputs[2 * n]);
    fillPowers(yPowers, inputs[2 * n + 1]);
    for (const [i, j] of terms) features.data[position++] = xPowers[i] * yPowers[j];
  }
  return features;
}

/** powers[k] <- base^k. */
function fillPowers(powers: Float64Array, base: number): void {
  powers[0] = 1;
  for (let k = 1; k < powers.length; k++) powers[k] = powers[k - 1] * base;
}
