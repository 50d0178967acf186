/** The number of so many significant figures that is nearest; the value itself where float64 has none: 1.798e308. */
export function significant(value: number, digits: number): number {
  const rounded = Number(value.toPrecision(digits));
  return Number.isFinite(rounded) ? rounded : value;
}
