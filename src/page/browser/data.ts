import type { Dtype } from '../../math/dtype.ts';
import type { LossName } from '../../nn/losses.ts';
import type { LayerSpec } from '../../nn/network.ts';

/** A trained network as embedded in the page. */
export interface NetworkData {
  readonly title: string;
  readonly layers: readonly LayerSpec[];
  readonly loss: LossName;
  readonly dtype: Dtype;
  /** The number by which the network's inputs were divided: an input is a pixel from 0 to 255 divided by it. */
  readonly divisor: number;
  /** base64: each layer's kernel and bias, little-endian, in the element type */
  readonly weights: string;
}

/** A test image: its label and its 28 x 28 bytes in base64. */
export interface ImageData28 {
  readonly label: number;
  readonly pixels: string;
}

/** The data that the page's script needs to classify drawings. */
export interface ClassifierData {
  readonly networks: readonly NetworkData[];
  readonly images: readonly ImageData28[];
  /** base64: the WebAssembly modules of the element types in use */
  readonly kernels: Partial<Readonly<Record<Dtype, string>>>;
}

/** The curves of an experiment that readers can choose from. */
export interface CurvesData {
  /** The options in which the cells differ: "activation, kernel init". */
  readonly choice: string;
  /** The draws of the cells: "seed 1". */
  readonly seeds: readonly string[];
  readonly metrics: readonly string[];
  readonly cells: readonly CurvesCell[];
}

export interface CurvesCell {
  readonly label: string;
  /** The epochs of its values, counted from 1. */
  readonly epochs: readonly number[];
  /** By curve, such as test_mse: [seeds][epochs]; null where there is no value. */
  readonly curves: Readonly<Record<string, readonly (readonly (number | null)[])[]>>;
}
