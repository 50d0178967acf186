import type { Kernels } from '../kernels/kernels.ts';
import type { LayerMemory } from './network.ts';

export interface Sgd {
  /** In [0, 1): v <- momentum v + rate g; w <- w - v. */
  readonly momentum: number;
  /** Penalty lambda sum(w^2) on kernels, gradient 2 lambda w. */
  readonly lambda: number;
  /** Whether the penalty is on biases too. */
  readonly penalizeBiases: boolean;
}

/** One step of stochastic gradient descent on a layer whose gradients are complete. */
export function sgdStep(kernels: Kernels, layer: LayerMemory, sgd: Sgd, rate: number): void {
  const { kernel, kernelGradient, kernelVelocity, inputs, stride } = layer;
  update(kernels, kernel, kernelGradient, kernelVelocity, sgd.lambda, sgd.momentum, rate, inputs * stride);
  sgdStepBias(kernels, layer, sgd, rate);
}

/** The same for the layer's biases alone. */
export function sgdStepBias(kernels: Kernels, layer: LayerMemory, sgd: Sgd, rate: number): void {
  const { bias, biasGradient, biasVelocity, units } = layer;
  if (bias < 0) return;
  const lambda = sgd.penalizeBiases ? sgd.lambda : 0;
  update(kernels, bias, biasGradient, biasVelocity, lambda, sgd.momentum, rate, units);
}

/** Whether weights move even where the gradient of the loss is 0. */
export function movesEveryWeight({ momentum, lambda }: Sgd): boolean {
  return momentum !== 0 || lambda !== 0;
}

function update(
  kernels: Kernels,
  w: number,
  gradient: number,
  velocity: number,
  lambda: number,
  momentum: number,
  rate: number,
  count: number,
): void {
  if (lambda !== 0) kernels.addPenalty(gradient, w, lambda, count);
  if (velocity < 0) kernels.sgdInPlace(w, gradient, rate, count);
  else kernels.momentumInPlace(w, velocity, gradient, rate, momentum, count);
}
