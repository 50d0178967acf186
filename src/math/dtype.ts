/** Element type of a training: every parameter, activation and gradient has it. */
export const dtypes = ['float64', 'float32'] as const;
export type Dtype = (typeof dtypes)[number];
export type FloatArray = Float64Array | Float32Array;
