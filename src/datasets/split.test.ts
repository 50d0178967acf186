import { describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { createRng, permutation } from '../math/rng.ts';
import { splitRows } from './split.ts';

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
