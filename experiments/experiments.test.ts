import { describe, expect, test } from '@jest/globals';
import { ownClaims, readClaims } from '../src/claims/claims.ts';
import { compareWithPublished } from '../src/claims/comparison.ts';
import { codeReading, planReadings, singleChanges, textReading } from '../src/claims/readings.ts';
import { type Experiment, optionsOf } from '../src/experiment/define.ts';
import { type OptionName, options, parseOption, type SettingLists } from '../src/experiment/options.ts';
import { type Plan, planExperiment } from '../src/experiment/plan.ts';
import { losses, lossesOf } from '../src/nn/losses.ts';
import { allows, hyperparametersOf, optimizerNames } from '../src/nn/optimizers.ts';
import { otherValues } from '../src/parsing/option.testing.ts';
import { availableReferences } from '../src/references/index.ts';
import { modelOptions, solverEntry, solverNames } from '../src/trial/solvers/index.ts';
import { hyperparameterNames } from '../src/trial/solvers/sgd.ts';
import { experiments } from './index.ts';

const sources = { dataDir: null };

function plan(
  experiment: Experiment,
  given: SettingLists = {},
  variant: Plan['variant'] = 'code',
  quick = false,
) {
  return planExperiment(experiment, { variant, quick, given }, sources);
}

const named = experiments.map((experiment): [string, Experiment] => [experiment.name, experiment]);
const byName = Object.fromEntries(named);

test('a title names no value of an option', () => {
  for (const { title } of experiments) expect(title).not.toMatch(/\d|Franke|MNIST|decay|\bten\b/);
});

test('the report has 33 + 20 + 1 + 16 + 8 + 10 + 1 + 4 trials', async () => {
  const counts = [];
  for (const experiment of experiments) counts.push((await plan(experiment)).cells.length);
  expect(counts).toEqual([33, 20, 1, 16, 8, 10, 1, 4]);
});

test('the closed form is one trial, whatever the grid: it does not read the options of training', async () => {
  const { cells } = await plan(byName['grid-search ols']);
  const closed = cells.filter(({ settings }) => settings.solver === 'closed-form');
  expect(closed).toHaveLength(1);
  expect(closed[0].settings).toMatchObject({ learningRate: null, batchSize: null, epochs: null, degree: 14 });
});

test('ridge with lambda as in OLS is the same trial: one record serves both grids', async () => {
  const ols = await plan(byName['grid-search ols'], { schedule: ['constant'], batchSize: [10] });
  const ridge = await plan(byName['grid-search ridge'], { lambda: [0] });
  expect(ridge.cells.map(({ trial }) => trial.id)).toEqual(ols.cells.map(({ trial }) => trial.id));
});

test.each([
  ['ffnn', 'tfjs', 'tfjs', 1, { reference: 'tfjs', dtype: null, epochs: 1000, learningRate: 1e-3 }],
  ['ffnn', 'torch', 'torch', 1, { reference: 'torch', dtype: null, epochs: 1000, optimizer: 'sgd' }],
  ['mnist', 'tfjs', 'tfjs', 1, { reference: 'tfjs', dtype: null, epochs: 50, lambda: 0 }],
  [
    'grid-search ols',
    'sklearn',
    'SGDRegressor',
    33,
    { reference: 'sklearn', solver: null, learningRate: null, lambda: null },
  ],
  [
    'logistic',
    'sklearn',
    'LogisticRegression',
    4,
    { reference: 'sklearn', epochs: null, lambda: null, dtype: null },
  ],
  [
    'grid-search ols',
    'sklearn-ridge',
    'sklearn-ridge',
    33,
    { reference: 'sklearn-ridge', solver: null, learningRate: null, lambda: 0 },
  ],
] as const)(
  '%s: %s (%s) is one cell after ours, whose trials stay as they are',
  async (name, reference, solver, own, settings) => {
    const ours = (await plan(byName[name])).cells;
    const { cells, lists, absent } = await plan(byName[name], { reference: [reference] });
    expect(lists.reference).toEqual(['none', reference]);
    expect(cells.slice(0, own)).toEqual(ours);
    const version = (await availableReferences())[reference];
    if (version === null) {
      expect(cells).toHaveLength(own);
      expect(absent).toEqual([{ name: reference, note: expect.stringContaining('is not installed') }]);
      return;
    }
    expect(cells).toHaveLength(own + 1);
    expect(absent).toEqual([]);
    expect(cells[own].settings).toMatchObject(settings);
    expect(cells[own].trial.config.model).toMatchObject({ solver, version });
  },
);

test('a reference that an experiment does not have is refused', async () => {
  await expect(plan(byName.ffnn, { reference: ['sklearn'] })).rejects.toThrow('{reference} tfjs');
  const without = { ...byName.ffnn, references: [] };
  await expect(plan(without, { reference: ['tfjs'] })).rejects.toThrow('no {reference}');
});

test('PyTorch refuses what it would do in another way', async () => {
  if ((await availableReferences()).torch === null) return;
  const planned = (given: SettingLists) => plan(byName.ffnn, { reference: ['torch'], ...given });
  await expect(planned({ dropout: ['0.2'] })).rejects.toThrow('PyTorch draws other masks');
  await expect(planned({ earlyStopping: [3] })).rejects.toThrow('it always runs all epochs');
  expect((await planned({ earlyStopping: ['none'], dropout: ['0'] })).cells).toHaveLength(2);
});

test('L-BFGS is for logistic, in addition to SGD, and reads nothing of its options', async () => {
  const { cells } = await plan(byName.logistic, { solver: ['sgd', 'lbfgs'] });
  expect(cells).toHaveLength(8);
  const [sgd, exact] = ['sgd', 'lbfgs'].map((name) =>
    cells.filter(({ settings }) => settings.solver === name),
  );
  expect(sgd.map(({ trial }) => trial.id)).toEqual(
    (await plan(byName.logistic)).cells.map(({ trial }) => trial.id),
  );
  for (const { settings } of sgd)
    expect(settings).toMatchObject({ maxIterations: null, gradientTolerance: null });
  for (const { settings, trial } of exact) {
    expect(settings).toMatchObject({ learningRate: null, batchSize: null, epochs: null, dtype: null });
    expect(Object.keys(trial.config.model).sort()).toEqual([
      'draw',
      'dtype',
      'gradientTolerance',
      'l1',
      'lambda',
      'layers',
      'loss',
      'maxIterations',
      'penalizeBiases',
      'solver',
    ]);
  }
});

test.each([
  ['logistic', 'closed-form', 'sgd or lbfgs'],
  ['grid-search ols', 'lbfgs', 'sgd or closed-form'],
])('%s refuses --solver %s and names the others', async (name, solver, others) => {
  await expect(plan(byName[name], { solver: ['sgd', solver] })).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining(others),
  });
});

/** Another value of options of which not just any suits an experiment. */
const suitable: Partial<Record<OptionName, string>> = {
  samples: '20000',
  grid: '20x20',
  transpose: 'yes',
  solver: 'lbfgs',
  net: '11',
  schedule: 'eta0/2',
  activationPool: 'linear',
  outputBiasInit: 'random_normal',
};

/** A value of a hyperparameter that its first optimiser takes and that is not its default. */
function otherHyperparameter(name: string): string {
  const owner = optimizerNames.find((optimizer) => name in hyperparametersOf(optimizer))!;
  const own = hyperparametersOf(owner)[name];
  const others = [0.9, 0.5, 0, 2, ...(own.choices ?? [])];
  return String(others.find((value) => allows(own, value) && value !== own.default));
}

describe.each(named)('%s', (_name, experiment) => {
  test('every option reaches the config: another value is another trial', async () => {
    const names = optionsOf(experiment).filter(
      // Franke's data have no published split, and its experiments no L-BFGS. All labels of MNIST occur. Weights
      // have to fit: initial-weights.test.ts.
      (name) =>
        name !== 'classes' &&
        !(experiment.dataset === 'franke' && (name === 'split' || name === 'solver')) &&
        name !== 'reference' &&
        name !== 'initWeights',
    );
    const others: Record<string, string> = {
      ...suitable,
      loss: lossesOf(experiment.task).findLast(
        (name) => losses[name].classes === null && losses[name].targets === null,
      )!,
      ...Object.fromEntries(hyperparameterNames.map((name) => [name, otherHyperparameter(name)])),
    };
    const idsOf = async (given: SettingLists) =>
      (await plan(experiment, given)).cells.map(({ trial }) => trial.id);
    const presetIds = await idsOf({});
    for (const name of names) {
      const presets = experiment.settings[name] ?? [];
      const values =
        name in others ? parseOption(name, others[name]) : otherValues(options[name], presets[0]);
      const value = values.findLast((other) => !presets.includes(other));
      if (value === undefined) continue;
      const degree: SettingLists =
        name === 'degree' && experiment.settings.basis?.[0] === 'none' ? { basis: ['total'] } : {};
      const linear: SettingLists =
        name === 'coefficients' && 'hidden' in experiment.settings ? { hidden: ['none'] } : {};
      const lambda: SettingLists = name === 'penalize' ? { lambda: [0.25] } : {};
      const loss: SettingLists = name === 'delta' ? { loss: ['huber'] } : {};
      const readers = solverNames.filter((solver) => solverEntry(solver).reads.includes(name));
      // The closed form refuses what it cannot fit.
      const solver: SettingLists =
        modelOptions.has(name) && !readers.includes('sgd')
          ? { solver: readers }
          : ['l1', 'loss', 'delta', 'outputActivation'].includes(name) && 'solver' in experiment.settings
            ? { solver: ['sgd'] }
            : {};
      const owner = optimizerNames.find((optimizer) => name in hyperparametersOf(optimizer));
      const optimizer: SettingLists = owner === undefined ? {} : { optimizer: [owner] };
      const needs = owner === undefined ? undefined : hyperparametersOf(owner)[name].needs;
      const needed: SettingLists = needs === undefined ? {} : { [needs]: [0.5] };
      const reading = { ...solver, ...loss, ...optimizer, ...needed };
      const before = Object.keys(reading).length === 0 ? presetIds : await idsOf(reading);
      const after = await idsOf({ ...degree, ...linear, ...lambda, ...reading, [name]: [value] });
      // Only one of the random networks need change, and none of the closed forms.
      const changed = after.some((id) => !before.includes(id));
      expect({ name, changed }).toEqual({ name, changed: true });
    }
  });

  test("the report's wording and a quick look can be planned, and differ", async () => {
    const ids = async (variant: Plan['variant'], quick: boolean) =>
      (await plan(experiment, {}, variant, quick)).cells.map(({ trial }) => trial.id).join();
    const all = [
      await ids('code', false),
      await ids('text', false),
      await ids('code', true),
      await ids('text', true),
    ];
    expect(new Set(all).size).toBe(4);
  });

  test('what the user gives stands over variant and quick', async () => {
    const { cells } = await plan(experiment, { epochs: [3], center: ['none'] }, 'text', true);
    for (const { settings } of cells) {
      expect(settings.center).toBe('none');
      if (settings.solver !== 'closed-form') expect(settings.epochs).toBe(3);
    }
  });
});

test("the report's wording is what DEVIATIONS has for it", async () => {
  const ols = (await plan(byName['grid-search ols'], {}, 'text')).cells[0].trial.config;
  expect(ols.features).toEqual({
    scale: 'none',
    basis: 'product',
    degree: 14,
    center: 'columns',
    centerTargets: true,
  });
  expect(ols.model).toMatchObject({ batches: 'permutation' });
  const { cells } = await plan(
    byName.randomnet,
    { net: Array.from({ length: 200 }, (_, i) => i + 1) },
    'text',
  );
  const depths = cells
    .map(({ trial }) => trial.config.model)
    .map((m) => (m.solver === 'sgd' ? m.layers.length - 1 : 0));
  expect([Math.min(...depths), Math.max(...depths)]).toEqual([1, 10]);
  expect(cells[0].settings.epochs).toBe(100);
});

test('every claim of the report can be judged, by its program and by its wording', async () => {
  const { claims } = await readClaims(ownClaims);
  const seeds = { franke: [1], images: [1] };
  const readings = [codeReading, textReading, ...singleChanges(experiments)];
  const { plans } = await planReadings(claims, readings, experiments, seeds, sources);
  expect(new Set(plans.map(({ experiment }) => experiment.name))).toEqual(
    new Set(named.map(([name]) => name)),
  );
});

test('every published number has a cell of its experiment', async () => {
  const plans: Plan[] = [];
  for (const experiment of experiments) plans.push(await plan(experiment));
  const comparisons = await compareWithPublished(plans, new Map());
  // 4 tables of the OLS grids, 2 of ridge, 2 of the network.
  expect(comparisons.filter(({ figure }) => /^Figure [346]$/.test(figure))).toHaveLength(8 * 16);
  expect(comparisons.length).toBeGreaterThan(8 * 16 + 20);
  for (const { experiment, settings } of comparisons) {
    const { cells } = plans.find((candidate) => candidate.experiment.name === experiment)!;
    const fitting = cells.filter((cell) =>
      Object.entries(settings).every(([name, value]) => cell.settings[name as OptionName] === value),
    );
    expect({ experiment, settings, found: fitting.length > 0 }).toMatchObject({ found: true });
  }
});
