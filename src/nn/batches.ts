import { createRng, permutation } from '../math/rng.ts';

/** A source of mini-batches of row indices. `startEpoch` must be called before the first batch of an epoch. */
export interface Batches {
  /** Rows in each mini-batch; the most of them where `sizeOf` says how many. */
  readonly size: number;
  /** Rows in the mini-batch of a step of this epoch; absent: `size`. */
  readonly sizeOf?: (step: number) => number;
  /** Mini-batches in an epoch. */
  readonly steps: number;
  /** Whether each batch is known to be all rows in order. */
  readonly inOrder?: boolean;
  startEpoch(epoch: number): void;
  /** Writes the `size` row indices of batch `step` to ints, from `offset` on. */
  fill(step: number, ints: Int32Array, offset: number): void;
}

type CreateBatches = (rows: number, size: number, seed: number) => Batches;

/** Ways to draw mini-batches from the N training rows: floor(N / size) batches per epoch. */
export const batchings = {
  /** As in the report: every row of a batch is drawn from all N rows. */
  'with-replacement': (rows, size, seed) => {
    let rng = createRng(seed, 'batches');
    return {
      size,
      steps: Math.floor(rows / size),
      startEpoch: (epoch) => {
        rng = createRng(seed, 'batches', epoch);
      },
      fill: (_step, ints, offset) => {
        for (let i = 0; i < size; i++) ints[offset + i] = rng.below(rows);
      },
    };
  },
  /** Each epoch cuts a new permutation of the rows into batches. Left-over rows are not used in that epoch. */
  permutation: (rows, size, seed) => {
    let order: Int32Array = new Int32Array();
    return {
      size,
      steps: Math.floor(rows / size),
      startEpoch: (epoch) => {
        order = permutation(createRng(seed, 'batches', epoch), rows);
      },
      fill: (step, ints, offset) => {
        for (let i = 0; i < size; i++) ints[offset + i] = order[step * size + i];
      },
    };
  },
  /** All rows in order, one step per epoch: gradient descent. */
  full: (rows) => ({
    size: rows,
    steps: 1,
    inOrder: true,
    startEpoch: () => {},
    fill: (_step, ints, offset) => {
      for (let i = 0; i < rows; i++) ints[offset + i] = i;
    },
  }),
} satisfies Record<string, CreateBatches>;

export type Batching = keyof typeof batchings;
export const batchingNames = Object.keys(batchings) as Batching[];

/** The batches of a recorded run: [epoch][step][row index]. They may have different sizes, such as a smaller last one. */
export function recordedBatches(recorded: readonly (readonly (readonly number[])[])[]): Batches {
  let current = recorded[0];
  return {
    size: recorded.flat().reduce((most, { length }) => Math.max(most, length), 0),
    sizeOf: (step) => current[step].length,
    steps: recorded[0].length,
    startEpoch: (epoch) => {
      current = recorded[epoch];
    },
    fill: (step, ints, offset) => ints.set(current[step], offset),
  };
}
