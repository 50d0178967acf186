import type { Kernels } from '../kernels/kernels.ts';
import type { LayerMemory } from './network.ts';
import type { Optimizer } from './optimizers.ts';

/**
 * A penalty lambda sum(w^2) + l1 sum(|w|) that is added to the loss. Its gradient is 2 lambda w + l1 sign(w), with
 * sign(0) = 0.
 */
export interface Penalty {
  readonly lambda: number;
  /** 0 if it is left out. */
  readonly l1?: number;
  /** Whether the penalty includes biases, or only kernels. */
  readonly penalizeBiases: boolean;
}

/** Updates the weights. */
export interface Update {
  /** Called when the gradients of a layer are complete. */
  layer(layer: LayerMemory, rate: number, step: number): void;
  /** Updates only the biases of a layer, when its gradients are complete. */
  bias(layer: LayerMemory, rate: number, step: number): void;
  /** Called when the gradients of all layers are complete. */
  end(layers: readonly LayerMemory[], rate: number, step: number): void;
  /** Whether weights can change even if the gradient of the loss is 0. */
  readonly movesEveryWeight: boolean;
}

export function createUpdate(
  kernels: Kernels,
  { lambda, l1 = 0, penalizeBiases }: Penalty,
  optimizer: Optimizer,
): Update {
  const { clipNorm } = optimizer;
  const addTo = (gradient: number, w: number, count: number): void => {
    if (lambda !== 0) kernels.addPenalty(gradient, w, lambda, count);
    if (l1 !== 0) kernels.addAbsolutePenalty(gradient, w, l1, count);
  };
  const penalizeBias = ({ bias, biasGradient, units }: LayerMemory): void => {
    if (bias >= 0 && penalizeBiases) addTo(biasGradient, bias, units);
  };
  const moveBias: Update['bias'] = ({ bias, biasGradient, biasState, units }, rate, step) => {
    if (bias >= 0) optimizer.update(kernels, bias, biasGradient, biasState, units, rate, step);
  };
  const penalize = (layer: LayerMemory): void => {
    const { kernel, kernelGradient, inputs, stride } = layer;
    addTo(kernelGradient, kernel, inputs * stride);
    penalizeBias(layer);
  };
  const move: Update['layer'] = (layer, rate, step) => {
    const { kernel, kernelGradient, kernelState, inputs, stride } = layer;
    optimizer.update(kernels, kernel, kernelGradient, kernelState, inputs * stride, rate, step);
    moveBias(layer, rate, step);
  };
  const bias: Update['bias'] = (layer, rate, step) => {
    penalizeBias(layer);
    moveBias(layer, rate, step);
  };
  const movesEveryWeight = !optimizer.isPlain || lambda !== 0 || l1 !== 0;
  if (clipNorm === Infinity)
    return {
      layer(layer, rate, step) {
        penalize(layer);
        move(layer, rate, step);
      },
      bias,
      end: () => {},
      movesEveryWeight,
    };
  return {
    layer: penalize,
    bias,
    end(layers, rate, step) {
      clip(kernels, layers, clipNorm);
      for (const layer of layers) move(layer, rate, step);
    },
    movesEveryWeight,
  };
}

/**
 * Scales the gradients of all layers so that their norm is at most `clipNorm`, as torch.nn.utils.clip_grad_norm_ does:
 * gradient <- gradient min(1, clipNorm / (norm + 1e-6)).
 */
function clip(kernels: Kernels, layers: readonly LayerMemory[], clipNorm: number): void {
  let squares = 0;
  for (const { kernelGradient, bias, biasGradient, inputs, units, stride } of layers) {
    squares += kernels.sumOfSquares(kernelGradient, inputs * stride);
    if (bias >= 0) squares += kernels.sumOfSquares(biasGradient, units);
  }
  const factor = clipNorm / (Math.sqrt(squares) + 1e-6);
  if (!(factor < 1)) return;
  for (const { kernelGradient, bias, biasGradient, inputs, units, stride } of layers) {
    kernels.scaleInPlace(kernelGradient, factor, inputs * stride);
    if (bias >= 0) kernels.scaleInPlace(biasGradient, factor, units);
  }
}
