/** The classes of rows, by row: 0, 1, ... */
export type Labels = ArrayLike<number>;

/**
 * How many rows of each class a part of `size` rows has, so that classes have the shares that they have in `counts`: each
 * size * counts[c] / sum(counts), rounded up for those with the largest remainders, of equal ones the first, and down for the others.
 * `most` is what each class can give.
 */
export function classCounts(counts: readonly number[], size: number, most = counts): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => (total === 0 ? 0 : (size * count) / total));
  const taken = shares.map((share, c) => Math.min(Math.floor(share), most[c]));
  let left = size - taken.reduce((sum, count) => sum + count, 0);
  const order = shares.map((_, c) => c).sort((a, b) => remainder(shares[b]) - remainder(shares[a]) || a - b);
  // More than one round only where classes cannot give their share.
  while (left > 0) {
    const before = left;
    for (const c of order) {
      if (left === 0 || taken[c] >= most[c]) continue;
      taken[c]++;
      left--;
    }
    if (left === before) break;
  }
  return taken;
}

const remainder = (x: number): number => x - Math.floor(x);

/** Takes the first rows of each class in this order: `sizes[part]` rows for each part, whose classes have the shares of all rows. */
export function stratifiedParts(order: Int32Array, labels: Labels, sizes: readonly number[]): Int32Array[] {
  const classes = rowsByClass(order, labels);
  const counts = classes.map(({ length }) => length);
  const given = counts.map(() => 0);
  return sizes.map((size) => {
    const taken = classCounts(
      counts,
      size,
      counts.map((count, c) => count - given[c]),
    );
    return Int32Array.from(
      classes.flatMap((rows, c) => {
        const from = given[c];
        given[c] += taken[c];
        return rows.slice(from, given[c]);
      }),
    );
  });
}

/**
 * Deals the rows of one class after the other to the folds in turn: the folds' numbers of rows, and those of each class, differ by
 * at most one.
 */
export function stratifiedFolds(order: Int32Array, labels: Labels, folds: number): Int32Array[] {
  const dealt = rowsByClass(order, labels).flat();
  return Array.from({ length: folds }, (_, fold) =>
    Int32Array.from(dealt.filter((_row, place) => place % folds === fold)),
  );
}

/** The rows of each class, in their order; a class without rows has none. */
function rowsByClass(order: Int32Array, labels: Labels): number[][] {
  const classes: number[][] = [];
  for (const row of order) {
    while (classes.length <= labels[row]) classes.push([]);
    classes[labels[row]].push(row);
  }
  return classes;
}
