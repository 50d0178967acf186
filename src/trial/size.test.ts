import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { DataFacts } from '../datasets/dataset.ts';
import { imageFiles } from '../datasets/image-layouts.ts';
import { UserError } from '../errors.ts';
import type { SettingLists } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import { trialMemory } from './size.ts';
import type { SgdConfig } from './solvers/sgd.ts';
import type { TrialConfig } from './trial.ts';

const named = (name: string) => experiments.find((experiment) => experiment.name === name)!;

async function planned(name: string, given: SettingLists, dataDir: string | null = null) {
  const choices = { variant: 'code', quick: false, given } as const;
  return (await planExperiment(named(name), choices, { dataDir })).cells[0].trial.config;
}

describe('trialMemory', () => {
  const size: DataFacts = {
    rows: 1000,
    columns: 2,
    classes: 1,
    labels: 1,
    canonicalTrainRows: null,
    largest: 1,
    sparse: false,
  };

  test('L-BFGS keeps more vectors of weights than SGD', async () => {
    const sgd = await planned('logistic', { solver: ['sgd'], batchSize: [128] });
    const lbfgs = await planned('logistic', { solver: ['lbfgs'] });
    expect(trialMemory(lbfgs, size) - trialMemory(sgd, size)).toBe(8 * 28 * (2 * 10));
  });

  test('counts what every layer puts out for a batch, not only the widest', async () => {
    const of = async (hidden: string) =>
      trialMemory(await planned('ffnn', { hidden: [hidden], batchSize: [500] }), size);
    expect((await of('30-30')) - (await of('30'))).toBe(8 * (4 * 900 + 2 * 500 * 30));
  });

  test('dense inputs are those of the rows that are taken, however many there are; sparse ones take less', async () => {
    const config = await planned('mnist', { samples: [100], testSize: [10] });
    const large: DataFacts = { ...size, rows: 280_000, columns: 784, classes: 10, sparse: true };
    for (const changed of [{ center: 'columns' }, { scale: 'standard' }] as const) {
      const few: TrialConfig = { ...config, features: { ...config.features, ...changed } };
      expect(trialMemory(few, large)).toBeLessThan(2 ** 24);
      const all: TrialConfig = { ...few, split: { ...few.split, trainRows: 240_000, testRows: 40_000 } };
      expect(trialMemory(all, large)).toBeGreaterThan(3 * 8 * 280_000 * 784);
    }
    expect(trialMemory(config, large)).toBeLessThan(2 ** 31);
    const dense = (rows: number) => trialMemory(config, { ...large, rows, largest: 1, sparse: false });
    expect(dense(280_000)).toBe(dense(100));
    expect((config.model as SgdConfig).solver).toBe('sgd');
  });
});

describe('images of another size than those of MNIST', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fys-nn-large-'));
    const header = (sizes: number[]) => {
      const bytes = Buffer.alloc(4 + 4 * sizes.length);
      bytes.set([0, 0, 8, sizes.length]);
      for (const [i, value] of sizes.entries()) bytes.writeUInt32BE(value, 4 + 4 * i);
      return bytes;
    };
    const images = gzipSync(Buffer.concat([header([2, 2000, 2000]), Buffer.alloc(2 * 2000 * 2000)]), {
      level: 1,
    });
    const labels = gzipSync(Buffer.concat([header([2]), Buffer.of(1, 2)]));
    for (const [part, name] of Object.entries(imageFiles)) {
      await writeFile(join(folder, `${name}.gz`), part.endsWith('Images') ? images : labels);
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('are counted as large as they are before anything is trained', async () => {
    const rows = { samples: [4], testSize: [1], batchSize: [1] };
    const refused = planned('mnist', { ...rows, hidden: ['128'] }, folder);
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(/GiB of memory.*4000000 columns.*\{hidden\}/s);
    await planned('mnist', { ...rows, hidden: ['4'] }, folder);
  });
});
