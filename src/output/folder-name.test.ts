import { describe, expect, test } from '@jest/globals';
import activations from '../../experiments/activations.ts';
import ffnn from '../../experiments/ffnn.ts';
import { experiments } from '../../experiments/index.ts';
import logistic from '../../experiments/logistic.ts';
import { knownImages } from '../datasets/known-images.ts';
import { defineOwn, type Experiment } from '../experiment/define.ts';
import { type OptionName, parseOption, type SettingLists } from '../experiment/options.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import { trainExperiment } from '../experiment/train.ts';
import { folderName, reportFolderName, runFolderName } from './folder-name.ts';

/** The plan of options as typed. */
function planned(
  experiment: Experiment,
  given: Partial<Record<OptionName, string>> = {},
  { quick = false, variant = 'code' as Plan['variant'] } = {},
): Promise<Plan> {
  const lists = Object.fromEntries(
    Object.entries(given).map(([name, text]) => [name, parseOption(name as OptionName, text)]),
  ) as SettingLists;
  return planExperiment(experiment, { variant, quick, given: lists }, { dataDir: null });
}

const nameOf = async (...args: Parameters<typeof planned>) => runFolderName(await planned(...args));

test.each(experiments.map((experiment) => [experiment.name, experiment] as const))(
  'the report’s own trials of %s have its name, also where an option is given at its default',
  async (name, experiment) => {
    expect(await nameOf(experiment)).toBe(folderName(name));
    for (const [option, values] of Object.entries(experiment.settings)) {
      if (values.some((value) => String(value).includes(','))) continue;
      expect(await nameOf(experiment, { [option]: [...values].reverse().join(',') })).toBe(folderName(name));
    }
  },
);

describe('other trials have a name that says what differs', () => {
  test.each<[Parameters<typeof planned>, string]>([
    [[ffnn, { hidden: '8', epochs: '2' }], 'ffnn-epochs-2-hidden-8'],
    [[ffnn, { hidden: '64-32' }], 'ffnn-hidden-64-32'],
    [[ffnn, { seed: '1' }], 'ffnn-seed-1'],
    [[ffnn, { seed: '1..20' }], 'ffnn-seed-1to20'],
    [[ffnn, { seed: '1,3' }], 'ffnn-seed-1+3'],
    [[ffnn, {}, { quick: true }], 'ffnn-quick'],
    [[ffnn, { epochs: '7' }, { quick: true, variant: 'text' }], 'ffnn-quick-text-epochs-7'],
    [[activations, { activation: 'relu' }], 'activations-activation-relu'],
    [[ffnn, { batches: 'full' }], 'ffnn-batches-full'],
    [[ffnn, { learningRate: '1e-7' }], 'ffnn-learning-rate-1e-7'],
  ])('%#', async (args, name) => {
    const found = await nameOf(...args);
    const sorted = (text: string) => text.split(/-(?=[a-z])/).sort();
    expect(sorted(found)).toEqual(sorted(name));
  });

  test('the same for another order and spelling of the values', async () => {
    const names = [
      await nameOf(ffnn, { learningRate: '0.1,1e-2' }),
      await nameOf(ffnn, { learningRate: '0.01,0.1' }),
      await nameOf(ffnn, { learningRate: '1e-1,1e-2' }),
    ];
    expect(new Set(names).size).toBe(1);
  });

  test('an option that no trial reads makes none', async () => {
    expect(await nameOf(ffnn, { degree: '5' })).toBe('ffnn');
  });
});

test('no two runs share a folder on a disk that does not distinguish capitals, and every name is safe there', async () => {
  const formulas = ['x*y', 'x+y', 'x/y', 'x-y', 'x*x+y*y', 'x', 'y'];
  const runs: Partial<Record<OptionName, string>>[] = [
    ...formulas.map((formula) => ({ formula })),
    ...['1,2', '12', '1..3', '1,2,4', '1..40', '1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35'].map(
      (seed) => ({ seed }),
    ),
    { hidden: '64-32' },
    { hidden: '64,32' },
    { hidden: '64', seed: '32' },
    { schedule: 'eta0/(epoch+2)' },
    { schedule: 'eta0/(epoch+1)' },
    { samples: '100' },
    { samples: '10', testSize: '5', batchSize: '5' },
  ];
  const names = [];
  for (const given of runs) names.push(await nameOf(ffnn, given));
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(runs.length);
  for (const name of names) {
    expect(name).toMatch(/^[a-z0-9._+-]+$/);
    expect(name).not.toMatch(/[.+-]$/);
    expect(name.length).toBeLessThanOrEqual('ffnn-'.length + 60 + 11);
  }
});

test('a report with other seeds or of quick runs has one folder for all', async () => {
  const plans = async (given: Partial<Record<OptionName, string>>, choices = {}) => [
    await planned(ffnn, given, choices),
    await planned(logistic, { ...given }, choices),
  ];
  expect(reportFolderName(await plans({}))).toBeNull();
  expect(reportFolderName(await plans({ seed: '2020' }))).toBeNull();
  expect(reportFolderName(await plans({ seed: '1..5' }))).toBe('report-seed-1to5');
  expect(reportFolderName(await plans({ seed: '7' }, { quick: true }))).toBe('report-quick-seed-7');
});

test('other data are named by their content, whatever they are called', async () => {
  const plan = await planned(logistic);
  const [known] = plan.data;
  const other = (sha256: string, label: string): Plan => ({
    ...plan,
    data: [{ ...known, label, config: { ...known.config, sha256 } as typeof known.config }],
  });
  const digest = '0123456789abcdef'.repeat(4);
  expect(runFolderName(other(digest, 'mine'))).toBe('logistic-data-0123456789ab');
  expect(runFolderName(other(digest, 'yours'))).toBe('logistic-data-0123456789ab');
  const fashion = Object.keys(knownImages).find((one) => knownImages[one].title === 'Fashion-MNIST')!;
  expect(runFolderName(other(fashion, 'mnist'))).toBe('logistic-fashion-mnist');
});

test('the same table with another target has another folder', async () => {
  const nameOf = async (target: string) => {
    const { experiment, sources } = await trainExperiment({ data: 'iris', table: { target } }, {});
    const definition = { ...experiment.definition!, name: 'mine', ownData: false };
    const choices = { variant: 'code', quick: false, given: {} } as const;
    return runFolderName(await planExperiment(defineOwn(definition, 'run mine.yaml'), choices, sources));
  };
  expect(await nameOf('petal_width')).toMatch(/^mine-petal_width-[0-9a-f]{10}$/);
  expect(await nameOf('sepal_width')).toMatch(/^mine-sepal_width-[0-9a-f]{10}$/);
});
