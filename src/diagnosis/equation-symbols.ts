import type { Exercise } from '../trace/exercise.ts';
import type { Batch } from '../trace/quantities.ts';
import { type Equation, type Formula, gradient, symbol } from './formula.ts';

export type Weights = 'kernel' | 'bias';
/** Makes the equation of a quantity in a layer; `layer` is 0 for those of the whole step. */
export type Make = (
  batch: Batch,
  exercise: Exercise,
  layer: number,
) => Pick<Equation, 'formula'> & Partial<Equation>;

/** The symbols of quantities. */
export const of = {
  x: symbol('x'),
  y: symbol('y'),
  loss: symbol('L', 'loss'),
  z: (layer: number) => symbol('z', 'z', layer),
  a: (layer: number) => symbol('a', 'a', layer),
  delta: (layer: number) => symbol('δ', 'delta', layer),
  kernel: (layer: number) => symbol('W', 'kernel', layer),
  bias: (layer: number) => symbol('b', 'bias', layer),
};

export const gradientOf = (weights: Weights, layer: number): Formula =>
  gradient(of[weights](layer), `${weights}_gradient`, layer);
