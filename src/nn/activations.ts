import type { Activation } from '../kernels/kernels.ts';
import { exp } from '../math/elementary.ts';

const leakySlope = 0.01;

/**
 * Element-wise activations: a = f(z), and f'(z) written in terms of a (Table 1 of the report).
 *
 * At z = 0 the derivative of relu is 0 and that of leaky_relu is 0.01.
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
} as const;

export type ActivationName = keyof typeof activations;
export const activationNames = Object.keys(activations) as ActivationName[];

function define(name: string, value: Activation['value'], derivative: Activation['derivative']): Activation {
  return { name, value, derivative };
}
