import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed } from '../hostile.testing.ts';
import { createRng, permutation } from '../math/rng.ts';
import { foldRows, splitRows } from './split.ts';
import { classCounts } from './stratify.ts';

interface Case {
  readonly counts: readonly number[];
  readonly splits: readonly { testRows: number; train: number[]; test: number[] }[];
  readonly folds: readonly { folds: number; counts: number[][] }[];
}
const file = 'data/fixtures/stratified/scikit-learn.json';
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Case[] };

const labelsOf = (counts: readonly number[]): Uint8Array =>
  Uint8Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

function countsIn(rows: Int32Array, labels: Uint8Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const row of rows) counts[labels[row]]++;
  return counts;
}

const datasetOf = (counts: readonly number[]) => {
  const rows = sum(counts);
  // In an order that has nothing to do with the classes.
  const sorted = labelsOf(counts);
  const order = permutation(createRng(7, 'data'), rows);
  return { rows, canonicalTrainRows: null, targets: Uint8Array.from(order, (row) => sorted[row]) };
};

describe.each(cases)('classes of $counts rows', ({ counts, splits, folds }) => {
  const dataset = datasetOf(counts);
  const classes = counts.length;

  test.each(splits)(
    'have the shares that scikit-learn gives them in $testRows test rows',
    ({ testRows, train, test: held }) => {
      const config = {
        method: 'random',
        trainRows: dataset.rows - testRows,
        testRows,
        stratified: true,
      } as const;
      for (const seed of [1, 2]) {
        const split = splitRows(dataset, config, seed);
        const found = [split.train, split.test].map((rows) => countsIn(rows, dataset.targets, classes));
        // Equal remainders are rounded up for one class or the other: scikit-learn draws which.
        for (const [part, expected] of [train, held].entries()) {
          expect(sum(found[part])).toBe(sum(expected));
          for (const [c, count] of expected.entries())
            expect(Math.abs(found[part][c] - count)).toBeLessThanOrEqual(1);
        }
      }
    },
  );

  test.each(folds)(
    'have the counts of scikit-learn in $folds folds',
    ({ folds: parts, counts: expected }) => {
      const all = Int32Array.from({ length: dataset.rows }, (_, row) => row);
      const found = foldRows(all, parts, 3, dataset.targets);
      expect(found.map(({ validation }) => countsIn(validation, dataset.targets, classes))).toEqual(expected);
    },
  );
});

const manyCounts = fc
  .array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 12 })
  .filter((all) => sum(all) >= 4);

describe('whatever the classes', () => {
  test('each part is as large as asked, has no row of another, and each class its share to within one row', () => {
    const property = fc.property(
      manyCounts,
      fc.double({ min: 0.05, max: 0.6, noNaN: true }),
      fc.nat(),
      (counts, share, seed) => {
        const dataset = datasetOf(counts);
        const testRows = Math.max(1, Math.min(dataset.rows - 3, Math.floor(share * dataset.rows)));
        const trainRows = dataset.rows - testRows;
        const validationRows = Math.floor(trainRows / 3);
        const config = { method: 'random', trainRows, testRows, validationRows, stratified: true } as const;
        const { train, validation, test: held } = splitRows(dataset, config, seed);
        expect([train.length, validation.length, held.length]).toEqual([
          trainRows - validationRows,
          validationRows,
          testRows,
        ]);
        expect(new Set([...train, ...validation, ...held]).size).toBe(dataset.rows);
        for (const rows of [train, validation, held])
          expect([...rows]).toEqual([...rows].sort((a, b) => a - b));
        const rest = [...train, ...validation];
        for (const [c, count] of counts.entries()) {
          const of = (rows: Iterable<number>) => [...rows].filter((row) => dataset.targets[row] === c).length;
          expect(Math.abs(of(held) - (testRows * count) / dataset.rows)).toBeLessThan(1);
          expect(Math.abs(of(validation) - (validationRows * of(rest)) / trainRows)).toBeLessThan(1);
        }
      },
    );
    fc.assert(property, { seed: fixedSeed });
  });

  test('folds have every row once, and their sizes and those of each class differ by at most one', () => {
    const property = fc.property(
      manyCounts,
      fc.integer({ min: 2, max: 4 }),
      fc.nat(),
      (counts, folds, seed) => {
        const { rows, targets } = datasetOf(counts);
        const all = Int32Array.from({ length: rows }, (_, row) => row);
        const parts = foldRows(all, folds, seed, targets).map(({ validation }) => validation);
        expect(parts.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual([...all]);
        const differ = (sizes: readonly number[]) => Math.max(...sizes) - Math.min(...sizes);
        expect(differ(parts.map(({ length }) => length))).toBeLessThanOrEqual(1);
        for (const c of counts.keys())
          expect(differ(parts.map((part) => countsIn(part, targets, counts.length)[c]))).toBeLessThanOrEqual(
            1,
          );
      },
    );
    fc.assert(property, { seed: fixedSeed });
  });

  test('fewer rows than there are: a class gives no more than it has', () => {
    expect(classCounts([10, 1], 6)).toEqual([5, 1]);
    expect(classCounts([5, 5], 3)).toEqual([2, 1]);
    expect(classCounts([5, 5], 6, [5, 1])).toEqual([5, 1]);
    expect(classCounts([0, 0], 0)).toEqual([0, 0]);
  });
});

test('another seed draws other rows; without stratification nothing changes', () => {
  const dataset = datasetOf([30, 20]);
  const config = { method: 'random', trainRows: 40, testRows: 10 } as const;
  const stratified = (seed: number) => splitRows(dataset, { ...config, stratified: true }, seed).test;
  expect([...stratified(1)]).not.toEqual([...stratified(2)]);
  expect([...stratified(1)]).toEqual([...stratified(1)]);
  const plain = splitRows(dataset, config, 1);
  expect(splitRows({ rows: 50, canonicalTrainRows: null }, { ...config, stratified: false }, 1)).toEqual(
    plain,
  );
});
