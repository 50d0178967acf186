import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { loadData } from '../datasets/index.ts';
import type { SettingLists } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import { createWasmKernels } from '../kernels/wasm.ts';
import { inline } from '../launchers/inline.ts';
import { createPredictor } from '../nn/predictor.ts';
import { hashOfId } from '../trial/id.ts';
import { prepare } from '../trial/prepare.ts';
import type { SgdConfig } from '../trial/solvers/sgd.ts';
import type { Trial } from '../trial/trial.ts';
import { openLease } from './leases.ts';
import { openStore, readStore } from './store.ts';
import { readWeights, writeWeights } from './weights.ts';

const sources = { dataDir: null };
const nothing = () => {};
const events = { started: nothing, epoch: nothing, ended: nothing, found: nothing, note: nothing };
const small: SettingLists = { samples: [700], testSize: [150], epochs: [3], learningRate: [0.1] };
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-weights-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function compute(name: string, given: SettingLists): Promise<Trial> {
  const experiment = experiments.find((candidate) => candidate.name === name)!;
  const { cells } = await planExperiment(experiment, { variant: 'code', quick: false, given }, sources);
  const store = await openStore(directory);
  const lease = await openLease(directory);
  const { failures } = await inline([cells[0].trial], { store, sources, jobs: 1, events, lease });
  await lease.end();
  expect(failures).toEqual([]);
  return cells[0].trial;
}

describe('the weights of a trial', () => {
  test.each<[string, SettingLists]>([
    ['mnist', small],
    ['mnist', { ...small, dtype: ['float64'], hidden: ['9-7'], activation: ['relu'] }],
    ['logistic', small],
  ])('of %s classify the test rows as the record says', async (name, given) => {
    const trial = await compute(name, given);
    const { layers, loss, dtype } = trial.config.model as SgdConfig;
    const weights = await readWeights(directory, trial);
    const predict = await createPredictor(layers, weights!, loss, dtype, createWasmKernels);
    const dataset = await loadData(trial.config.data, trial.config.seed, sources);
    const { rows } = prepare(dataset, trial.config, dtype, loss).test.inputs as { rows: Int32Array };
    const correct = [...rows].filter((row) => {
      const pixels = dataset.inputs.slice(784 * row, 784 * (row + 1));
      const probabilities = predict(Float64Array.from(pixels, (pixel) => pixel / 255));
      return probabilities.indexOf(Math.max(...probabilities)) === dataset.targets[row];
    });
    const { metrics } = (await readStore(directory)).records.get(trial.id)!;
    expect(metrics.test_accuracy).toBeGreaterThan(0.3);
    expect(correct.length / rows.length).toBe(metrics.test_accuracy);
  });

  test('are kept of classifiers alone, and of none that diverged', async () => {
    const { id } = await compute('ffnn', { samples: [40], epochs: [1] });
    const diverged = await compute('mnist', { ...small, learningRate: [1e30] });
    const { records } = await readStore(directory);
    expect([records.get(id)?.status, records.get(diverged.id)?.status]).toEqual(['done', 'diverged']);
    expect(await readdir(directory)).not.toContain('weights');
    expect(await readWeights(directory, diverged)).toBeNull();
  });

  test('are not there when the file is damaged, short or of other layers', async () => {
    const trial = await compute('logistic', small);
    const file = join(directory, 'weights', `${hashOfId(trial.id)}.bin`);
    expect(await readdir(join(directory, 'weights'))).toEqual([`${hashOfId(trial.id)}.bin`]);
    const bytes = await readFile(file);
    bytes[1000] ^= 1;
    await writeFile(file, bytes);
    expect(await readWeights(directory, trial)).toBeNull();
    await writeFile(file, bytes.subarray(0, 20));
    expect(await readWeights(directory, trial)).toBeNull();
    await writeWeights(directory, trial, [{ kernel: new Float64Array(7), bias: new Float64Array(10) }]);
    expect(await readWeights(directory, trial)).toBeNull();
  });

  test('cannot be written where no store can be', async () => {
    const trial = await compute('logistic', small);
    await expect(
      writeWeights(join(directory, 'weights', `${hashOfId(trial.id)}.bin`), trial, []),
    ).rejects.toThrow('the trial store');
  });
});
