import { exp, log } from './elementary.ts';

// The names that a user's expression may use. Maps, not objects, so that a lookup of "constructor" finds nothing.

/** Constants by name. */
export const constants = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
]);

/** Binary operators on numbers, under their mathjs names. */
export const arithmetic = new Map<string, (a: number, b: number) => number>([
  ['add', (a, b) => a + b],
  ['subtract', (a, b) => a - b],
  ['multiply', (a, b) => a * b],
  ['divide', (a, b) => a / b],
  ['pow', power],
  ['mod', modulo],
]);

/** Operators that compare two numbers. */
export const comparisons = new Map<string, (a: number, b: number) => boolean>([
  ['smaller', (a, b) => a < b],
  ['smallerEq', (a, b) => a <= b],
  ['larger', (a, b) => a > b],
  ['largerEq', (a, b) => a >= b],
  ['equal', (a, b) => a === b],
  ['unequal', (a, b) => a !== b],
]);

export interface ExpressionFunction {
  /** The fewest and the most arguments that it takes. */
  minArguments: number;
  maxArguments: number;
  evaluate: (...args: number[]) => number;
}

const unary = (evaluate: (x: number) => number): ExpressionFunction => ({
  minArguments: 1,
  maxArguments: 1,
  evaluate,
});
const binary = (evaluate: (x: number, y: number) => number): ExpressionFunction => ({
  minArguments: 2,
  maxArguments: 2,
  evaluate,
});
const variadic = (evaluate: (...args: number[]) => number): ExpressionFunction => ({
  minArguments: 1,
  maxArguments: Number.POSITIVE_INFINITY,
  evaluate,
});

/** Functions by name. */
export const functions = new Map<string, ExpressionFunction>([
  ['abs', unary(Math.abs)],
  ['ceil', unary(Math.ceil)],
  ['floor', unary(Math.floor)],
  ['round', unary((x) => Math.sign(x) * Math.round(Math.abs(x)))],
  ['sign', unary(Math.sign)],
  ['sqrt', unary(Math.sqrt)],
  ['cbrt', unary(Math.cbrt)],
  ['exp', unary(exp)],
  ['expm1', unary(Math.expm1)],
  [
    'log',
    {
      minArguments: 1,
      maxArguments: 2,
      evaluate: (x, base) => (base === undefined ? log(x) : log(x) / log(base)),
    },
  ],
  ['log2', unary(Math.log2)],
  ['log10', unary(Math.log10)],
  ['log1p', unary(Math.log1p)],
  ['pow', binary(power)],
  ['mod', binary(modulo)],
  ['min', variadic(Math.min)],
  ['max', variadic(Math.max)],
  ['hypot', variadic(Math.hypot)],
  ['sin', unary(Math.sin)],
  ['cos', unary(Math.cos)],
  ['tan', unary(Math.tan)],
  ['asin', unary(Math.asin)],
  ['acos', unary(Math.acos)],
  ['atan', unary(Math.atan)],
  ['atan2', binary(Math.atan2)],
  ['sinh', unary(Math.sinh)],
  ['cosh', unary(Math.cosh)],
  ['tanh', unary(Math.tanh)],
  ['asinh', unary(Math.asinh)],
  ['acosh', unary(Math.acosh)],
  ['atanh', unary(Math.atanh)],
]);

/** x^y. A square is computed as a product, which every engine rounds once. */
function power(x: number, y: number): number {
  return y === 2 ? x * x : x ** y;
}

/** x - y*floor(x/y), without rounding the quotient; NaN for y = 0. */
function modulo(x: number, y: number): number {
  const remainder = x % y;
  return remainder !== 0 && remainder < 0 !== y < 0 ? remainder + y : remainder;
}
