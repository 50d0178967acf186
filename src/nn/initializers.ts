import type { Rng } from '../math/rng.ts';

/** Fills [inputs][units] initial weights, row by row. */
export type KernelInitializer = (rng: Rng, inputs: number, units: number) => Float64Array;
/** Fills [units] initial biases. */
export type BiasInitializer = (rng: Rng, units: number) => Float64Array;

/**
 * Initial weights: normal with mean 0 and a standard deviation that depends on the numbers of inputs and units, or uniform
 * with the same variance. Unlike in Keras, normal numbers are not truncated; PyTorch's are not either.
 */
export const kernelInitializers = {
  /** Standard deviation 0.05. */
  random_normal: normal(() => 0.05),
  // X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.
  glorot_uniform: uniform((inputs, units) => Math.sqrt(6 / (inputs + units))),
  glorot_normal: normal((inputs, units) => Math.sqrt(2 / (inputs + units))),
  // K. He et al., Delving deep into rectifiers, 2015.
  he_uniform: uniform((inputs) => Math.sqrt(6 / inputs)),
  he_normal: normal((inputs) => Math.sqrt(2 / inputs)),
  // Y. LeCun et al., Efficient backprop, 1998.
  lecun_normal: normal((inputs) => Math.sqrt(1 / inputs)),
} satisfies Record<string, KernelInitializer>;

/** Initial biases: 0, or N(0, 0.01) with 0.01 the standard deviation. */
export const biasInitializers = {
  zeros: (_rng, units) => new Float64Array(units),
  random_normal: (rng, units) => fill(units, () => 0.01 * rng.normal()),
} satisfies Record<string, BiasInitializer>;

export const kernelInits = Object.keys(kernelInitializers) as (keyof typeof kernelInitializers)[];
export const biasInits = Object.keys(biasInitializers) as (keyof typeof biasInitializers)[];
/** Of weights that are not drawn but given. */
export const givenInit = 'given';
/** A name in the table, a normal distribution with its standard deviation, normal:0.1, or `givenInit`. */
export type KernelInit = keyof typeof kernelInitializers | `normal:${number}` | typeof givenInit;
export type BiasInit = keyof typeof biasInitializers | typeof givenInit;

/** The initialiser of a name, or null. */
export function kernelInitializer(name: string): KernelInitializer | null {
  if (Object.hasOwn(kernelInitializers, name))
    return kernelInitializers[name as keyof typeof kernelInitializers];
  const deviation = Number(/^normal:(\S+)$/.exec(name)?.[1]);
  // One way to write it, so that one initialiser is one trial.
  const isKnown = deviation > 0 && deviation < Infinity && name === `normal:${deviation}`;
  return isKnown ? normal(() => deviation) : null;
}

type Scale = (inputs: number, units: number) => number;

function normal(deviation: Scale): KernelInitializer {
  return (rng, inputs, units) => {
    const scale = deviation(inputs, units);
    return fill(inputs * units, () => scale * rng.normal());
  };
}

function uniform(limit: Scale): KernelInitializer {
  return (rng, inputs, units) => {
    const scale = limit(inputs, units);
    return fill(inputs * units, () => scale * (2 * rng.uniform() - 1));
  };
}

function fill(length: number, draw: () => number): Float64Array {
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = draw();
  return values;
}
