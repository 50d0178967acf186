/** The ranks, from 1, of all values together; equal values share the mean of their ranks. The shape is kept. */
export function midRanks(values: readonly (readonly number[])[]): number[][] {
  const sorted = values.flat().sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const ranks = new Map<number, number>();
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    ranks.set(sorted[from], (from + 1 + to) / 2);
    from = to;
  }
  return values.map((row) => row.map((value) => ranks.get(value)!));
}
