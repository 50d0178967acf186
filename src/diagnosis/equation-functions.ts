import type { ActivationName } from '../nn/activations.ts';
import type { LossName } from '../nn/losses.ts';
import {
  absolute,
  brackets,
  call,
  cases,
  each,
  type Formula,
  fraction,
  type Meaning,
  minus,
  negative,
  part,
  plus,
  power,
  root,
  row,
  square,
  sum,
  symbol,
  times,
  words,
} from './formula.ts';

const z = symbol('z');
const a = symbol('a');
const v = symbol('v');
const distribution = call('Φ', z);
const density = call('φ', z);
const pi = symbol('π', 'pi');
const otherwise = 'otherwise';
const sigma = (of: Formula): Formula => call('sigmoid', of);
/** s(u) + s(u) (1 - s(u)) w with the sigmoid s: the slope of z s(u), where w = z du/dz. */
const slopeOfProduct = (u: Formula, w: Formula): Formula =>
  row(sigma(u), plus, sigma(u), times, brackets(row('1', minus, sigma(u))), times, w);
const gaussianScale = row('2', times, root(fraction('2', pi)));

interface FunctionForm {
  /** f(z). */
  readonly value: Formula;
  /** f'(z), by a where it is simpler. */
  readonly slope: Formula;
  /** A shorthand of both. */
  readonly where?: readonly Meaning[];
}

/** The activations and their derivatives, as the course writes them. */
export const activationForms: Readonly<Record<ActivationName, FunctionForm>> = {
  sigmoid: {
    value: fraction('1', row('1', plus, call('exp', negative(z)))),
    slope: row(a, times, brackets(row('1', minus, a))),
  },
  relu: { value: call('max', '0', z), slope: cases(['1', 'if z > 0'], ['0', otherwise]) },
  leaky_relu: {
    value: cases([z, 'if z > 0'], [row('0.01', times, z), otherwise]),
    slope: cases(['1', 'if z > 0'], ['0.01', otherwise]),
  },
  linear: { value: z, slope: '1' },
  tanh: {
    value: fraction(
      row(call('exp', z), minus, call('exp', negative(z))),
      row(call('exp', z), plus, call('exp', negative(z))),
    ),
    slope: row('1', minus, square(a)),
  },
  elu: {
    value: cases([z, 'if z > 0'], [row(call('exp', z), minus, '1'), otherwise]),
    slope: cases(['1', 'if z > 0'], [call('exp', z), otherwise]),
  },
  gelu: {
    value: row(z, times, distribution),
    slope: row(distribution, plus, z, times, density),
    where: [
      { symbol: distribution, is: words('the standard normal distribution function') },
      {
        symbol: density,
        is: fraction(call('exp', negative(fraction(square(z), '2'))), root(row('2', times, pi))),
      },
    ],
  },
  gelu_tanh: {
    value: row(z, times, sigma(v)),
    slope: slopeOfProduct(
      v,
      row(gaussianScale, times, brackets(row(z, plus, '0.134145', times, power(z, '3')))),
    ),
    where: [
      { symbol: v, is: row(gaussianScale, times, brackets(row(z, plus, '0.044715', times, power(z, '3')))) },
    ],
  },
  silu: { value: row(z, times, sigma(z)), slope: slopeOfProduct(z, z) },
  softplus: { value: call('ln', row('1', plus, call('exp', z))), slope: sigma(z) },
  relu6: {
    value: call('min', '6', call('max', '0', z)),
    slope: cases(['1', 'if 0 < z < 6'], ['0', otherwise]),
  },
};

/** Softmax, over the outputs of a row. */
export const softmaxForm: Formula = fraction(
  call('exp', z),
  part('normalisation', sum('p', 'outputs p', call('exp', z))),
);

interface LossForm {
  /** The loss of a row, summed over its outputs p, from its output a and target y. */
  readonly ofRow: (a: Formula, y: Formula) => Formula;
  /** Whether a row has several outputs to sum over. */
  readonly sums: boolean;
  /** delta = dC/dz of the output layer, from a, y and f'(z). */
  readonly delta: (a: Formula, y: Formula, slope: Formula) => Formula;
  /** Whether f'(z) is in the formula. */
  readonly hasSlope: boolean;
}

const N = symbol('N');
const width = symbol('Δ');
const error = (a: Formula, y: Formula): Formula => part('error', row(a, minus, y));
const share = (numerator: string): Formula => part('factor', fraction(numerator, N));
const withSlope = (slope: Formula): Formula => row(each, part('derivative', slope));

/** With the output's own derivative already multiplied: softmax or sigmoid with its cross-entropy. */
const crossEntropyDelta: LossForm['delta'] = (a, y) => row(share('1'), times, brackets(error(a, y)));

const binary: LossForm = {
  ofRow: (a, y) =>
    row(
      negative(y),
      times,
      call('ln', a),
      minus,
      brackets(row('1', minus, y)),
      times,
      call('ln', row('1', minus, a)),
    ),
  sums: false,
  delta: crossEntropyDelta,
  hasSlope: false,
};

/** Each loss, and delta of the output layer. */
export const lossForms: Readonly<Record<LossName, LossForm>> = {
  mse: {
    ofRow: (a, y) => square(brackets(error(a, y))),
    sums: true,
    delta: (a, y, slope) => row(share('2'), times, brackets(error(a, y)), withSlope(slope)),
    hasSlope: true,
  },
  mae: {
    ofRow: (a, y) => absolute(error(a, y)),
    sums: true,
    delta: (a, y, slope) => row(share('1'), times, call('sign', error(a, y)), withSlope(slope)),
    hasSlope: true,
  },
  huber: {
    ofRow: (a, y) => call('h', error(a, y)),
    sums: true,
    delta: (a, y, slope) =>
      row(share('1'), times, call('clip', error(a, y), negative(width), width), withSlope(slope)),
    hasSlope: true,
  },
  cross_entropy: {
    ofRow: (a, y) => row(negative(y), times, call('ln', a)),
    sums: true,
    delta: crossEntropyDelta,
    hasSlope: false,
  },
  binary_cross_entropy: binary,
  sigmoid_cross_entropy: binary,
};

const e = symbol('e');
/** h(e) of the Huber loss. */
export const huberForm: Formula = cases(
  [fraction(square(e), '2'), 'if |e| ≤ Δ'],
  [row(width, times, brackets(row(absolute(e), minus, fraction(width, '2')))), otherwise],
);
