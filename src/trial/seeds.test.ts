import { describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { Cell } from '../experiment/cells.ts';
import type { OptionName, SettingLists } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import { drawsText, ownSeedOptions, withoutSeeds } from '../experiment/seeds.ts';
import { seededPurposes } from './config.ts';
import { runTrial } from './run-trial.ts';
import { drawSeeds } from './streams.ts';
import { createTrial, type TrialConfig } from './trial.ts';

const sources = { dataDir: null };
const small = { samples: [40], epochs: [2], hidden: ['3'], bootstrap: [3] };

async function cellsOf(name: string, given: SettingLists): Promise<readonly Cell[]> {
  const experiment = experiments.find((one) => one.name === name)!;
  return (await planExperiment(experiment, { variant: 'code', quick: false, given }, sources)).cells;
}

const idsOf = (cells: readonly Cell[]) => cells.map(({ trial }) => trial.id);

/** What a trial's numbers depend on in addition to each purpose: its record without config and times. */
async function numbersOf(given: SettingLists) {
  const [{ trial }] = await cellsOf('ffnn', { ...small, ...given });
  const { metrics, curves, bootstrap } = await runTrial(trial, sources);
  return { metrics, curves, bootstrap };
}

describe.each(ownSeedOptions)('%s', (option) => {
  test('equal to the seed is the trial of before, in every experiment that has it', async () => {
    for (const { name, settings } of experiments) {
      if (!(option in settings)) continue;
      const before = await cellsOf(name, { seed: [7] });
      expect(idsOf(await cellsOf(name, { seed: [7], [option]: ['seed', 7] }))).toEqual(idsOf(before));
      for (const { trial } of before) expect(trial.config).not.toHaveProperty('seeds');
    }
    const [{ trial }] = await cellsOf('ffnn', { seed: [7] });
    const seeds = { [seededPurposes[option]]: 7 };
    expect(createTrial({ ...trial.config, seeds } as TrialConfig).id).toBe(trial.id);
  });

  test('changes the draws of its purpose, and all of them together are those of another seed', async () => {
    const before = await numbersOf({ seed: [7] });
    const changed = await numbersOf({ seed: [7], [option]: [8] });
    expect(changed).not.toEqual(before);
    expect(changed.curves.test_mse).toHaveLength(2);
    if (option === 'bootstrapSeed') expect(changed.curves).toEqual(before.curves);
    const others = ownSeedOptions.filter((name) => name !== option);
    const rest = Object.fromEntries(others.map((name) => [name, [8]]));
    expect(await numbersOf({ seed: [7], [option]: [8], ...rest })).toEqual(await numbersOf({ seed: [8] }));
    expect(await numbersOf({ seed: [7], ...rest })).not.toEqual(await numbersOf({ seed: [8] }));
  });
});

test('several initialisations are on the same rows and mini-batches', async () => {
  const cells = await cellsOf('mnist', { samples: [100], testSize: [20], initSeed: [1, 2, 3] });
  expect(new Set(idsOf(cells)).size).toBe(3);
  expect(cells.map(({ trial }) => trial.config.seeds)).toEqual([{ init: 1 }, { init: 2 }, { init: 3 }]);
  const drawn = cells.map(({ trial }) => drawSeeds(trial.config));
  expect(drawn).toEqual([1, 2, 3].map((init) => ({ init, batches: 2020, bootstrap: 2020 })));
});

test('with streams of its own a cell has its own initialisation for each init seed, and the same batches', async () => {
  const given = { ...small, streams: ['cell'], learningRate: [0.01, 0.1] };
  const plain = await cellsOf('ffnn', given);
  const cells = await cellsOf('ffnn', { ...given, initSeed: ['seed', 3] });
  const seeds = cells.map(({ trial }) => drawSeeds(trial.config));
  expect(new Set(seeds.map(({ init }) => init)).size).toBe(4);
  expect(seeds[1].batches).toBe(seeds[0].batches);
  expect(idsOf(plain)).toEqual([idsOf(cells)[0], idsOf(cells)[2]]);
  const other = await cellsOf('ffnn', { ...given, seed: [3] });
  expect(drawSeeds(other[0].trial.config).init).toBe(seeds[1].init);
});

test.each<[string, SettingLists, OptionName]>([
  ['grid-search ols', { solver: ['closed-form'] }, 'initSeed'],
  ['grid-search ols', { solver: ['closed-form'] }, 'batchSeed'],
  ['logistic', { solver: ['lbfgs'], samples: [100], testSize: [20] }, 'batchSeed'],
  ['ffnn', { batches: ['full'] }, 'batchSeed'],
])('%s with %j does not read %s', async (name, given, option) => {
  const cells = await cellsOf(name, { ...given, [option]: [1, 2] });
  expect(cells.every(({ settings }) => settings[option] === null)).toBe(true);
  expect(idsOf(cells)).toEqual(idsOf(await cellsOf(name, given)));
});

test('draws in words', async () => {
  const words = async (given: SettingLists) =>
    drawsText((await cellsOf('ffnn', { ...small, ...given })).map(({ settings }) => settings));
  expect(await words({})).toBe('seed 2020');
  expect(await words({ initSeed: [7] })).toBe('seed 2020, init seed 7');
  expect(await words({ seed: [1, 2] })).toBe('2 seeds');
  expect(await words({ initSeed: [1, 2, 3] })).toBe('3 init seeds of seed 2020');
  expect(await words({ initSeed: [1, 2], seed: [1, 3], splitSeed: [9] })).toBe(
    '4 draws (2 init seeds x 2 seeds), split seed 9',
  );
  const some = [1, 2, 3].map((own) => ({ seed: own, initSeed: own }));
  expect(drawsText(some)).toBe('3 draws of init seed and seed');
  const cells = await cellsOf('ffnn', { ...small, initSeed: [1, 2], seed: [1, 2], learningRate: [1, 2] });
  const groups = cells.map(({ settings }) => JSON.stringify(withoutSeeds(settings)));
  // The draws of a cell are next to each other.
  expect(groups.filter((group, index) => group !== groups[index - 1])).toHaveLength(2);
});
