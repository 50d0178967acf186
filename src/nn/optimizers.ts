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
  const { kernel, kernelGradient, kernelVelocity, bias, biasGradient, biasVelocity, inputs, units } = layer;
  update(kernels, kernel, kernelGradient, kernelVelocity, sgd.lambda, sgd.momentum, rate, inputs * units);
  updateBias(kernels, bias, biasGradient, biasVelocity, sgd, rate, units);
}

/**
 * The same where only the listed rows of the kernel have a gradient. Leaving the other rows alone is exact as long as
 * neither penalty nor momentum moves them (`movesEveryWeight`).
 */
export function sgdStepRows(
  kernels: Kernels,
  layer: LayerMemory,
  sgd: Sgd,
  rate: number,
  touched: number,
  count: number,
): void {
  kernels.sgdRowsInPlace(layer.kernel, layer.kernelGradient, touched, rate, count, layer.units);
  updateBias(kernels, layer.bias, layer.biasGradient, layer.biasVelocity, sgd, rate, layer.units);
}

/** Whether weights move even where the gradient of the loss is 0. */
export function movesEveryWeight({ momentum, lambda }: Sgd): boolean {
  return momentum !== 0 || lambda !== 0;
}

function updateBias(
  kernels: Kernels,
  bias: number,
  gradient: number,
  velocity: number,
  { lambda, penalizeBiases, momentum }: Sgd,
  rate: number,
  units: number,
): void {
  if (bias < 0) return;
  update(kernels, bias, gradient, velocity, penalizeBiases ? lambda : 0, momentum, rate, units);
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
