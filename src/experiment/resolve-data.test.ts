import { describe, expect, test } from '@jest/globals';
import { type DatasetName, datasetEntry, datasetNames } from '../datasets/index.ts';
import { UserError } from '../errors.ts';
import { createRng } from '../math/rng.ts';
import { otherValues } from '../parsing/option.testing.ts';
import type { Setting, Settings } from '../parsing/option.ts';
import { dataKey, resolveData, rowsOf } from './resolve-data.ts';

describe('the test rows', () => {
  test('7 % of 100 rows are 7', () => {
    expect(100 * 0.07).toBeGreaterThan(7);
    expect(rowsOf(100, 0.07)).toBe(7);
  });

  /** The same in whole numbers: the smallest n with n >= total k / parts. */
  const exact = (total: number, k: number, parts: number) => {
    const product = BigInt(total) * BigInt(k);
    return Number((product + BigInt(parts - 1)) / BigInt(parts));
  };
  const rng = createRng(1, 'data');
  const totals = [
    ...Array.from({ length: 300 }, (_, i) => i + 4),
    ...[999, 1000, 1001, 6999, 10_000, 60_000, 70_000, 123_457, 1e6, 9_999_999, 1e7],
    ...Array.from({ length: 300 }, () => 4 + rng.below(1e7)),
  ];

  test.each([100, 1000])('of a share k / %d are its exact number, rounded up', (parts) => {
    for (const total of totals) {
      for (let k = 1; k < parts; k += parts === 100 ? 1 : 7) {
        const wanted = exact(total, k, parts);
        if (rowsOf(total, k / parts) !== wanted) {
          expect({ total, k, rows: rowsOf(total, k / parts) }).toEqual({ total, k, rows: wanted });
        }
      }
    }
  });

  test('are one at least, however small the share, and a count as it is', () => {
    expect([1e-9, 1e-300, Number.MIN_VALUE].map((share) => rowsOf(1e6, share))).toEqual([1, 1, 1]);
    expect(rowsOf(1e6, 1 - 2 ** -53)).toBe(1e6);
    expect([1, 7, 10_000].map((count) => rowsOf(70_000, count))).toEqual([1, 7, 10_000]);
  });
});

/** What every experiment has of the data, and the defaults of the dataset's own options. */
function settingsOf(dataset: DatasetName): Settings {
  const own = Object.entries(datasetEntry(dataset).options).map(([name, option]) => [name, option.default]);
  return { samples: 500, testSize: 0.25, split: 'random', seed: 1, ...Object.fromEntries(own) };
}

describe.each(datasetNames)('the key of %s', (dataset) => {
  const settings = settingsOf(dataset);
  const { options } = datasetEntry(dataset);
  const key = (changes: Settings = {}) => dataKey(dataset, { ...settings, ...changes });

  test('is the same for the same settings, whatever their order and whatever else there is', () => {
    const reversed = Object.fromEntries(Object.entries(settings).reverse());
    expect(dataKey(dataset, reversed)).toBe(key());
    expect(key({ epochs: 7, lambda: 0.5, hidden: '3' })).toBe(key());
  });

  test.each<[string, Setting]>([
    ['samples', 'all'],
    ['samples', 501],
    ['testSize', 0.26],
    ['testSize', 1],
    ['split', 'canonical'],
  ])('differs with %s %s', (name, value) => {
    expect(key({ [name]: value })).not.toBe(key());
  });

  test("differs with every option of the dataset's own, and with each two of them", () => {
    const keys = [key()];
    const named = Object.entries(options);
    for (const [i, [name, option]] of named.entries()) {
      const values = otherValues(option, option.default);
      expect([name, values.length > 0]).toEqual([name, true]);
      for (const value of values) {
        keys.push(key({ [name]: value }));
        for (const [second, other] of named.slice(i + 1)) {
          for (const also of otherValues(other, other.default))
            keys.push(key({ [name]: value, [second]: also }));
        }
      }
    }
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('differs with the seed only where the seed is looked at', () => {
    const named = Object.entries(options);
    const changes: Settings[] = [
      {},
      ...named.flatMap(([name, option]) =>
        otherValues(option, option.default).map((value) => ({ [name]: value })),
      ),
    ];
    for (const change of changes) {
      const looksAtSeed = datasetEntry(dataset).resolvesPerSeed({ ...settings, ...change });
      expect(key({ ...change, seed: 2 }) !== key(change)).toBe(looksAtSeed);
    }
  });
});

describe('resolveData', () => {
  const settings = settingsOf('franke');
  const sources = { dataDir: null };

  test('leaves to the training what is not tested on', async () => {
    const { data, split } = await resolveData(
      'franke',
      { ...settings, samples: 100, testSize: 0.07 },
      sources,
    );
    expect(data).toEqual({ dataset: 'franke', samples: 100, noise: 1, target: null });
    expect(split).toEqual({ method: 'random', trainRows: 93, testRows: 7 });
  });

  test.each([100, 101, 1 - 2 ** -53])(
    'refuses a test size of %d, which leaves nothing to train on',
    async (testSize) => {
      const refused = resolveData('franke', { ...settings, samples: 100, testSize }, sources);
      await expect(refused).rejects.toThrow(UserError);
      await expect(refused).rejects.toThrow('{testSize} leaves no rows to train on');
    },
  );
});
