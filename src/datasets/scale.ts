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
