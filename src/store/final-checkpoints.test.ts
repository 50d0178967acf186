import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { SettingLists } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import { batchingNames } from '../nn/batches.ts';
import type { LendCore } from '../nn/evaluator.ts';
import { optimizerNames } from '../nn/optimizers.ts';
import { scheduleNames } from '../nn/schedules.ts';
import { runTrial } from '../trial/run-trial.ts';
import type { Trial, TrialRecord } from '../trial/trial.ts';
import { type CheckpointOptions, openCheckpoints, Stopped } from './checkpoints.ts';
import { collectGarbage } from './collect-garbage.ts';
import { findFinals, joinFinals, removeFinals } from './final-care.ts';
import { epochsIn, findContinuable, visitFinals } from './final-checkpoints.ts';
import { createFinalReader, type ListedFinal, openFinalWriter } from './final-packs.ts';
import { reportOn } from './report.ts';
import { openJournal } from './store.ts';
import { surveyStore } from './survey.ts';

let store: string;
beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'fys-nn-finals-'));
});
afterEach(() => rm(store, { recursive: true, force: true }));

const sources = { dataDir: null };
const small = { samples: [150], hidden: ['5'], bootstrap: [3] };

async function trialOf(epochs: number, given: SettingLists = small, name = 'ffnn'): Promise<Trial> {
  const experiment = experiments.find((one) => one.name === name)!;
  const all = { ...given, epochs: [epochs] };
  const plan = await planExperiment(experiment, { variant: 'code', quick: false, given: all }, sources);
  return plan.cells[0].trial;
}

const numbers = ({ seconds: _, at: __, ...rest }: TrialRecord) => rest;

interface Ran {
  readonly record: TrialRecord;
  /** The epochs that were trained, from 1. */
  readonly trained: readonly number[];
}

/** Runs a trial with the checkpoints of the store. All trainings leave theirs, however short. */
async function run(
  trial: Trial,
  options: Partial<CheckpointOptions> = {},
  lendCore: LendCore = () => null,
): Promise<Ran> {
  const trained: number[] = [];
  const finals = openFinalWriter(store);
  const checkpoints = await openCheckpoints(store, trial, {
    continuable: (await findContinuable(store, [trial])).get(trial.id) ?? [],
    finals,
    stopRequested: () => false,
    every: 0,
    ...options,
  });
  const onEpoch = (epoch: number) => trained.push(epoch);
  const record = await runTrial(trial, sources, { checkpoints, onEpoch, lendCore });
  await checkpoints.settle();
  await finals.close();
  return { record, trained };
}

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** The epochs of all final checkpoints, in the order of their packs. */
async function epochsThere(): Promise<number[]> {
  const epochs: number[] = [];
  await visitFinals(store, (final) => epochs.push(final.epochs));
  return epochs.sort((a, b) => a - b);
}

describe('a training with more epochs continues a finished one, to the bits of one from the beginning', () => {
  const always: LendCore = () => () => {};
  test.each<[string, SettingLists, string?, LendCore?]>([
    ['sgd', {}],
    ['sgd with momentum in float32', { dtype: ['float32'], momentum: [0.9] }],
    ['adam, a schedule', { optimizer: ['adam'], schedule: ['eta0/(1+0.1*epoch)'] }],
    [
      'adam in float32, a last epoch that is out of step',
      { optimizer: ['adam'], dtype: ['float32'], evaluateEvery: [3] },
    ],
    ['out of step, evaluated elsewhere', { evaluateEvery: [3] }, 'ffnn', always],
    ['evaluated elsewhere', { optimizer: ['rmsprop'] }, 'ffnn', always],
    ['evaluated at the end alone', { evaluateEvery: [50] }],
    [
      'validation rows, early stopping out of step',
      { validationSize: [0.2], earlyStopping: [20], evaluateEvery: [3] },
    ],
    ['permutations, batches of one', { batches: ['permutation'], batchSize: [1], samples: [40] }],
    ['dropout', { dropout: ['0.3'], optimizer: ['adam'] }],
    ['refits', { bootstrapMethod: ['refit'] }],
    ['sparse MNIST', { samples: [120], testSize: [20], hidden: ['4'], bootstrap: [] }, 'mnist'],
    ['a diverged end', { learningRate: [5], evaluateEvery: [30] }],
  ])('%s', async (_name, given, experiment = 'ffnn', lendCore = () => null) => {
    const { bootstrap: _, ...images } = small;
    const settings = { ...(experiment === 'mnist' ? images : small), ...given };
    if (experiment === 'mnist') Reflect.deleteProperty(settings, 'bootstrap');
    const of = (epochs: number) => trialOf(epochs, settings, experiment);
    const expected = async (epochs: number) => numbers(await runTrial(await of(epochs), sources));
    expect((await run(await of(4), {}, lendCore)).trained).toEqual(range(1, 4));
    const longer = await run(await of(10), {}, lendCore);
    expect(numbers(longer.record)).toEqual(await expected(10));
    const { divergedAt } = longer.record;
    if (divergedAt === null) {
      expect(longer.trained).toEqual(range(5, 10));
      // The longest of the shorter ones; a shorter one begins again, and so does one that has its epochs.
      const between = await run(await of(8), {}, lendCore);
      expect(between.trained).toEqual(range(5, 8));
      expect(numbers(between.record)).toEqual(await expected(8));
      expect((await run(await of(3), {}, lendCore)).trained).toEqual(range(1, 3));
      expect((await run(await of(4), {}, lendCore)).trained).toEqual(range(4, 4));
    }
  });
});

describe('trainings that are continued twice, as halving does, end in the bits of the long run', () => {
  const every: [string, SettingLists][] = [
    ...optimizerNames.map((name): [string, SettingLists] => [name, { optimizer: [name] }]),
    ...batchingNames.map((name): [string, SettingLists] => [`batches ${name}`, { batches: [name] }]),
    ...scheduleNames.map((name): [string, SettingLists] => [`schedule ${name}`, { schedule: [name] }]),
    ['float32', { dtype: ['float32'], optimizer: ['adam'], dropout: ['0.2'] }],
    ['early stopping', { validationSize: [0.2], earlyStopping: [2], learningRate: [0.3] }],
    ['folds, which begin again', { folds: [3] }],
    ['streams of cells, which begin again', { streams: ['cell'] }],
  ];
  test.each(every)('%s', async (_name, given) => {
    const settings = { ...small, ...given };
    for (const epochs of [1, 3, 9]) {
      const trial = await trialOf(epochs, settings);
      expect(numbers((await run(trial)).record)).toEqual(numbers(await runTrial(trial, sources)));
    }
  });
});

test('none is left by short trainings, streams of cells, folds and what has diverged', async () => {
  await run(await trialOf(4), { every: 60_000 });
  await run(await trialOf(4, { ...small, streams: ['cell'] }));
  await run(await trialOf(4, { ...small, folds: [2] }));
  await run(await trialOf(4, { ...small, learningRate: [100] }));
  expect(await readdir(store)).toEqual(['checkpoints']);
  // One that continues another leaves its own, however short it is.
  await run(await trialOf(4));
  await run(await trialOf(5), { every: 60_000 });
  expect(await epochsThere()).toEqual([4, 5]);
});

test('without places, as with force, none is used', async () => {
  await run(await trialOf(4));
  expect((await run(await trialOf(6), { continuable: [] })).trained).toEqual(range(1, 6));
});

test('what differs in anything but its epochs does not continue it', async () => {
  await run(await trialOf(4));
  const others: SettingLists[] = [
    { seed: [1] },
    { initSeed: [1] },
    { learningRate: [0.02] },
    { evaluateEvery: [2] },
  ];
  for (const other of others) {
    const { trained } = await run(await trialOf(6, { ...small, ...other }));
    expect(trained).toEqual(range(1, 6));
  }
});

test('a continued training that is stopped resumes from its own checkpoint', async () => {
  await run(await trialOf(4));
  const trial = await trialOf(9);
  const expected = numbers(await runTrial(trial, sources));
  let stop = false;
  const stopping = run(trial, { stopRequested: () => stop }, () => {
    stop = true;
    return null;
  });
  await expect(stopping).rejects.toThrow(Stopped);
  const { record, trained } = await run(trial);
  expect(trained).toEqual(range(7, 9));
  expect(numbers(record)).toEqual(expected);
});

/** Puts each final checkpoint into a file of its own, as versions did before there were packs. */
async function unpack(): Promise<void> {
  const all: ListedFinal[] = [];
  await visitFinals(store, (final) => all.push(final));
  for (const { family, epochs, file, at, bytes } of all) {
    const states = await readFile(join(store, 'finals', file));
    await mkdir(join(store, 'finals', family), { recursive: true });
    await writeFile(join(store, 'finals', family, `${epochs}.state`), states.subarray(at, at + bytes!));
  }
  for (const name of await readdir(join(store, 'finals')))
    if (name.startsWith('pack-')) await rm(join(store, 'finals', name));
}

/** The name of the pack or the file that has the final checkpoint after so many epochs. */
async function fileOf(epochs: number): Promise<string> {
  let found = '';
  await visitFinals(store, (final) => {
    if (final.epochs === epochs) found = final.file;
  });
  return join(store, 'finals', found);
}

async function changeLastByte(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[bytes.length - 3] ^= 1;
  await writeFile(file, bytes);
}

describe.each([
  ['in packs', async () => {}],
  ['in files of their own, of earlier versions', unpack],
])('%s', (_name, prepare) => {
  test('a damaged one is not used, is reported, and the one before it is', async () => {
    for (const epochs of [2, 4]) await run(await trialOf(epochs));
    const journal = await openJournal(store);
    await journal.append((await run(await trialOf(1))).record);
    await journal.close();
    await prepare();
    const file = await fileOf(4);
    await changeLastByte(file);
    const passedOver: string[] = [];
    const onDamaged = (path: string) => passedOver.push(path);
    expect((await run(await trialOf(6), { onDamaged })).trained).toEqual(range(3, 6));
    expect(passedOver).toEqual([expect.stringContaining(file)]);
    const others = join(store, 'finals', 'a'.repeat(64), '7.state');
    await mkdir(join(others, '..'));
    await writeFile(others, 'notes of somebody');
    await mkdir(join(store, 'finals', 'notes'));
    const found = await findFinals(store);
    expect(found).toMatchObject({
      whole: 3,
      damaged: [expect.stringContaining(file.slice(store.length + 1))],
    });
    const report = await reportOn(store, await surveyStore(store));
    expect(report).toMatchObject({ sound: true, finalCheckpoints: 3, damagedFinals: found.damaged });
    expect(report.finalBytes).toBe(found.bytes);
    expect(found.bytes).toBeGreaterThan(1000);

    // Only what is damaged goes with `keepFinals`, and the others are one pack then; then all, but what others have put there.
    expect(await collectGarbage(store, { keepFinals: true })).toMatchObject({ leftovers: 1, finals: 0 });
    expect(await collectGarbage(store, { dryRun: true })).toMatchObject({ finals: 3 });
    const packed = await findFinals(store);
    expect(packed).toMatchObject({ whole: 3, bytes: found.bytes, damaged: [], parts: [] });
    expect(packed.files.map((path) => path.replace(/-.*\./, '.'))).toEqual([
      'finals/pack.jsonl',
      'finals/pack.states',
    ]);
    expect((await run(await trialOf(5))).trained).toEqual(range(3, 5));
    await collectGarbage(store, { keepFinals: true });
    expect(await epochsThere()).toEqual([1, 2, 5, 6, 7]);
    const { files } = await findFinals(store);
    await collectGarbage(store, { keepFinals: true });
    expect((await findFinals(store)).files).toEqual(files);

    expect(await collectGarbage(store)).toMatchObject({ finals: 4 });
    expect(await findFinals(store)).toMatchObject({ whole: 0, files: [] });
    expect(await readdir(join(store, 'finals'))).toEqual(['a'.repeat(64), 'notes']);
    expect(await readFile(others, 'utf8')).toBe('notes of somebody');
  });

  test('which trials continue is known before they run', async () => {
    const settings = [small, small, small, { ...small, seed: [1] }];
    const trials = await Promise.all([3, 4, 6, 6].map((epochs, index) => trialOf(epochs, settings[index])));
    const continued = async () => epochsIn(await findContinuable(store, trials), trials);
    expect(await continued()).toEqual(new Map());
    await run(trials[1]);
    await prepare();
    expect(await continued()).toEqual(new Map([[trials[2].id, 4]]));
    await run(trials[0]);
    expect(await continued()).toEqual(
      new Map([
        [trials[1].id, 3],
        [trials[2].id, 4],
      ]),
    );
  });
});

test('the longest whole one is found behind any number of damaged ones', async () => {
  for (const epochs of [1, 2, 3, 4, 5, 6]) await run(await trialOf(epochs));
  for (const epochs of [3, 4, 5, 6]) await changeLastByte(await fileOf(epochs));
  const passedOver: string[] = [];
  const options = { onDamaged: (path: string) => passedOver.push(path) };
  expect((await run(await trialOf(7), options)).trained).toEqual(range(3, 7));
  expect(passedOver).toHaveLength(4);
});

test('one that is there and whole is not kept again', async () => {
  const trial = await trialOf(4);
  await run(trial);
  const forced = async () =>
    await run(trial, { continuable: (await findContinuable(store, [trial], true)).get(trial.id) ?? [] });
  expect((await forced()).trained).toEqual(range(1, 4));
  expect(await epochsThere()).toEqual([4]);
  await changeLastByte(await fileOf(4));
  await forced();
  await forced();
  expect(await epochsThere()).toEqual([4, 4]);
  expect(await findFinals(store)).toMatchObject({ whole: 1, copies: 0, damaged: [expect.anything()] });
});

test('one that is there twice counts once, and is there once when they are joined', async () => {
  for (let time = 0; time < 2; time++) await run(await trialOf(4), { continuable: [] });
  const twice = await findFinals(store);
  expect(twice).toMatchObject({ whole: 1, copies: 1 });
  await joinFinals(store, twice);
  const once = await findFinals(store);
  expect(once).toMatchObject({ whole: 1, copies: 0, bytes: twice.bytes });
  expect(once.files).toHaveLength(2);
});

test('a single file of an earlier version is joined into a pack', async () => {
  await run(await trialOf(4));
  await unpack();
  await joinFinals(store, await findFinals(store));
  const { whole, files } = await findFinals(store);
  expect([whole, ...files]).toEqual([
    1,
    expect.stringContaining('.jsonl'),
    expect.stringContaining('.states'),
  ]);
});

describe('a pack whose index has a damaged first line', () => {
  beforeEach(async () => {
    const writer = openFinalWriter(store);
    for (const epochs of [2, 3]) await run(await trialOf(epochs), { finals: writer });
    await writer.close();
    const index = (await fileOf(3)).replace('.states', '.jsonl');
    const lines = await readFile(index, 'utf8');
    await writeFile(index, `X${lines.slice(1)}`);
  });

  test('is used, named and joined as any other', async () => {
    expect((await run(await trialOf(5))).trained).toEqual(range(4, 5));
    expect((await findFinals(store)).damaged).toEqual([
      expect.stringMatching(/^line 1 of finals.pack-.*jsonl$/),
    ]);
    await joinFinals(store, await findFinals(store));
    expect(await findFinals(store)).toMatchObject({ whole: 2, damaged: [] });
    expect(await readdir(join(store, 'finals'))).toHaveLength(2);
  });

  test('is removed, also if no line of it is whole', async () => {
    const index = (await fileOf(3)).replace('.states', '.jsonl');
    await writeFile(index, 'garbage\n');
    const found = await findFinals(store);
    expect(found).toMatchObject({ whole: 0, damaged: [expect.stringContaining('line 1 of')] });
    const others = join(store, 'finals', 'pack-00000000-0000-0000-0000-000000000000.jsonl');
    await writeFile(others, 'notes of somebody\n');
    await removeFinals(store, await findFinals(store));
    expect(await readdir(join(store, 'finals'))).toEqual(['pack-00000000-0000-0000-0000-000000000000.jsonl']);
  });
});

test('what a kill leaves in the middle of a state is not used, and the next pack is whole', async () => {
  await run(await trialOf(3));
  const index = (await fileOf(3)).replace('.states', '.jsonl');
  const whole = await readFile(index);
  // The state is there, and a part of its line.
  await writeFile(index, whole.subarray(0, whole.length - 10));
  expect((await run(await trialOf(4))).trained).toEqual(range(1, 4));
  // A line whose state did not get to the disk before a power failure.
  await writeFile(index, whole);
  await writeFile(await fileOf(3), (await readFile(await fileOf(3))).subarray(0, 100));
  const passedOver: string[] = [];
  const options = { onDamaged: (path: string) => passedOver.push(path) };
  expect((await run(await trialOf(5), options)).trained).toEqual(range(5, 5));
  expect((await findFinals(store)).damaged).toHaveLength(1);
});

test('states that are written to a pack that was removed are lost, and no others', async () => {
  const finals = openFinalWriter(store);
  const one = Buffer.from('one');
  await finals.append('a'.repeat(64), 1, one);
  await rm(join(store, 'finals'), { recursive: true });
  // The pack was removed while it was written, as `store gc` may do: what is written is lost, and nothing else.
  await finals.append('a'.repeat(64), 2, one);
  await finals.close();
  await finals.append('a'.repeat(64), 3, one);
  await finals.close();
  expect(await epochsThere()).toEqual([3]);
});

test('a process appends all of its states to one pack', async () => {
  const writers = [openFinalWriter(store), openFinalWriter(store)];
  const families = Array.from({ length: 100 }, (_, index) =>
    createHash('sha256').update(`${index}`).digest('hex'),
  );
  for (const [index, family] of families.entries()) {
    await writers[index % 2].append(family, index, Buffer.from(`state ${index}`));
  }
  for (const writer of writers) await writer.close();
  expect(await readdir(join(store, 'finals'))).toHaveLength(4);
  const reader = createFinalReader(store);
  const read: [string, string | undefined][] = [];
  const all: ListedFinal[] = [];
  await visitFinals(store, (final) => all.push(final));
  for (const final of all) read.push([final.family, (await reader.read(final))?.toString()]);
  await reader.close();
  expect(new Map(read)).toEqual(new Map(families.map((family, index) => [family, `state ${index}`])));
});

test('none is written before the record, nor where little of the disk would be left', async () => {
  const trial = await trialOf(3);
  const finals = openFinalWriter(store);
  const options = { finals, stopRequested: () => false, every: 0 };
  const checkpoints = await openCheckpoints(store, trial, options);
  await runTrial(trial, sources, { checkpoints });
  expect(await epochsThere()).toEqual([]);
  expect(checkpoints.isSettled()).toBe(false);
  await checkpoints.settle();
  await finals.close();
  expect(checkpoints.isSettled()).toBe(true);
  expect(await epochsThere()).toEqual([3]);

  const careful = openFinalWriter(store, 2 ** 70);
  const failures: unknown[] = [];
  await run(await trialOf(4), { finals: careful, onFailure: (error) => failures.push(error) });
  expect(failures.map(String)).toEqual([expect.stringContaining('MiB of the disk would stay free')]);
  expect(await epochsThere()).toEqual([3]);
});

test('where none can be written the trial ends as ever', async () => {
  await writeFile(join(store, 'finals'), 'a file is in the way');
  const failures: unknown[] = [];
  const trial = await trialOf(3);
  const { record } = await run(trial, { onFailure: (error) => failures.push(error) });
  expect(failures).toHaveLength(1);
  expect(numbers(record)).toEqual(numbers(await runTrial(trial, sources)));
});
