/** The nearest number of the given significant digits; the value itself where that is beyond float64, as of 1.798e308. */
export function significant(value: number, digits: number): number {
  const rounded = Number(value.toPrecision(digits));
  return Number.isFinite(rounded) ? rounded : value;
}

/** The same as text: 0.05, 1.2e-7. */
export function significantText(value: number, digits: number): string {
  return String(significant(value, digits));
}
