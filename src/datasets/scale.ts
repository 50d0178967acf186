/** What the inputs are divided by, before anything else: nothing, 255, or the largest input of the data. */
export const scalings = ['none', 'pixels', 'max'] as const;
export type Scaling = (typeof scalings)[number];

const largestByte = 255;

/** The number by which a scaling divides every input of data whose largest input is `largest`. */
export function divisorOf(scaling: Scaling, largest: number): number {
  if (scaling === 'pixels') return largestByte;
  return scaling === 'max' && largest > 0 ? largest : 1;
}

/**
 * The scaling of pixels if the user chose none: divided by 255, unless all of them would then be below one half. Pixels
 * from 0 to 1, 16 or 100 are not on a scale to 255, and a network hardly learns from inputs that small.
 */
export function defaultScaling(largest: number): Scaling {
  return 2 * largest < largestByte ? 'max' : 'pixels';
}

/** What is subtracted from the inputs: nothing, the mean of all inputs, or the mean of each column. */
export const centerings = ['none', 'scalar', 'columns'] as const;
export type Centering = (typeof centerings)[number];

/**
 * The values to subtract from each column of the inputs [N][D], computed from the training rows only.
 *
 * columns: m_d = mean over training rows n of inputs[n][d]. scalar: the mean of all m_d, for every column.
 * none: zeros. The result is [D].
 */
export function trainingMeans(
  inputs: Float64Array,
  columns: number,
  train: Int32Array,
  centering: Centering,
): Float64Array {
  const means = new Float64Array(columns);
  if (centering === 'none' || train.length === 0) return means;
  for (const row of train) {
    const from = row * columns;
    for (let d = 0; d < columns; d++) means[d] += inputs[from + d];
  }
  for (let d = 0; d < columns; d++) means[d] /= train.length;
  if (centering === 'columns') return means;
  return means.fill(means.reduce((sum, mean) => sum + mean, 0) / columns);
}

/** inputs[n][d] -= means[d] for every row of inputs [N][D]. */
export function subtractInPlace(inputs: Float64Array, columns: number, means: Float64Array): void {
  for (let from = 0; from < inputs.length; from += columns) {
    for (let d = 0; d < columns; d++) inputs[from + d] -= means[d];
  }
}
