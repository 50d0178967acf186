export function wilsonInterval(k: number, n: number, _level: number) {
  return { low: k / n, high: k / n };
}
