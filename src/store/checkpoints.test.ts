import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { SettingLists } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import type { LendCore } from '../nn/evaluator.ts';
import { hashOfId } from '../trial/id.ts';
import { runTrial } from '../trial/run-trial.ts';
import type { Trial, TrialRecord } from '../trial/trial.ts';
import { openCheckpoints, pauseAfter, Stopped, savedEpochs } from './checkpoints.ts';

let store: string;
beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'fys-nn-checkpoint-'));
});
afterEach(() => rm(store, { recursive: true, force: true }));

const epochs = 6;
const sources = { dataDir: null };

async function trialOf(given: SettingLists): Promise<Trial> {
  const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
  const choices = {
    variant: 'code',
    quick: false,
    given: { epochs: [epochs], samples: [150], ...given },
  } as const;
  return (await planExperiment(ffnn, choices, sources)).cells[0].trial;
}

const numbers = ({ seconds: _, at: __, ...rest }: TrialRecord) => rest;
const files = () => readdir(join(store, 'checkpoints'));

/** Trains, and asks for a stop after N epochs; true where that ended the training. */
async function trainUntil(trial: Trial, epoch: number, lendCore: LendCore = () => null): Promise<boolean> {
  let done = 0;
  const checkpoints = await openCheckpoints(store, trial, {
    stopRequested: () => done >= epoch,
    every: 0,
  });
  const onEpoch = (now: number) => {
    done = now;
  };
  return runTrial(trial, sources, { onEpoch, lendCore, checkpoints }).then(
    () => false,
    (error) => {
      if (error instanceof Stopped) return true;
      throw error;
    },
  );
}

/** Goes on from what there is, to the end. */
async function goOn(trial: Trial): Promise<{ record: TrialRecord; from: number }> {
  const checkpoints = await openCheckpoints(store, trial, { stopRequested: () => false });
  const record = await runTrial(trial, sources, { checkpoints });
  await checkpoints.settle();
  return { record, from: checkpoints.resume?.epoch ?? 0 };
}

describe('a training that resumes from a checkpoint ends with the bits of one that was never stopped', () => {
  test.each<[string, SettingLists]>([
    ['plain', {}],
    ['momentum and penalty', { momentum: [0.7], lambda: [0.01] }],
    ['float32 with momentum', { momentum: [0.7], dtype: ['float32'] }],
    ['a permutation an epoch, a schedule', { batches: ['permutation'], schedule: ['decay'] }],
    ['streams of its own', { streams: ['cell'] }],
    ['dropout', { hidden: ['7-5'], dropout: ['0.3-0.5'] }],
    ['two hidden layers, no bias', { hidden: ['7-5'], biasInit: ['none'] }],
  ])('%s', async (_name, given) => {
    const trial = await trialOf(given);
    const expected = numbers(await runTrial(trial, sources));
    for (const epoch of [1, 3, epochs - 1]) {
      expect(await trainUntil(trial, epoch)).toBe(true);
      const { record, from } = await goOn(trial);
      expect(from).toBe(epoch);
      expect(numbers(record)).toEqual(expected);
      expect(await files()).toEqual([]);
    }
  });

  test.each<[string, SettingLists, number[]]>([
    ['validation rows', { validationSize: [0.2] }, [2]],
    // It is interrupted before and after its best epoch.
    [
      'early stopping',
      { epochs: [200], learningRate: [0.1], earlyStopping: [4], validationSize: [0.2] },
      [3, 8],
    ],
    ['folds', { folds: [3] }, [7, 20]],
    [
      'folds that stop early',
      { epochs: [200], learningRate: [0.1], folds: [3], earlyStopping: [3] },
      [204, 602],
    ],
  ])('%s, evaluated here and in another thread', async (_name, given, stops) => {
    const trial = await trialOf(given);
    const expected = numbers(await runTrial(trial, sources));
    for (const lend of [() => null, () => () => {}]) {
      expect(numbers(await runTrial(trial, sources, { lendCore: lend }))).toEqual(expected);
      for (const stop of stops) {
        expect(await trainUntil(trial, stop, lend)).toBe(true);
        expect(numbers((await goOn(trial)).record)).toEqual(expected);
        expect(await files()).toEqual([]);
      }
    }
  });

  test('while epochs are evaluated in another thread', async () => {
    const trial = await trialOf({ momentum: [0.5] });
    const expected = numbers(await runTrial(trial, sources));
    const lend = () => () => {};
    expect(await trainUntil(trial, 3, lend)).toBe(true);
    const { record, from } = await goOn(trial);
    expect(from).toBeGreaterThanOrEqual(3);
    expect(from).toBeLessThan(epochs);
    expect(numbers(record)).toEqual(expected);
  });

  test('sparse MNIST in float32, stopped twice', async () => {
    const mnist = experiments.find(({ name }) => name === 'mnist')!;
    const given = { epochs: [3], samples: [300], testSize: [100], momentum: [0.5] };
    const [{ trial }] = (await planExperiment(mnist, { variant: 'code', quick: false, given }, sources))
      .cells;
    const expected = numbers(await runTrial(trial, sources));
    expect(await trainUntil(trial, 1)).toBe(true);
    expect(await trainUntil(trial, 2)).toBe(true);
    expect(numbers((await goOn(trial)).record)).toEqual(expected);
  });
});

describe('checkpoints', () => {
  test('two are kept; the older is used when the newer is damaged, and none when both are', async () => {
    const trial = await trialOf({});
    const expected = numbers(await runTrial(trial, sources));
    await trainUntil(trial, 4);
    expect((await files()).sort()).toEqual([
      `${hashOfId(trial.id)}-3.state`,
      `${hashOfId(trial.id)}-4.state`,
    ]);
    for (const [epoch, from] of [
      [4, 3],
      [3, 0],
    ]) {
      const file = join(store, 'checkpoints', `${hashOfId(trial.id)}-${epoch}.state`);
      const bytes = await readFile(file);
      await writeFile(file, bytes.subarray(0, bytes.length - 8));
      const opened = await openCheckpoints(store, trial, { stopRequested: () => false });
      expect(opened.resume?.epoch ?? 0).toBe(from);
    }
    expect(numbers((await goOn(trial)).record)).toEqual(expected);
  });

  test('every changed byte is noticed', async () => {
    const trial = await trialOf({ hidden: ['2'] });
    await trainUntil(trial, 1);
    const file = join(store, 'checkpoints', `${hashOfId(trial.id)}-1.state`);
    const bytes = await readFile(file);
    for (let at = 0; at < bytes.length; at += 7) {
      bytes[at] ^= 4;
      await writeFile(file, bytes);
      expect((await openCheckpoints(store, trial, { stopRequested: () => false })).resume).toBeNull();
      bytes[at] ^= 4;
    }
  });

  test('those of another trial are not taken', async () => {
    const [one, other] = [await trialOf({ seed: [1] }), await trialOf({ seed: [2] })];
    await trainUntil(one, 2);
    const [name] = await files();
    const bytes = await readFile(join(store, 'checkpoints', name));
    await writeFile(join(store, 'checkpoints', `${hashOfId(other.id)}-2.state`), bytes);
    expect((await openCheckpoints(store, other, { stopRequested: () => false })).resume).toBeNull();
  });

  test('a half-written one of a killed process is removed', async () => {
    const trial = await trialOf({});
    await trainUntil(trial, 2);
    await writeFile(join(store, 'checkpoints', `${hashOfId(trial.id)}-3.state.${randomUUID()}.tmp`), 'half');
    expect((await goOn(trial)).from).toBe(2);
    expect(await files()).toEqual([]);
  });

  test.each<[string, (header: Record<string, unknown>) => unknown]>([
    ['null', () => null],
    ['more weights than there are', (header) => ({ ...header, layers: [[2 ** 33, 1]] })],
    ['layers that are none', (header) => ({ ...header, layers: 'abc' })],
    ['fewer layers', (header) => ({ ...header, layers: [] })],
    ['another epoch', (header) => ({ ...header, epoch: 4 })],
  ])('a header that is whole and says nonsense is not used: %s', async (_name, change) => {
    const trial = await trialOf({});
    await trainUntil(trial, 2);
    for (const name of await files()) {
      const path = join(store, 'checkpoints', name);
      const bytes = await readFile(path);
      const end = 36 + bytes.readUInt32LE(32);
      const header = Buffer.from(JSON.stringify(change(JSON.parse(bytes.toString('utf8', 36, end)))));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(header.length);
      const body = Buffer.concat([length, header, bytes.subarray(end)]);
      await writeFile(path, Buffer.concat([createHash('sha256').update(body).digest(), body]));
    }
    expect((await goOn(trial)).from).toBe(0);
  });

  test('what cannot be removed fails no trial', async () => {
    const trial = await trialOf({});
    await trainUntil(trial, 2);
    // A file cannot be removed for many reasons; that a folder has its name is one.
    const stuck = [`${hashOfId(trial.id)}-9.state`, `${hashOfId(trial.id)}-3.state.${randomUUID()}.tmp`];
    for (const name of stuck) await mkdir(join(store, 'checkpoints', name));
    expect((await goOn(trial)).from).toBe(2);
    expect(await files()).toEqual(stuck.sort());
  });

  test('where none can be written the training continues', async () => {
    const trial = await trialOf({});
    await writeFile(join(store, 'checkpoints'), 'a file is in the way');
    const failures: unknown[] = [];
    const checkpoints = await openCheckpoints(store, trial, {
      stopRequested: () => false,
      every: 0,
      onFailure: (error) => failures.push(error),
    });
    const record = await runTrial(trial, sources, { checkpoints });
    expect(numbers(record)).toEqual(numbers(await runTrial(trial, sources)));
    expect(failures).toHaveLength(epochs - 1);
  });
});

test('where saving takes long, it is done less often', () => {
  expect([1, 20, 100, 10_000].map((taken) => pauseAfter(taken, 1000))).toEqual([1000, 1000, 5000, 60_000]);
  expect(pauseAfter(100, 0)).toBe(0);
});

test('a folder of checkpoints that has been removed is made again', async () => {
  const trial = await trialOf({});
  let done = 0;
  const onFailure = (error: unknown) => {
    throw error;
  };
  const checkpoints = await openCheckpoints(store, trial, {
    stopRequested: () => done === 4,
    every: 0,
    onFailure,
  });
  const onEpoch = (epoch: number) => {
    done = epoch;
    if (epoch === 3) rmSync(join(store, 'checkpoints'), { recursive: true });
  };
  await expect(runTrial(trial, sources, { onEpoch, checkpoints })).rejects.toThrow(Stopped);
  expect((await goOn(trial)).from).toBe(4);
});

test('the saved epochs are those of all trials, or of the trials that are wanted', async () => {
  const [one, other] = [await trialOf({}), await trialOf({ seed: [5] })];
  await trainUntil(one, 2);
  await trainUntil(other, 3);
  expect(await savedEpochs(store)).toEqual(
    new Map([
      [one.id, 2],
      [other.id, 3],
    ]),
  );
  expect(await savedEpochs(store, new Set([other.id]))).toEqual(new Map([[other.id, 3]]));
});
