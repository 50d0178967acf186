import { createRng } from '../math/rng.ts';
import { type ActivationName, activations } from './activations.ts';
import type { Arena } from './arena.ts';
import {
  type BiasInit,
  biasInitializers,
  givenInit,
  type KernelInit,
  kernelInitializer,
} from './initializers.ts';

/** One dense layer: a = f(x W + b). */
export interface LayerSpec {
  readonly units: number;
  /** `softmax` is allowed in the output layer only, with the cross-entropy. */
  readonly activation: ActivationName | 'softmax';
  readonly kernelInit: KernelInit;
  /** null: the layer has no bias. */
  readonly biasInit: BiasInit | null;
  /** The share of a hidden layer's outputs that are set to 0 in training; absent: none. */
  readonly dropout?: number;
}

/** The weights of one layer: kernel [inputs][units], and bias [units] or none. */
export interface LayerWeights {
  readonly kernel: Float64Array;
  readonly bias: Float64Array | null;
}

/**
 * Draws the initial weights. The kernel and the bias of each layer have their own random streams, and each `draw` has
 * different ones.
 */
export function initialWeights(
  layers: readonly LayerSpec[],
  inputs: number,
  seed: number,
  draw = 0,
): LayerWeights[] {
  const stream = (index: number) => createRng(seed, 'init', draw * 1000 + index);
  return layers.map((layer, index) => {
    const fanIn = index === 0 ? inputs : layers[index - 1].units;
    const kernel = kernelInitializer(layer.kernelInit)!(stream(2 * index), fanIn, layer.units);
    const { biasInit } = layer;
    const bias =
      biasInit === null || biasInit === givenInit
        ? null
        : biasInitializers[biasInit](stream(2 * index + 1), layer.units);
    return { kernel, bias };
  });
}

/** The offsets of one layer in the memory; -1 for a bias that does not exist. */
export interface LayerMemory {
  readonly inputs: number;
  readonly units: number;
  /** The distance between rows of the kernel, in elements: units, or slightly more. */
  readonly stride: number;
  readonly activation: LayerSpec['activation'];
  readonly kernel: number;
  readonly bias: number;
  readonly kernelGradient: number;
  readonly biasGradient: number;
  /** The offset of each slot of the optimiser's state, for the kernel and for the bias. */
  readonly kernelState: readonly number[];
  readonly biasState: readonly number[];
  /** [capacity][units]: the layer's outputs */
  readonly output: number;
  /** [capacity][units]: what the next layer takes in: `output`, or with dropout `output` times the mask */
  readonly fed: number;
  /** [batch][units]: the factors of dropout; -1 without dropout, and for evaluation */
  readonly mask: number;
  /** [capacity][units]: z, where the activation's derivative needs it; else -1 */
  readonly z: number;
  /** [capacity][units]: dC/dz, the derivative of the loss with respect to the activation's input */
  readonly delta: number;
  /** [units][inputs]: scratch space for the kernel's transpose; -1 in the first layer, which passes no gradient on */
  readonly transposed: number;
}

function needsZ(activation: LayerSpec['activation']): boolean {
  return activation !== 'softmax' && activations[activation].by === 'z';
}

/**
 * The distance between rows of a kernel. Rows that are a power of two apart compete for the same few lines of the
 * processor's cache. Sparse inputs access rows all over the kernel, so their rows are one cache line further apart.
 */
function strideFor(units: number, sparse: boolean): number {
  return sparse && units % 64 === 0 ? units + 16 : units;
}

/** Lays out the layers for batches of up to `capacity` rows, with `slots` slots of optimiser state. */
export function layOut(
  layers: readonly Pick<LayerSpec, 'units' | 'activation' | 'biasInit'>[],
  inputs: number,
  capacity: number,
  slots: number,
  sparse: boolean,
  arena: Arena,
): LayerMemory[] {
  return layers.map((layer, index) => {
    const fanIn = index === 0 ? inputs : layers[index - 1].units;
    const { units, activation } = layer;
    const hasBias = layer.biasInit !== null;
    const stride = strideFor(units, sparse && index === 0);
    const kernel = arena.floats(fanIn * stride);
    const bias = hasBias ? arena.floats(units) : -1;
    const kernelGradient = arena.floats(fanIn * stride);
    const biasGradient = hasBias ? arena.floats(units) : -1;
    const kernelState = Array.from({ length: slots }, () => arena.floats(fanIn * stride));
    const biasState = Array.from({ length: hasBias ? slots : 0 }, () => arena.floats(units));
    const output = arena.floats(capacity * units);
    return {
      inputs: fanIn,
      units,
      stride,
      activation,
      kernel,
      bias,
      kernelGradient,
      biasGradient,
      kernelState,
      biasState,
      output,
      fed: output,
      mask: -1,
      z: needsZ(activation) ? arena.floats(capacity * units) : -1,
      delta: arena.floats(capacity * units),
      transposed: index > 0 ? arena.floats(fanIn * units) : -1,
    };
  });
}
