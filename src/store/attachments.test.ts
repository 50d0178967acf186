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
import { weightsToBytes } from '../nn/weights-bytes.ts';
import { classesOf, predictionsOf } from '../stats/classified.ts';
import { attachmentKinds } from '../trial/attachments.ts';
import { hashOfId } from '../trial/id.ts';
import { prepare } from '../trial/prepare.ts';
import type { SgdConfig } from '../trial/solvers/sgd.ts';
import type { Trial } from '../trial/trial.ts';
import { writeAttachment } from './attachments.ts';
import { openLease } from './leases.ts';
import { readOutputs } from './outputs.ts';
import { openStore, readStore } from './store.ts';
import { readWeights } from './weights.ts';

const sources = { dataDir: null };
const nothing = () => {};
const events = {
  started: nothing,
  epoch: nothing,
  ended: nothing,
  ran: nothing,
  found: nothing,
  note: nothing,
};
const small: SettingLists = { samples: [700], testSize: [150], epochs: [3], learningRate: [0.1] };
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-attachments-'));
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
    for (const kind of attachmentKinds) expect(await readdir(directory)).not.toContain(kind);
    expect(await readWeights(directory, diverged)).toBeNull();
    expect(await readOutputs(directory, diverged)).toBeNull();
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
    const weights = [{ kernel: new Float64Array(7), bias: new Float64Array(10) }];
    await writeAttachment(directory, trial, 'weights', weightsToBytes(weights, 'float32'));
    expect(await readWeights(directory, trial)).toBeNull();
  });

  test('cannot be written where no store can be', async () => {
    const trial = await compute('logistic', small);
    const bytes = Buffer.from('numbers');
    await expect(
      writeAttachment(join(directory, 'weights', `${hashOfId(trial.id)}.bin`), trial, 'weights', bytes),
    ).rejects.toThrow('the trial store');
  });
});

describe('the test outputs of a trial', () => {
  test.each<[string, SettingLists]>([
    ['mnist', small],
    ['mnist', { ...small, dtype: ['float64'] }],
    ['logistic', small],
    ['logistic', { samples: [400], testSize: [1], solver: ['lbfgs'], maxIterations: [3] }],
  ])('of %s have the accuracy of the record', async (name, given) => {
    const trial = await compute(name, given);
    const outputs = await readOutputs(directory, trial);
    const predicted = predictionsOf(outputs!);
    const { metrics } = (await readStore(directory)).records.get(trial.id)!;
    const correct = outputs!.labels.filter((label, n) => label === predicted[n]);
    expect(classesOf(outputs!)).toBe(10);
    expect(outputs!.labels.length).toBe(given.testSize![0]);
    expect(correct.length / predicted.length).toBe(metrics.test_accuracy);
  });

  test('are not there when the file is damaged', async () => {
    const trial = await compute('logistic', small);
    const file = join(directory, 'outputs', `${hashOfId(trial.id)}.bin`);
    const bytes = await readFile(file);
    await writeFile(file, bytes.with(1000, bytes[1000] ^ 1));
    expect(await readOutputs(directory, trial)).toBeNull();
    await writeAttachment(directory, trial, 'outputs', Buffer.from('numbers'));
    expect(await readOutputs(directory, trial)).toBeNull();
  });
});
