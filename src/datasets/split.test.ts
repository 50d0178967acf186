import { describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { createRng, permutation } from '../math/rng.ts';
import { foldRows, splitRows } from './split.ts';

const published = { rows: 30, canonicalTrainRows: 20 };
const unpublished = { rows: 30, canonicalTrainRows: null };
const sorted = (rows: Int32Array) => [...rows].sort((a, b) => a - b);

describe('random', () => {
  test('one permutation gives the training rows and then the test rows', () => {
    const { train, test: testing } = splitRows(
      published,
      { method: 'random', trainRows: 12, testRows: 5 },
      4,
    );
    const order = permutation(createRng(4, 'split'), 30);
    expect([...train]).toEqual([...order.slice(0, 12)].sort((a, b) => a - b));
    expect([...testing]).toEqual([...order.slice(12, 17)].sort((a, b) => a - b));
  });

  test('all rows are used once when the counts are the whole', () => {
    const { train, test: testing } = splitRows(
      unpublished,
      { method: 'random', trainRows: 20, testRows: 10 },
      4,
    );
    expect(sorted(Int32Array.of(...train, ...testing))).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });

  test('another seed gives another split', () => {
    const config = { method: 'random', trainRows: 20, testRows: 10 } as const;
    expect(splitRows(published, config, 1)).toEqual(splitRows(published, config, 1));
    expect([...splitRows(published, config, 1).train]).not.toEqual([
      ...splitRows(published, config, 2).train,
    ]);
  });
});

describe('canonical', () => {
  test('whole parts keep their order', () => {
    const { train, test: testing } = splitRows(
      published,
      { method: 'canonical', trainRows: 20, testRows: 10 },
      4,
    );
    expect([...train]).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect([...testing]).toEqual(Array.from({ length: 10 }, (_, n) => 20 + n));
  });

  test('smaller parts are drawn each from its own rows and stream', () => {
    const { train, test: testing } = splitRows(
      published,
      { method: 'canonical', trainRows: 8, testRows: 4 },
      4,
    );
    expect([...train]).toEqual([
      ...permutation(createRng(4, 'split', 0), 20)
        .slice(0, 8)
        .sort(),
    ]);
    expect([...testing]).toEqual(
      [
        ...permutation(createRng(4, 'split', 1), 10)
          .slice(0, 4)
          .sort(),
      ].map((row) => row + 20),
    );
  });

  test('how many rows are tested on does not change the training rows', () => {
    const few = splitRows(published, { method: 'canonical', trainRows: 8, testRows: 4 }, 4);
    const many = splitRows(published, { method: 'canonical', trainRows: 8, testRows: 9 }, 4);
    expect(few.train).toEqual(many.train);
    expect([...many.test]).toEqual(expect.arrayContaining([...few.test]));
  });
});

test.each([
  [published, 'random', 25, 6, '{samples}', 31],
  [published, 'canonical', 21, 1, '{samples}', 21],
  [published, 'canonical', 1, 11, '{testSize}', 11],
  [unpublished, 'canonical', 5, 5, '{split}', 'canonical'],
  [published, 'random', 0, 5, '{samples}', 0],
  [published, 'random', 2.5, 5, '{samples}', 2.5],
  [published, 'random', 5, -1, '{testSize}', -1],
  [published, 'random', 5, Number.NaN, '{testSize}', Number.NaN],
] as const)('%j %s %p + %p is refused', (dataset, method, trainRows, testRows, option, received) => {
  let error: unknown;
  try {
    splitRows(dataset, { method, trainRows, testRows }, 1);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).parts.what).toContain(option);
  expect((error as UserError).parts.received).toBe(received);
});

describe('validation rows', () => {
  const data = { rows: 100, canonicalTrainRows: 60 };
  const sorted = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);

  test.each(['random', 'canonical'] as const)(
    'of a %s split are training rows, and leave the test rows as they are',
    (method) => {
      const plain = splitRows(data, { method, trainRows: 50, testRows: 30 }, 3);
      expect(plain.validation).toHaveLength(0);
      const split = splitRows(data, { method, trainRows: 50, testRows: 30, validationRows: 11 }, 3);
      expect([...split.test]).toEqual([...plain.test]);
      expect(split.validation).toHaveLength(11);
      expect(sorted([...split.train, ...split.validation])).toEqual([...plain.train]);
    },
  );

  test('of a larger part include those of a smaller one', () => {
    const [few, many] = [5, 20].map((validationRows) =>
      splitRows(data, { method: 'random', trainRows: 50, testRows: 30, validationRows }, 3),
    );
    expect([...many.validation]).toEqual(expect.arrayContaining([...few.validation]));
  });

  test('are fewer than the training rows', () => {
    const config = { method: 'random', trainRows: 5, testRows: 5 } as const;
    expect(splitRows(data, { ...config, validationRows: 4 }, 1).train).toHaveLength(1);
    expect(() => splitRows(data, { ...config, validationRows: 5 }, 1)).toThrow('leaves no rows to train on');
    expect(() => splitRows(data, { ...config, folds: 6 }, 1)).toThrow(
      'more parts than there are training rows',
    );
    expect(() => splitRows(data, { ...config, folds: 2, validationRows: 1 }, 1)).toThrow(
      'exclude each other',
    );
  });
});

test.each([
  [2, 2],
  [7, 3],
  [20, 6],
  [5, 5],
])('of %i rows, each is held out in one of %i folds', (rows, folds) => {
  const train = Int32Array.from({ length: rows }, (_, row) => 3 * row);
  const parts = foldRows(train, folds, 2);
  expect(parts).toHaveLength(folds);
  const held = parts.flatMap(({ validation }) => [...validation]);
  expect(held.sort((a, b) => a - b)).toEqual([...train]);
  const sizes = parts.map(({ validation }) => validation.length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  for (const { train: rest, validation } of parts) {
    expect([...rest, ...validation].sort((a, b) => a - b)).toEqual([...train]);
  }
  expect(foldRows(train, folds, 2)).toEqual(parts);
});
