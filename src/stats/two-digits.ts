/**
 * A number with two significant digits, halves rounded to even: 0.0999 is '0.10', 1234 is '1.2e+03'. As C and Python
 * format '%#.2g', which keeps the zeros that say how precise a number is, but without a point at the end.
 */
export function twoDigits(x: number): string {
  if (x === 0) return '0';
  if (!Number.isFinite(x)) return String(x);
  const [digits = '', exponentText = ''] = nearestTwoDigits(x).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 2) return Number(`${digits}e${exponent}`).toFixed(1 - exponent);
  const sign = exponent < 0 ? '-' : '+';
  return `${Number(digits)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** toExponential(1) rounds an exact half up, 0.125 to 0.13, but C gives 0.12. */
function nearestTwoDigits(x: number): string {
  const [digits = '', exponent] = x.toExponential(60).split('e');
  const [, twoDigits = '', second = ''] = /^(-?\d\.(\d))50*$/.exec(digits) ?? [];
  return second !== '' && Number(second) % 2 === 0 ? `${twoDigits}e${exponent}` : x.toExponential(1);
}
