/** Two numbers in one notation: 1e-6 and 1e-8, or 0.05 and 0.0001. */
export function alike(...values: readonly number[]): string[] {
  const isTiny = values.some((value) => String(value).includes('e'));
  return values.map((value) => (isTiny ? value.toExponential() : String(value)));
}
