import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { SettingLists } from './options.ts';
import { planExperiment } from './plan.ts';
import { settingNotes } from './setting-notes.ts';

async function planned(given: SettingLists, name = 'ffnn') {
  const experiment = experiments.find((one) => one.name === name)!;
  const plan = await planExperiment(experiment, { variant: 'code', quick: false, given }, { dataDir: null });
  return { plan, ids: plan.cells.map(({ trial }) => trial.id), notes: settingNotes(plan, given) };
}

const rows = { samples: [600], testSize: [100] };

test.each([
  [1, 'all'],
  [10, 50],
  [7, 71],
  [500, 1],
])('%d mini-batches of 500 rows are the trial with batches of %s', async (count, size) => {
  const { plan, ids, notes } = await planned({ ...rows, batchesPerEpoch: [count] });
  expect(ids).toEqual((await planned({ ...rows, batchSize: [size] })).ids);
  // The table says what was asked for.
  expect(plan.cells[0].settings).toMatchObject({ batchesPerEpoch: count, batchSize: null });
  expect(notes).toEqual([]);
});

test('a list spans a grid, and none is the size', async () => {
  const { ids } = await planned({ ...rows, batchesPerEpoch: ['none', 10, 20] });
  const sizes = await Promise.all([10, 50, 25].map((size) => planned({ ...rows, batchSize: [size] })));
  expect(ids).toEqual(sizes.flatMap((one) => one.ids));
});

test('a number that rounding changes is said', async () => {
  const { plan, notes } = await planned({ ...rows, batchesPerEpoch: [300, 400] });
  expect(plan.cells).toHaveLength(1);
  expect(notes).toEqual(['{batchesPerEpoch} 300 with 500 training rows gives 500 mini-batches of 1 row']);
});

test.each<[SettingLists, string]>([
  [{ batchesPerEpoch: [501] }, 'more mini-batches than there are training rows'],
  [{ batchesPerEpoch: [401], validationSize: [100] }, 'more mini-batches than there are training rows'],
  [{ batchesPerEpoch: [10], batchSize: [50] }, 'cannot be given together'],
])('%j is refused', async (given, message) => {
  await expect(planned({ ...rows, ...given })).rejects.toThrow(message);
});

test('a grid over sizes is one over the rest', async () => {
  const { plan } = await planned({ ...rows, batchesPerEpoch: [10], solver: ['sgd'] }, 'grid-search ols');
  const { learningRate, schedule } = plan.lists;
  expect(plan.cells).toHaveLength(learningRate!.length * schedule!.length);
});

test('full batches have no number', async () => {
  const { notes } = await planned({ ...rows, batchesPerEpoch: [10], batches: ['full'] });
  expect(notes).toEqual(['{batchesPerEpoch} has no effect with these settings']);
});
