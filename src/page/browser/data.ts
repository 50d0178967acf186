import type { Dtype } from '../../math/dtype.ts';
import type { LossName } from '../../nn/losses.ts';
import type { LayerSpec } from '../../nn/network.ts';

/** A trained network as the page carries it. */
export interface NetworkData {
  readonly title: string;
  readonly layers: readonly LayerSpec[];
  readonly loss: LossName;
  readonly dtype: Dtype;
  /** base64: each layer's kernel and bias, little-endian, in the element type */
  readonly weights: string;
}

/** A test image: its label and, in base64, its 28 x 28 bytes. */
export interface ImageData28 {
  readonly label: number;
  readonly pixels: string;
}

/** What the page's script needs to classify. */
export interface ClassifierData {
  readonly networks: readonly NetworkData[];
  readonly images: readonly ImageData28[];
  /** base64: the WebAssembly modules of the element types in use */
  readonly kernels: Partial<Readonly<Record<Dtype, string>>>;
}

/** The curves of an experiment, for the reader to choose from. */
export interface CurvesData {
  /** What tells the cells apart: "activation, kernel init". */
  readonly choice: string;
  readonly seeds: readonly number[];
  /** Of which the values are, from 1. */
  readonly epochs: readonly number[];
  readonly metrics: readonly string[];
  readonly cells: readonly CurvesCell[];
}

export interface CurvesCell {
  readonly label: string;
  /** By name such as test_mse: for each seed its values at `epochs`; null where there is none. */
  readonly curves: Readonly<Record<string, readonly (readonly (number | null)[])[]>>;
}
