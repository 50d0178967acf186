/** The element type of a training run: of every parameter, activation and gradient. */
export const dtypes = ['float64', 'float32'] as const;
export type Dtype = (typeof dtypes)[number];
export type FloatArray = Float64Array | Float32Array;
