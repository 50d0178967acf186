import { UserError } from '../errors.ts';
import { createRng, permutation, type Rng } from '../math/rng.ts';
import type { Dataset } from './dataset.ts';

/** random: both parts are drawn from all rows. canonical: each part is drawn from its part of the published split. */
export const splitMethods = ['random', 'canonical'] as const;
export type SplitMethod = (typeof splitMethods)[number];

export interface SplitConfig {
  readonly method: SplitMethod;
  readonly trainRows: number;
  readonly testRows: number;
}

/** The facts about the data that a split needs. */
export type SplitSource = Pick<Dataset, 'rows' | 'canonicalTrainRows'>;

/** Row indices of a dataset. No row is in both parts. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Chooses the training and the test rows, drawn from the seed's 'split' streams.
 *
 * Each part keeps the order of the data, which is also their order in memory.
 *
 * random: the first trainRows of one permutation of all rows, and the next testRows. canonical: the first trainRows of
 * a permutation of the published training rows (stream 0) and testRows of the rest (stream 1); a part that is used
 * whole keeps its order. Errors: more rows than exist, a canonical split of data without one.
 */
export function splitRows(dataset: SplitSource, config: SplitConfig, seed: number): Split {
  checkSplit(dataset, config);
  const { rows, canonicalTrainRows } = dataset;
  const { method, trainRows, testRows } = config;
  if (method === 'random') {
    const order = permutation(createRng(seed, 'split'), rows);
    return {
      train: order.slice(0, trainRows).sort(),
      test: order.slice(trainRows, trainRows + testRows).sort(),
    };
  }
  const published = canonicalTrainRows!;
  return {
    train: draw(createRng(seed, 'split', 0), published, trainRows),
    test: draw(createRng(seed, 'split', 1), rows - published, testRows).map((row) => row + published),
  };
}

/** Rejects more rows than exist, and a canonical split of data that were published without one. */
export function checkSplit({ rows, canonicalTrainRows }: SplitSource, config: SplitConfig): void {
  const { method, trainRows, testRows } = config;
  checkCount('{samples}', 'training', trainRows, 1);
  checkCount('{testSize}', 'test', testRows, 0);
  if (method === 'random') {
    if (trainRows + testRows > rows) throw tooMany('{samples}', 'rows', trainRows + testRows, rows);
    return;
  }
  if (canonicalTrainRows === null) {
    throw new UserError({
      what: '{split} canonical needs data that were published with a training and a test set',
      expected: 'random for these data',
      received: method,
      remedy: 'use {split} random',
    });
  }
  const rest = rows - canonicalTrainRows;
  if (trainRows > canonicalTrainRows) {
    throw tooMany('{samples}', 'published training rows', trainRows, canonicalTrainRows);
  }
  if (testRows > rest) throw tooMany('{testSize}', 'published test rows', testRows, rest);
}

/** `count` of the integers 0 .. n - 1: all of them in order, or some in random order. */
function draw(rng: Rng, n: number, count: number): Int32Array {
  if (count === n) return Int32Array.from({ length: n }, (_, row) => row);
  return permutation(rng, n).slice(0, count).sort();
}

function checkCount(setting: string, part: string, count: number, least: number): void {
  if (Number.isInteger(count) && count >= least) return;
  throw new UserError({
    what: `${setting} gives an invalid number of ${part} rows`,
    expected: `a whole number >= ${least}`,
    received: count,
    remedy: `change ${setting}`,
  });
}

function tooMany(setting: string, kind: string, wanted: number, available: number): UserError {
  return new UserError({
    what: `${setting} asks for more ${kind} than the data have`,
    expected: `at most ${available}`,
    received: wanted,
    remedy: `lower ${setting}`,
  });
}
