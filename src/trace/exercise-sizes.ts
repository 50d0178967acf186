/** The sizes of an exercise. */
export interface Sizes {
  readonly inputs: number;
  readonly hidden: readonly number[];
  readonly outputs: number;
  /** Rows in a mini-batch; the last one of an epoch has what is left. */
  readonly batch: number;
  readonly rows: number;
}

/**
 * Fills in the sizes that are not given, all different from each other and from 2 where that is possible: then the shape of an
 * array tells what it is, and a factor tells what was forgotten. The number of rows is a prime, so that it is no product, and
 * the last mini-batch is smaller than the others.
 */
export function differentSizes(given: Partial<Sizes>): Sizes {
  const taken = new Set([given.inputs, given.outputs, given.batch, given.rows, ...(given.hidden ?? [])]);
  const pick = (candidates: readonly number[]): number => {
    const size = candidates.find((one) => !taken.has(one)) ?? candidates[0];
    taken.add(size);
    return size;
  };
  const outputs = given.outputs ?? pick([3, 5, 4, 7]);
  const hidden = given.hidden ?? [pick([7, 8, 9, 10, 11]), pick([4, 6, 5, 8])];
  const inputs = given.inputs ?? pick([2, 5, 6, 8, 9]);
  const isFree = (size: number) => size > 1 && ![inputs, outputs, ...hidden].includes(size);
  const batches = given.batch === undefined ? usualBatches : [given.batch];
  const pairs = batches.flatMap((batch) =>
    (given.rows === undefined ? primes : [given.rows]).map((rows) => ({ batch, rows })),
  );
  // Three batches in an epoch, or nearly so.
  const farFromThree = ({ batch, rows }: (typeof pairs)[number]) => Math.abs(Math.ceil(rows / batch) - 3);
  const best = (holds: (pair: (typeof pairs)[number]) => boolean) =>
    pairs
      .filter((pair) => pair.rows >= pair.batch && holds(pair))
      .toSorted((a, b) => farFromThree(a) - farFromThree(b))[0];
  const chosen =
    best(({ batch, rows }) => [batch, rows, rows % batch].every(isFree)) ??
    best(({ batch, rows }) => [batch, rows].every(isFree) && rows % batch !== 0) ??
    best(({ batch, rows }) => batch < rows);
  const { batch = 1, rows = Math.max(5, batch) } = given;
  return { inputs, hidden, outputs, ...(chosen ?? { batch, rows }) };
}

/** The smallest first, apart from those that are easily taken for something else. */
const usualBatches = [6, 5, 8, 9, 10, 12, 14, 4, 3, 16, 18, 20, 24, 30, 40, 60, 100];
const primes = Array.from({ length: 400 }, (_, n) => n).filter(
  (n) => n > 4 && Array.from({ length: n - 2 }, (_, i) => i + 2).every((d) => n % d !== 0),
);
