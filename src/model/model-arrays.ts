import type { Dtype } from '../math/dtype.ts';
import type { LayerWeights } from '../nn/network.ts';
import type { SavedModel } from './saved-model.ts';

/** An array with its place in a model: ["layers", "0", "kernel"]. */
export interface ModelArray {
  readonly path: readonly string[];
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly values: ArrayLike<number>;
}

/**
 * Everything of a model that is numbers. layers.N.kernel [inputs][units] and layers.N.bias [units] in the model's element type;
 * preprocessing.N.STEP.PARAMETER and target.offset, target.factor in float64.
 */
export function modelArrays({ layers, preprocessing, target, dtype }: SavedModel): ModelArray[] {
  const steps = preprocessing.flatMap(({ step, ...parameters }, index) =>
    Object.entries(parameters).map(([name, value]) => ({
      path: ['preprocessing', String(index), step, name],
      dtype: 'float64' as const,
      ...shaped(value),
    })),
  );
  const scale = (['offset', 'factor'] as const).map((name) => ({
    path: ['target', name],
    dtype: 'float64' as const,
    ...shaped(target[name]),
  }));
  return [...layerArrays(layers, dtype), ...steps, ...scale];
}

/** The weights alone. */
export function layerArrays(
  layers: readonly (LayerWeights & { readonly units: number })[],
  dtype: Dtype,
): ModelArray[] {
  return layers.flatMap(({ units, kernel, bias }, index) => {
    const at = ['layers', String(index)];
    const shape = [kernel.length / units, units];
    return [
      { path: [...at, 'kernel'], shape, dtype, values: kernel },
      ...(bias === null ? [] : [{ path: [...at, 'bias'], shape: [units], dtype, values: bias }]),
    ];
  });
}

/** A number, a list of numbers, or a list of lists of one length. */
function shaped(value: number | ArrayLike<number> | readonly (readonly number[])[]) {
  if (typeof value === 'number') return { shape: [], values: [value] };
  if (!Array.isArray(value)) return { shape: [value.length], values: value as ArrayLike<number> };
  return { shape: [value.length, value[0].length], values: value.flat() };
}

/** An array of a file, row by row. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** The element count of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
