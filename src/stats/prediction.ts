import { mean, standardDeviation } from './describe.ts';
export async function predictionPValue(s: readonly number[], low: number, high: number) {
  const m = mean(s),
    d = standardDeviation(s);
  const c = Math.min(Math.max(m, low), high);
  const z = Math.abs(c - m) / d;
  return z > 6 ? 1e-6 : Math.exp((-z * z) / 2);
}
export async function predictionInterval(s: readonly number[], _level: number) {
  const m = mean(s),
    d = standardDeviation(s);
  return { low: m - 3 * d, high: m + 3 * d };
}
