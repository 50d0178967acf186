import { describe, expect, test } from '@jest/globals';
import { type Batches, type Batching, batchingNames, batchings, recordedBatches } from './batches.ts';

/** The row numbers of one epoch, batch after batch. */
function epochOf(batches: Batches, epoch: number): number[][] {
  batches.startEpoch(epoch);
  return Array.from({ length: batches.steps }, (_, step) => {
    const ints = new Int32Array(batches.size + 2).fill(-1);
    batches.fill(step, ints, 1);
    expect([ints[0], ints[batches.size + 1]]).toEqual([-1, -1]);
    return [...ints.subarray(1, batches.size + 1)];
  });
}

const ascending = (rows: number[]) => [...rows].sort((a, b) => a - b);
const upTo = (n: number) => Array.from({ length: n }, (_, row) => row);

test.each(['with-replacement', 'permutation'] as const)('%s: floor(N / size) batches an epoch', (name) => {
  expect(batchings[name](23, 5, 1)).toMatchObject({ size: 5, steps: 4 });
  expect(batchings[name](20, 5, 1)).toMatchObject({ size: 5, steps: 4 });
  expect(batchings[name](7, 1, 1)).toMatchObject({ size: 1, steps: 7 });
  expect(batchings[name](7, 7, 1)).toMatchObject({ size: 7, steps: 1 });
});

test.each(batchingNames)(
  '%s: the same seed gives the same rows, in whatever order epochs are asked for',
  (name) => {
    const first = batchings[name](23, 5, 9);
    const second = batchings[name](23, 5, 9);
    const later = epochOf(first, 3);
    const earlier = epochOf(first, 0);
    expect(epochOf(second, 0)).toEqual(earlier);
    expect(epochOf(second, 3)).toEqual(later);
  },
);

test.each<Batching>(['with-replacement', 'permutation'])('%s: epochs and seeds differ', (name) => {
  const batches = batchings[name](100, 10, 1);
  const epochs = [0, 1, 2].map((epoch) => JSON.stringify(epochOf(batches, epoch)));
  expect(new Set(epochs).size).toBe(3);
  expect(epochOf(batchings[name](100, 10, 2), 0)).not.toEqual(epochOf(batches, 0));
});

describe('with-replacement', () => {
  test('draws every row sometimes, about equally often, and repeats rows within a batch', () => {
    const batches = batchings['with-replacement'](17, 17, 3);
    const counts = new Array<number>(17).fill(0);
    let repeats = 0;
    for (let epoch = 0; epoch < 400; epoch++) {
      const [rows] = epochOf(batches, epoch);
      for (const row of rows) counts[row]++;
      if (new Set(rows).size < rows.length) repeats++;
    }
    // 400 +- 20 draws of each row; a batch of 17 without any repetition has a chance of 4e-7.
    expect(Math.min(...counts)).toBeGreaterThan(300);
    expect(Math.max(...counts)).toBeLessThan(500);
    expect(repeats).toBe(400);
  });

  test('repeats rows between the batches of an epoch', () => {
    const rows = epochOf(batchings['with-replacement'](50, 5, 4), 0).flat();
    expect(new Set(rows).size).toBeLessThan(50);
  });
});

describe('permutation', () => {
  test('is a partition of the rows where the size divides them', () => {
    for (const epoch of [0, 1, 2]) {
      expect(ascending(epochOf(batchings.permutation(30, 6, 5), epoch).flat())).toEqual(upTo(30));
    }
  });

  test('repeats no row and leaves the remainder out, another one each epoch', () => {
    const batches = batchings.permutation(23, 5, 6);
    const left = [0, 1, 2, 3].map((epoch) => {
      const rows = epochOf(batches, epoch).flat();
      expect(new Set(rows).size).toBe(20);
      return upTo(23)
        .filter((row) => !rows.includes(row))
        .join();
    });
    expect(new Set(left).size).toBeGreaterThan(1);
  });
});

test('full is all rows in their order, whatever size and seed', () => {
  for (const batches of [batchings.full(9), (batchings.full as (typeof batchings)['permutation'])(9, 4, 7)]) {
    expect(batches).toMatchObject({ size: 9, steps: 1 });
    expect(epochOf(batches, 0)).toEqual([upTo(9)]);
    expect(epochOf(batches, 8)).toEqual([upTo(9)]);
  }
});

test('recordedBatches are the recorded rows', () => {
  const recorded = [
    [
      [3, 1],
      [0, 0],
      [2, 3],
    ],
    [
      [1, 1],
      [2, 0],
      [3, 3],
    ],
  ];
  const batches = recordedBatches(recorded);
  expect(batches).toMatchObject({ size: 2, steps: 3 });
  expect(epochOf(batches, 1)).toEqual(recorded[1]);
  expect(epochOf(batches, 0)).toEqual(recorded[0]);
});
