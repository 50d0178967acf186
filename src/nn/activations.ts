import type { Activation } from '../kernels/kernels.ts';
import { exp } from '../math/elementary.ts';
import { createSeries, type Series } from '../math/series.ts';

const leakySlope = 0.01;

/**
 * Element-wise activations: a = f(z), and f'(z) written in terms of a, or of z where a does not determine it (Table 1 of the
 * report, and the activations of PyTorch and Keras).
 *
 * At z = 0 the derivative of relu and relu6 is 0, that of leaky_relu 0.01 and that of elu 1.
 */
export const activations = {
  sigmoid: define(
    'sigmoid',
    (z) => {
      // e^-|z| never overflows.
      const e = exp(z >= 0 ? -z : z);
      return (z >= 0 ? 1 : e) / (1 + e);
    },
    (a) => a * (1 - a),
  ),
  relu: define(
    'relu',
    // NaN is passed on, so that a diverged training run is recognised. Not Math.max: it also turns -0 into 0, which
    // takes several vector instructions.
    (z) => (z < 0 ? 0 : z),
    (a) => (a > 0 ? 1 : 0),
  ),
  leaky_relu: define(
    'leaky_relu',
    (z) => (z > 0 ? z : leakySlope * z),
    (a) => (a > 0 ? 1 : leakySlope),
  ),
  linear: define(
    'linear',
    (z) => z,
    () => 1,
  ),
  tanh: inSeries('tanh', 'a', ({ tanh, round }) => ({
    value: tanh,
    derivative: (a) => round(1 - round(a * a)),
  })),
  /** z above 0, else e^z - 1. */
  elu: inSeries('elu', 'a', ({ expm1, round }) => ({
    value: (z) => (z > 0 ? z : expm1(z)),
    derivative: (a) => (a > 0 ? 1 : round(a + 1)),
  })),
  /** z times the probability that a standard normal number is less than z (D. Hendrycks and K. Gimpel, 2016). */
  gelu: inSeries('gelu', 'z', ({ probability, density, round }) => ({
    value: (z) => round(z * probability(z)),
    derivative: (z) => round(probability(z) + round(z * density(z))),
  })),
  /** z (1 + tanh(v / 2)) / 2 = z sigmoid(v) with v = 2 sqrt(2/pi) (z + 0.044715 z^3), which is close to gelu. */
  gelu_tanh: inSeries('gelu_tanh', 'z', ({ sigmoid, sigmoidSlope, round }) => {
    const [slope, cubic, cubic3] = [1.5957691216057308, 0.044715, 3 * 0.044715].map(round);
    const argument = (z: number) => round(round(slope * z) * round(1 + round(cubic * round(z * z))));
    return {
      value: (z) => round(z * sigmoid(argument(z))),
      derivative: (z) =>
        sigmoidSlope(argument(z), round(round(slope * z) * round(1 + round(cubic3 * round(z * z))))),
    };
  }),
  /** z sigmoid(z), also called swish. */
  silu: inSeries('silu', 'z', ({ sigmoid, sigmoidSlope, round }) => ({
    value: (z) => round(z * sigmoid(z)),
    derivative: (z) => sigmoidSlope(z, z),
  })),
  /** ln(1 + e^z). */
  softplus: inSeries('softplus', 'a', ({ exp, log1p, expm1, round }) => ({
    value: (z) => round((z < 0 ? 0 : z) + log1p(exp(-Math.abs(z)))),
    derivative: (a) => -expm1(-a),
  })),
  /** relu, at most 6. */
  relu6: define(
    'relu6',
    (z) => (z < 0 ? 0 : z > 6 ? 6 : z),
    (a) => (a > 0 && a < 6 ? 1 : 0),
  ),
} as const;

export type ActivationName = keyof typeof activations;
export const activationNames = Object.keys(activations) as ActivationName[];

/** An activation that is computed in float64, and rounded to the element type at the end. */
function define(name: string, value: Activation['value'], derivative: Activation['derivative']): Activation {
  return { name, by: 'a', value, derivative };
}

/** An activation that is computed in the element type. */
function inSeries(
  name: string,
  by: Activation['by'],
  create: (series: Series) => Pick<Activation, 'value' | 'derivative'>,
): Activation {
  return { name, by, ...create(createSeries('float64')), float32: create(createSeries('float32')) };
}
