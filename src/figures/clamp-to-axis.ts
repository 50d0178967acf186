// Beyond these limits, float64 cannot represent the difference of two values, or the step between two ticks.
const finest = 1e-290;
const widest = 4e307;

/** Clamps a value to what an axis can show: a tiny value becomes 0, a huge one the largest that can be drawn. */
export function clampToAxis(value: number): number {
  if (Math.abs(value) < finest) return 0;
  return Math.min(widest, Math.max(-widest, value));
}
