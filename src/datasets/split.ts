import { UserError } from '../errors.ts';
import { createRng, permutation, type Rng } from '../math/rng.ts';
import type { Dataset } from './dataset.ts';
import { type Labels, stratifiedFolds, stratifiedParts } from './stratify.ts';

/** random: both parts are drawn from all rows. canonical: each part is drawn from its part of the published split. */
export const splitMethods = ['random', 'canonical'] as const;
export type SplitMethod = (typeof splitMethods)[number];

export interface SplitConfig {
  readonly method: SplitMethod;
  /** The rows that are not test rows: those for validation are taken from them. */
  readonly trainRows: number;
  readonly testRows: number;
  /** Absent: 0, as in the records of earlier versions. */
  readonly validationRows?: number;
  /** The parts of the training rows for cross-validation; absent: 0, none. */
  readonly folds?: number;
  /** Whether each part has the classes in the shares that they have in all rows. Absent: no, as in the records of earlier versions. */
  readonly stratified?: boolean;
}

/** Defaults. A field with its default value is left out of a trial's id, so the defaults must never change. */
export const splitDefaults: Partial<SplitConfig> = { validationRows: 0, folds: 0, stratified: false };

/** The number of rows that a model is fitted to. */
export function fittedRows({ trainRows, validationRows = 0 }: SplitConfig): number {
  return trainRows - validationRows;
}

/** The facts about the data that a split needs. */
export type SplitSource = Pick<Dataset, 'rows' | 'canonicalTrainRows'>;

/** The same, with the class of each row, which stratified splits need. */
type LabelledSource = SplitSource & { readonly targets?: Labels };

/** Row indices of a dataset. No row is in two parts. */
export interface Split {
  readonly train: Int32Array;
  /** Empty unless the split has validation rows. */
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/**
 * Chooses the training and the test rows, drawn from the seed's 'split' streams, then the validation rows among the
 * training rows from its 'validation' stream: the test rows are the same with and without them.
 *
 * Each part keeps the order of the data, which is also their order in memory.
 *
 * random: the first trainRows of one permutation of all rows, and the next testRows. canonical: the first trainRows of
 * a permutation of the published training rows (stream 0) and testRows of the rest (stream 1); a part that is used
 * whole keeps its order. Stratified: of each class the first rows of the same order. Errors: more rows than exist, a canonical split of data without one.
 */
export function splitRows(dataset: LabelledSource, config: SplitConfig, seed: number): Split {
  checkSplit(dataset, config);
  const { train, test } = trainAndTest(dataset, config, seed);
  const { validationRows = 0 } = config;
  if (validationRows === 0) return { train, validation: new Int32Array(), test };
  const order = permutation(createRng(seed, 'validation'), train.length);
  const held = partsOf(order, [validationRows], stratifyLabels(dataset, config, train))[0];
  return { ...divide(train, held), test };
}

/**
 * The training and the validation rows of each of `folds` fits: every training row is for validation in one of them.
 * Their numbers of validation rows differ by at most one; with `labels`, those of each class too. Drawn from the seed's
 * 'folds' stream.
 */
export function foldRows(
  train: Int32Array,
  folds: number,
  seed: number,
  labels: Labels | null = null,
): Omit<Split, 'test'>[] {
  const order = permutation(createRng(seed, 'folds'), train.length);
  if (labels !== null) {
    const own = train.map((row) => labels[row]);
    return stratifiedFolds(order, own, folds).map((places) => divide(train, places));
  }
  const bound = (fold: number) => Math.floor((fold * train.length) / folds);
  return Array.from({ length: folds }, (_, fold) =>
    divide(train, order.subarray(bound(fold), bound(fold + 1))),
  );
}

/** The classes of rows by which they are stratified; null if they are not. */
export function stratifyLabels(
  { targets }: LabelledSource,
  { stratified = false }: SplitConfig,
  rows?: Int32Array,
): Labels | null {
  if (!stratified) return null;
  return rows === undefined ? targets! : rows.map((row) => targets![row]);
}

/** The first places of an order, one part after the other; with labels, of each class those of its share. */
function partsOf(order: Int32Array, sizes: readonly number[], labels: Labels | null): Int32Array[] {
  if (labels !== null) return stratifiedParts(order, labels, sizes);
  let from = 0;
  return sizes.map((size) => {
    from += size;
    return order.slice(from - size, from);
  });
}

/** Takes the rows at these places for validation. Both parts keep the order of the data. */
function divide(rows: Int32Array, places: Int32Array): Omit<Split, 'test'> {
  const held = new Set(places);
  return {
    train: rows.filter((_, place) => !held.has(place)),
    validation: rows.filter((_, place) => held.has(place)),
  };
}

function trainAndTest(
  dataset: LabelledSource,
  config: SplitConfig,
  seed: number,
): Pick<Split, 'train' | 'test'> {
  const { rows, canonicalTrainRows } = dataset;
  const { method, trainRows, testRows } = config;
  if (method === 'random') {
    const order = permutation(createRng(seed, 'split'), rows);
    const [train, test] = partsOf(order, [trainRows, testRows], stratifyLabels(dataset, config));
    return { train: train.sort(), test: test.sort() };
  }
  const published = canonicalTrainRows!;
  const labels = stratifyLabels(dataset, config);
  const ofTest = labels === null ? null : Array.from(labels).slice(published);
  return {
    train: draw(createRng(seed, 'split', 0), published, trainRows, labels),
    test: draw(createRng(seed, 'split', 1), rows - published, testRows, ofTest).map((row) => row + published),
  };
}

/** Whether another seed gives another split: a canonical split that uses both published parts whole draws nothing. */
export function isDrawn({ rows, canonicalTrainRows }: SplitSource, config: SplitConfig): boolean {
  const { method, trainRows, testRows, validationRows = 0, folds = 0 } = config;
  if (method === 'random' || validationRows > 0 || folds > 0) return true;
  return trainRows < canonicalTrainRows! || testRows < rows - canonicalTrainRows!;
}

/** Rejects more rows than exist, and a canonical split of data that were published without one. */
export function checkSplit({ rows, canonicalTrainRows }: SplitSource, config: SplitConfig): void {
  const { method, trainRows, testRows, validationRows = 0, folds = 0 } = config;
  checkCount('{samples}', 'training', trainRows, 1);
  checkCount('{testSize}', 'test', testRows, 0);
  checkCount('{validationSize}', 'validation', validationRows, 0);
  if (validationRows >= trainRows) {
    throw new UserError({
      what: '{validationSize} leaves no rows to train on',
      expected: `fewer than the ${trainRows} training rows`,
      received: validationRows,
      remedy: 'lower {validationSize}, or raise {samples}',
    });
  }
  if (folds > trainRows) {
    throw new UserError({
      what: '{folds} asks for more parts than there are training rows',
      expected: `at most ${trainRows}`,
      received: folds,
      remedy: 'lower {folds}, or raise {samples}',
    });
  }
  if (folds > 0 && validationRows > 0) {
    throw new UserError({
      what: '{folds} and {validationSize} exclude each other: each fold is the validation rows of one fit',
      expected: 'one of the two',
      received: `${folds} folds and ${validationRows} validation rows`,
      remedy: 'leave out {validationSize}, or use {folds} none',
    });
  }
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
function draw(rng: Rng, n: number, count: number, labels: Labels | null): Int32Array {
  if (count === n) return Int32Array.from({ length: n }, (_, row) => row);
  return partsOf(permutation(rng, n), [count], labels)[0].sort();
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
