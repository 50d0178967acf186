import type { Rng } from '../math/rng.ts';

/** Fills [inputs][units] initial weights, row by row. */
export type KernelInitializer = (rng: Rng, inputs: number, units: number) => Float64Array;
/** Fills [units] initial biases. */
export type BiasInitializer = (rng: Rng, units: number) => Float64Array;

/** Initial weights: N(0, 0.05) with 0.05 the standard deviation, or uniform in +-sqrt(6 / (inputs + units)). */
export const kernelInitializers = {
  random_normal: (rng, inputs, units) => fill(inputs * units, () => 0.05 * rng.normal()),
  // X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.
  glorot_uniform: (rng, inputs, units) => {
    const limit = Math.sqrt(6 / (inputs + units));
    return fill(inputs * units, () => limit * (2 * rng.uniform() - 1));
  },
} satisfies Record<string, KernelInitializer>;

/** Initial biases: 0, or N(0, 0.01) with 0.01 the standard deviation. */
export const biasInitializers = {
  zeros: (_rng, units) => new Float64Array(units),
  random_normal: (rng, units) => fill(units, () => 0.01 * rng.normal()),
} satisfies Record<string, BiasInitializer>;

export type KernelInit = keyof typeof kernelInitializers;
export type BiasInit = keyof typeof biasInitializers;
export const kernelInits = Object.keys(kernelInitializers) as KernelInit[];
export const biasInits = Object.keys(biasInitializers) as BiasInit[];

function fill(length: number, draw: () => number): Float64Array {
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = draw();
  return values;
}
