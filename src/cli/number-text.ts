/** A number with N significant digits, trailing zeros included: 0.0530, 1234, 1.23e7, 1.2e-7. */
export function digitsText(value: number, digits: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const [mantissa, exponentText] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent > 5) return `${mantissa}e${exponent}`;
  return exponent >= digits ? String(Math.round(value)) : Number(value).toPrecision(digits);
}

/** A mean with its standard deviation to the same decimal: 0.0531±0.0012. */
export function deviationText(mean: number, deviation: number, digits: number): string {
  const text = digitsText(mean, digits);
  if (text.includes('e') || deviation === 0) return `${text}±${digitsText(deviation, 2)}`;
  const decimals = /\.(\d+)$/.exec(text)?.[1].length ?? 0;
  const rounded = deviation.toFixed(decimals);
  return `${text}±${Number(rounded) === 0 || deviation > 1e5 ? digitsText(deviation, 1) : rounded}`;
}
