/**
 * Rounds to the given number of significant digits. Returns the value itself if the result exceeds float64, as for
 * 1.798e308.
 */
export function significant(value: number, digits: number): number {
  const rounded = Number(value.toPrecision(digits));
  return Number.isFinite(rounded) ? rounded : value;
}

/** The rounded value as text, such as 0.05 or 1.2e-7. */
export function significantText(value: number, digits: number): string {
  return String(significant(value, digits));
}
