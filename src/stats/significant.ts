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

/** The same, and 3.76e9 for 3760000000. */
export function shortText(value: number, digits: number): string {
  const text = significantText(value, digits);
  return /^-?\d{7,}$/.test(text) ? significant(value, digits).toExponential().replace('e+', 'e') : text;
}
