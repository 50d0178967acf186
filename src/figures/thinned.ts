/** At most about so many of the indices below `length`, evenly spread, the first and the last among them. */
export function thinned(length: number, most: number): number[] {
  const stride = Math.max(1, Math.ceil(length / most));
  const indices = Array.from({ length: Math.ceil(length / stride) }, (_, i) => i * stride);
  return length > 0 && indices[indices.length - 1] !== length - 1 ? [...indices, length - 1] : indices;
}
