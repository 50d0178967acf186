import type { Kernels } from '../kernels/kernels.ts';
import { activateInPlace, multiplyByDerivativeInPlace } from './forward.ts';
import type { LayerMemory } from './network.ts';

/** A loss C = mean over rows of C_n, together with the output activation that it needs. */
export interface Loss {
  /** What each row's loss is called in records and tables. */
  readonly metric: string;
  readonly task: 'regression' | 'classification';
  /** Turns the output layer's z [N,P] into a. */
  forward(kernels: Kernels, output: LayerMemory, N: number): void;
  /** Writes the output layer's delta [N,P] = dC/dz from its a and the targets y [N,P]. */
  backward(kernels: Kernels, output: LayerMemory, targets: number, N: number): void;
  /** Turns z into a and returns the sum of C_n over the N rows. */
  forwardSum(kernels: Kernels, output: LayerMemory, targets: number, N: number): number;
}

export const losses = {
  /** C_n = sum over outputs of (a - y)^2; dC/da = 2 (a - y) / N. */
  mse: {
    metric: 'mse',
    task: 'regression',
    forward: activateInPlace,
    backward(kernels, layer, targets, N) {
      kernels.scaledDifference(layer.output, targets, 2 / N, layer.delta, N * layer.units);
      multiplyByDerivativeInPlace(kernels, layer, N);
    },
    forwardSum(kernels, layer, targets, N) {
      activateInPlace(kernels, layer, N);
      return kernels.squaredError(layer.output, targets, N * layer.units);
    },
  },
  /** C_n = -sum y ln softmax(z); with targets that sum to 1, dC/dz = (a - y) / N (equation 5 of the report). */
  cross_entropy: {
    metric: 'cross_entropy',
    task: 'classification',
    forward: (kernels, { output, units }, N) => kernels.softmaxForwardInPlace(output, N, units),
    backward: (kernels, { output, delta, units }, targets, N) =>
      kernels.scaledDifference(output, targets, 1 / N, delta, N * units),
    forwardSum: (kernels, { output, units }, targets, N) =>
      kernels.softmaxCrossEntropyInPlace(output, targets, N, units),
  },
} satisfies Record<string, Loss>;

export type LossName = keyof typeof losses;
export const lossNames = Object.keys(losses) as LossName[];
