/** The sum of a_n b_n, in the order of n. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < a.length; n++) sum += a[n] * b[n];
  return sum;
}

/** to <- to + factor from. */
export function addScaled(to: Float64Array, factor: number, from: Float64Array): void {
  for (let n = 0; n < to.length; n++) to[n] += factor * from[n];
}
