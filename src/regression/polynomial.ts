import { UserError } from '../errors.ts';
import { type Matrix, matrix } from '../math/matrix.ts';

/**
 * The terms of a polynomial of degree d in D inputs: products of their powers. `total`: all whose powers add up to at most d,
 * (d + D)! / (d! D!) terms. `product`: all in which each power is at most d, (d + 1)^D terms.
 */
export const bases = ['total', 'product'] as const;
export type Basis = (typeof bases)[number];

/** The powers of the inputs in one term, such as [2, 1] for x^2 y. */
export type Exponents = readonly number[];

/**
 * The exponents of the terms, starting with the constant: sorted by the power of the last input, then by that of the last but
 * one, and so on. In one input 1, x, x^2, ...; in two of degree 2 1, x, x^2, y, x y, y^2.
 */
export function polynomialTerms(degree: number, basis: Basis, inputs: number): number[][] {
  if (inputs === 1) return Array.from({ length: degree + 1 }, (_, power) => [power]);
  const terms: number[][] = [];
  // For each power that the last input leaves for the others, their terms are the same.
  const product = basis === 'product' ? polynomialTerms(degree, basis, inputs - 1) : null;
  for (let last = 0; last <= degree; last++) {
    const others = product ?? polynomialTerms(degree - last, basis, inputs - 1);
    for (const term of others) terms.push([...term, last]);
  }
  return terms;
}

/** The number of terms, which may be more than fit into memory. */
export function termCount(degree: number, basis: Basis, inputs: number): number {
  if (basis === 'product') return (degree + 1) ** inputs;
  let count = 1;
  // Each partial product is a binomial coefficient, and so a whole number.
  for (let k = 1; k <= Math.min(degree, inputs); k++) count = (count * (degree + inputs + 1 - k)) / k;
  return count;
}

/** The number of inputs of a polynomial with this many terms. */
export function inputsOf(terms: number, degree: number, basis: Basis): number {
  let inputs = 1;
  if (degree > 0) while (termCount(degree, basis, inputs) < terms) inputs++;
  return inputs;
}

/**
 * The design matrix [N][terms]: for each row of D inputs the products of their powers, x_1^e_1 x_2^e_2 ...
 *
 * inputs: [N][D], row-major; D is the number of exponents of a term. Errors: UserError for inputs that are not rows of D
 * numbers. Powers are computed as repeated products, x^i = x^(i-1) x, whose bits are the same on every machine, unlike those
 * of Math.pow.
 */
export function polynomialFeatures(inputs: Float64Array, terms: readonly Exponents[]): Matrix {
  const D = terms[0].length;
  if (inputs.length % D !== 0) {
    throw new UserError({
      what: `polynomial features need rows of ${D} inputs`,
      expected: `${D} numbers in each row`,
      received: `${inputs.length} numbers`,
      remedy: 'use other data, or no polynomial',
    });
  }
  const rows = inputs.length / D;
  const features = matrix(rows, terms.length);
  const most = terms.reduce((largest, term) => Math.max(largest, ...term), 0);
  // Powers of input d from place d * (most + 1). A factor 1 is left out: it changes no bit.
  const powers = new Float64Array(D * (most + 1));
  const factors = terms.map((term) =>
    Int32Array.from(term.flatMap((power, d) => (power === 0 ? [] : d * (most + 1) + power))),
  );
  let position = 0;
  for (let n = 0; n < rows; n++) {
    for (let d = 0; d < D; d++) fillPowers(powers, d * (most + 1), most, inputs[n * D + d]);
    for (const places of factors) {
      let product = 1;
      for (const place of places) product *= powers[place];
      features.data[position++] = product;
    }
  }
  return features;
}

/** powers[start + k] <- base^k for k up to `most`. */
function fillPowers(powers: Float64Array, start: number, most: number, base: number): void {
  powers[start] = 1;
  for (let k = start + 1; k <= start + most; k++) powers[k] = powers[k - 1] * base;
}
