import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Dataset } from '../datasets/dataset.ts';
import { noise, writeImages } from '../datasets/image-files.testing.ts';
import { readImages } from '../datasets/image-folder.ts';
import { defaultScaling } from '../datasets/scale.ts';
import { splitRows } from '../datasets/split.ts';
import { createRng } from '../math/rng.ts';
import { columnsOf, isSparse, type Samples } from '../nn/samples.ts';
import type { ConfigBase, FeaturesConfig } from './config.ts';
import { prepare } from './prepare.ts';

const scikitLearn = JSON.parse(
  readFileSync(new URL('../../data/fixtures/scaling/scikit-learn.json', import.meta.url), 'utf8'),
);

function table(inputs: Float64Array, columns: number, targets: Float64Array, canonicalTrainRows: number) {
  const rows = targets.length;
  const task = 'regression' as const;
  const dataset = { name: 'table', task, rows, columns, inputs, largest: 1, targets, classes: 1 };
  return { ...dataset, canonicalTrainRows } satisfies Dataset;
}

const plain: FeaturesConfig = {
  scale: 'none',
  basis: 'none',
  degree: null,
  center: 'none',
  centerTargets: false,
};

function prepared(dataset: Dataset, features: Partial<FeaturesConfig>, trainRows: number) {
  const split = { method: 'canonical', trainRows, testRows: dataset.rows - trainRows } as const;
  const config = { split, seed: 1, features: { ...plain, ...features } } satisfies Partial<ConfigBase>;
  return prepare(dataset, config, 'float64', 'mse');
}

describe.each(['standard', 'minmax'] as const)('%s', (scale) => {
  const { trainRows, degree, scaled } = scikitLearn;
  const targets = Float64Array.from(scikitLearn.targets);
  const dataset = table(Float64Array.from(scikitLearn.inputs), 2, targets, trainRows);

  const expectEqual = (values: ArrayLike<number>, expected: readonly number[]) => {
    expect(values).toHaveLength(expected.length);
    expected.forEach((value, i) => {
      expect(Math.abs(values[i] - value)).toBeLessThan(1e-10);
    });
  };
  const both = (data: ReturnType<typeof prepared>, what: 'inputs' | 'targets') => [
    ...(data.train[what] as Float64Array),
    ...(data.test[what] as Float64Array),
  ];

  test("gives scikit-learn's inputs, from the training rows alone", () => {
    expectEqual(both(prepared(dataset, { scale }, trainRows), 'inputs'), scaled[scale].inputs);
  });

  test("gives scikit-learn's design matrix, next to the constant 1", () => {
    const data = prepared(dataset, { scale, basis: 'total', degree }, trainRows);
    const values = both(data, 'inputs');
    const width = columnsOf(data.train);
    expect(values.filter((_, i) => i % width === 0)).toEqual(Array(dataset.rows).fill(1));
    expectEqual(
      values.filter((_, i) => i % width !== 0),
      scaled[scale].features,
    );
  });

  test("gives scikit-learn's targets, and how to get back", () => {
    const data = prepared(dataset, { scaleTargets: scale }, trainRows);
    const values = both(data, 'targets');
    expectEqual(values, scaled[scale].targets);
    const { offset, factor } = data.targetScale!;
    expectEqual(
      values.map((value) => value * factor + offset),
      [...targets],
    );
  });

  test('test rows do not leak: whatever they are, the training rows have the same bytes', () => {
    const rng = createRng(1, 'data');
    const [rows, columns, samples] = [31, 2, 20];
    const random = (count: number) => Float64Array.from({ length: count }, () => rng.normal());
    const before = table(random(rows * columns), columns, random(rows), rows);
    const split = { method: 'random', trainRows: samples, testRows: rows - samples } as const;
    const { train, test: held } = splitRows(before, split, 3);
    const after = { ...before, inputs: before.inputs.slice(), targets: before.targets.slice() };
    for (const row of held) {
      after.inputs.fill(1e3 * rng.normal(), row * columns, (row + 1) * columns);
      after.targets[row] = 1e3 * rng.normal();
    }
    for (const features of [
      { scale },
      { scale, basis: 'product', degree: 3, center: 'columns' },
      { scale, scaleTargets: scale },
    ] as const) {
      const config = { split, seed: 3, features: { ...plain, ...features } };
      const [one, other] = [before, after].map((data) => prepare(data, config, 'float64', 'mse'));
      expect(other.train).toEqual(one.train);
      expect(other.targetScale).toEqual(one.targetScale);
      expect(other.test.inputs).not.toEqual(one.test.inputs);
    }
    expect(train).toHaveLength(samples);
  });

  test('a column that is constant in the training rows is 0 everywhere, never NaN', () => {
    // The sum of three times 0.1 is not 0.3: a mean would miss the value by a rounding error.
    const inputs = Float64Array.of(0.1, 1, 0.1, 2, 0.1, 3, 7, 4);
    const { train, test: held } = prepared(table(inputs, 2, new Float64Array(4), 3), { scale }, 3);
    const column = (values: Float64Array) => [...values].filter((_, i) => i % 2 === 0);
    expect(column(train.inputs as Float64Array)).toEqual([0, 0, 0]);
    expect(column(held.inputs as Float64Array)).toEqual([0]);
    expect([...(train.inputs as Float64Array)].every(Number.isFinite)).toBe(true);
  });

  test('constant targets and a single training row are measured from it, without a scale', () => {
    const data = prepared(
      table(Float64Array.of(1, 2), 1, Float64Array.of(5, 7), 1),
      { scaleTargets: scale },
      1,
    );
    expect(data.targetScale).toEqual({ offset: 5, factor: 1 });
    expect([...data.train.targets, ...data.test.targets]).toEqual([0, 2]);
  });

  test('sparse images become dense', () => {
    const inputs = Uint8Array.from({ length: 64 * 9 }, (_, i) => (i % 4 === 0 ? i % 256 : 0));
    const labels = Uint8Array.from({ length: 64 }, (_, n) => n % 2);
    const images: Dataset = {
      ...table(new Float64Array(), 9, new Float64Array(64), 40),
      task: 'classification',
      inputs,
      targets: labels,
      classes: 2,
    };
    const split = { method: 'canonical', trainRows: 40, testRows: 24 } as const;
    const inputsWith = (scaling: FeaturesConfig['scale']) =>
      prepare(images, { split, seed: 1, features: { ...plain, scale: scaling } }, 'float32', 'cross_entropy')
        .train.inputs;
    expect(isSparse(inputsWith('pixels'))).toBe(true);
    expect(inputsWith(scale)).toBeInstanceOf(Float64Array);
  });
});

test('of brighter test images, the training images know their largest pixel with max alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-prepare-'));
  const { trainRows, testRows, pixel } = noise;
  const dark = (row: number, y: number, x: number) => pixel(row, y, x) % 51;
  const split = { method: 'canonical', trainRows, testRows } as const;
  const read = async (name: string, bright: number) => {
    const pixelOf: typeof dark = (row, y, x) =>
      row < trainRows ? dark(row, y, x) : bright * dark(row, y, x);
    return readImages(await writeImages(join(folder, name), { pixel: pixelOf }));
  };
  const [one, other] = [await read('dark', 1), await read('bright', 5)];
  await rm(folder, { recursive: true });
  expect([one.largest, other.largest]).toEqual([50, 250]);
  const trainOf = (dataset: Dataset, features: Partial<FeaturesConfig>) => {
    const config = { split, seed: 1, features: { ...plain, ...features } };
    return prepare(dataset, config, 'float64', 'cross_entropy', false).train.inputs as Float64Array;
  };
  for (const scale of ['none', 'pixels', 'standard', 'minmax'] as const) {
    for (const center of ['none', 'columns'] as const)
      expect(trainOf(other, { scale, center })).toEqual(trainOf(one, { scale, center }));
  }
  const byTheirOwn = trainOf(one, { scale: 'none' }).map((value) => value / 250);
  expect(trainOf(other, { scale: 'max' })).toEqual(byTheirOwn);
  expect([defaultScaling(one.largest), defaultScaling(other.largest)]).toEqual(['max', 'pixels']);
});

describe('missing inputs', () => {
  const none = Number.NaN;
  // A column without values in the training rows becomes 0.
  const inputs = [
    [1, none, none],
    [3, 4, none],
    [none, 8, none],
    [none, 100, 7],
    [5, none, none],
  ];
  const dataset = {
    ...table(Float64Array.from(inputs.flat()), 3, Float64Array.of(1, 2, 3, 4, 5), 3),
    hasMissing: true,
  };

  // Source: scikit-learn 1.2.1, SimpleImputer(keep_empty_features=True) and StandardScaler, fitted to the first three rows.
  test("become the means of the training rows, as scikit-learn's are", () => {
    const data = prepared(dataset, {}, 3);
    expect(Array.from(data.train.inputs as Float64Array)).toEqual([1, 6, 0, 3, 4, 0, 2, 8, 0]);
    expect(Array.from(data.test.inputs as Float64Array)).toEqual([2, 100, 7, 5, 6, 0]);
    const { train, test } = prepared(dataset, { scale: 'standard' }, 3);
    const scale = 1.224744871391589;
    const close = (values: Samples['inputs'], expected: readonly number[]) =>
      expected.forEach((value, i) => {
        expect((values as Float64Array)[i]).toBeCloseTo(value, 12);
      });
    close(train.inputs, [-scale, 0, 0, scale, -scale, 0, 0, scale, 0]);
    // The last column is constant in the training rows, so that it says nothing.
    close(test.inputs, [0, 57.56300895540468, 0, 3.674234614174767, 0, 0]);
  });

  test('of the test rows do not reach training, whatever they are', () => {
    const other = { ...dataset, inputs: dataset.inputs.slice().fill(-1e9, 9) };
    for (const features of [{}, { scale: 'standard' }, { center: 'columns' }] as const) {
      expect(prepared(other, features, 3).train).toEqual(prepared(dataset, features, 3).train);
      expect(prepared(other, features, 3).steps).toEqual(prepared(dataset, features, 3).steps);
    }
  });
});
