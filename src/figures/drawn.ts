// Beyond these the difference of two values, or a step between two ticks, is no number that float64 has.
const finest = 1e-290;
const widest = 4e307;

/** Where a value is drawn: what is too small to have an axis stands at 0, what is too large at an end. */
export function drawn(value: number): number {
  if (Math.abs(value) < finest) return 0;
  return Math.min(widest, Math.max(-widest, value));
}
