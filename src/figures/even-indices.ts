/** At most about `most` of the indices below `length`, evenly spaced, including the first and the last. */
export function evenIndices(length: number, most: number): number[] {
  const stride = Math.max(1, Math.ceil(length / most));
  const indices = Array.from({ length: Math.ceil(length / stride) }, (_, i) => i * stride);
  return length > 0 && indices[indices.length - 1] !== length - 1 ? [...indices, length - 1] : indices;
}

/** The same for a logarithmic axis: at equal ratios, so that the first ones are all there. */
export function logIndices(length: number, most: number): number[] {
  if (length <= most) return evenIndices(length, most);
  const ratios = Array.from({ length: most }, (_, i) => Math.round(length ** (i / (most - 1))) - 1);
  return [...new Set(ratios)];
}
