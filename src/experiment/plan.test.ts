import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { checkTrialConfig } from '../trial/schema.ts';
import { createTrial } from '../trial/trial.ts';
import type { SettingLists } from './options.ts';
import { planExperiment } from './plan.ts';

test.each(experiments.map((experiment) => [experiment.name, experiment] as const))(
  '%s: what a cell makes again is what its id is of',
  async (_name, experiment) => {
    const choices = { variant: 'code', quick: false, given: { seed: [1, 2] } } as const;
    const { cells } = await planExperiment(experiment, choices, { dataDir: null });
    expect(new Set(cells.map(({ trial }) => trial.id)).size).toBe(cells.length);
    for (const { settings, trial } of cells) {
      expect(createTrial(checkTrialConfig(trial.config)).id).toBe(trial.id);
      expect(trial.config.seed).toBe(settings.seed);
      expect(trial.config).toEqual(trial.config);
    }
  },
);

test('seeds vary fastest; cells of one id are one', async () => {
  const ols = experiments.find(({ name }) => name === 'grid-search ols')!;
  const given = {
    solver: ['sgd', 'closed-form'],
    learningRate: [0.1, 0.2],
    batchSize: [10],
    schedule: ['constant'],
    seed: [1, 2],
  };
  const plan = await planExperiment(ols, { variant: 'code', quick: false, given }, { dataDir: null });
  const seen = plan.cells.map(({ settings }) => [settings.solver, settings.learningRate, settings.seed]);
  expect(seen).toHaveLength(6);
  expect(seen.slice(0, 2).map(([, , seed]) => seed)).toEqual([1, 2]);
  expect(seen.filter(([solver]) => solver === 'closed-form')).toEqual([
    ['closed-form', null, 1],
    ['closed-form', null, 2],
  ]);
});

test.each([
  ['grid-search ridge', 'closed-form'],
  ['logistic', 'lbfgs'],
])('%s by %s refuses an L1 penalty', async (name, solver) => {
  const experiment = experiments.find((one) => one.name === name)!;
  const planned = (given: SettingLists) =>
    planExperiment(experiment, { variant: 'code', quick: false, given }, { dataDir: null });
  await expect(planned({ solver: ['sgd', solver], l1: [0, 0.1] })).rejects.toThrow(
    `{solver} ${solver} cannot fit {l1} 0.1`,
  );
  const { cells } = await planned({ solver: [solver], l1: [0] });
  expect(cells.every(({ settings }) => (settings.l1 ?? 0) === 0)).toBe(true);
});

test('scaled columns and targets are the same with and without centring: one trial', async () => {
  const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
  const planned = (given: SettingLists) =>
    planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null });
  const inputs = { scale: ['standard'], center: ['none', 'scalar', 'columns'] };
  expect((await planned(inputs)).cells.map(({ settings }) => settings.center)).toEqual([null]);
  // The powers of centred inputs are others.
  expect((await planned({ ...inputs, basis: ['total'], degree: [3] })).cells).toHaveLength(3);
  const targets = { scaleTargets: ['none', 'minmax'], centerTargets: ['no', 'yes'] };
  expect((await planned(targets)).cells.map(({ settings }) => settings.centerTargets)).toEqual([
    'no',
    null,
    'yes',
  ]);
});

test.each(['pixels', 'max'])('%s are for images', async (scale) => {
  const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
  const given = { scale: [scale] };
  await expect(
    planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null }),
  ).rejects.toThrow(`{scale} ${scale} is for images`);
});

test('targets outside the range of a loss are refused before anything is trained, of whichever seed', async () => {
  const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
  const planned = (given: SettingLists) =>
    planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null });
  const given = { loss: ['mse', 'sigmoid_cross_entropy'], noise: [0], seed: [1, 2] };
  expect((await planned({ ...given, formula: ['x*y'] })).cells).toHaveLength(4);
  await expect(planned({ ...given, formula: ['x*y', '2*x*y'] })).rejects.toMatchObject({
    message: expect.stringMatching(/targets from 0 to 1/),
    parts: {
      received: expect.stringMatching(/^1\.\d+ in row \d+$/),
      remedy: expect.stringContaining('minmax'),
    },
  });
  expect((await planned({ ...given, formula: ['2*x*y-1'], scaleTargets: ['minmax'] })).cells).toHaveLength(4);
});

test('targets are those of the rows that a trial trains on, where data or split have seeds of their own', async () => {
  const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
  const few = { samples: [8], testSize: [4], batchSize: [1], noise: [0], formula: ['1.1*x'] };
  const refusal = (seeds: SettingLists): Promise<string> => {
    const given = { ...few, loss: ['sigmoid_cross_entropy'], ...seeds };
    const planned = planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null });
    return planned.then(
      () => 'none',
      (error) => error.parts.received,
    );
  };
  const seeds = Array.from({ length: 12 }, (_, i) => i + 1);
  const plain = await Promise.all(seeds.map((seed) => refusal({ seed: [seed] })));
  expect(new Set(plain.map((one) => one === 'none')).size).toBe(2);
  const own = seeds.map((seed) => refusal({ seed: [seed + 20], dataSeed: [seed], splitSeed: [seed] }));
  expect(await Promise.all(own)).toEqual(plain);
  const [right, wrong] = [plain.indexOf('none') + 1, plain.findIndex((one) => one !== 'none') + 1];
  const others = { dataSeed: [right], splitSeed: [right] };
  expect(await refusal({ seed: [wrong], ...others })).toBe('none');
  expect(await refusal({ seed: [right], dataSeed: [right, wrong], splitSeed: [right] })).toBe(
    await refusal({ seed: [right], dataSeed: [wrong], splitSeed: [right] }),
  );
});

test.each<[SettingLists, string, string]>([
  [
    { validationSize: [74], batchSize: [2] },
    'at most 1 beside 74 validation rows, or all',
    'whole training set, or lower {validationSize}',
  ],
  [
    { validationSize: [1], batchesPerEpoch: [75] },
    'at most 74 beside 1 validation row',
    'lower it, or lower {validationSize}',
  ],
  [{ batchSize: [76] }, 'at most 75, or all', 'whole training set, or raise {samples}'],
  [{ batchesPerEpoch: [76] }, 'at most 75', 'lower it, or raise {samples}'],
])(
  'batches of more rows than are left to train on are refused, with their reason: %j',
  async (given, expected, remedy) => {
    const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
    const choices = { variant: 'code', quick: false, given: { samples: [100], ...given } } as const;
    await expect(planExperiment(ffnn, choices, { dataDir: null })).rejects.toMatchObject({
      parts: { expected, remedy: expect.stringContaining(remedy) },
    });
  },
);

test('the binary cross-entropy of the other task is told apart', async () => {
  const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
  const given = { loss: ['binary_cross_entropy'] };
  await expect(
    planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null }),
  ).rejects.toMatchObject({ parts: { remedy: 'use {loss} sigmoid_cross_entropy' } });
});

test.each<[string, string, SettingLists]>([
  ['many rates', 'ffnn', { learningRate: [0.1, 0.2], seed: [3, 1, 2] }],
  [
    'a formula, whose data depend on the seed',
    'ffnn',
    { formula: ['x*y'], learningRate: [0.1, 0.2], seed: [3, 1] },
  ],
  ['seeds of a purpose', 'ffnn', { initSeed: [1, 3], seed: [3, 1] }],
  ['random networks', 'randomnet', { net: [0, 1], seed: [3, 1] }],
])('cells that differ in their seed are those of plans with one seed: %s', async (_, name, given) => {
  const experiment = experiments.find((one) => one.name === name)!;
  const planned = async (lists: SettingLists) =>
    (await planExperiment(experiment, { variant: 'code', quick: true, given: lists }, { dataDir: null }))
      .cells;
  const key = ({ trial, settings }: (typeof together)[number]) =>
    JSON.stringify([trial.id, trial.config, settings]);
  const together = await planned(given);
  const apart = (
    await Promise.all((given.seed as number[]).map((seed) => planned({ ...given, seed: [seed] })))
  ).flat();
  expect(together.map(key).sort()).toEqual(apart.map(key).sort());
});
