import { expect, test } from '@jest/globals';
import { allExperiments } from '../../experiments/index.ts';
import type { SettingLists } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import { reportTable } from '../output/report-table.ts';
import { summaryTable } from '../page/summary.ts';
import type { Trial, TrialRecord } from '../trial/trial.ts';
import { findings } from './findings.ts';
import { exactValues, shortTexts } from './settings-table.ts';
import { showResults } from './show-results.ts';

const named = (name: string) => allExperiments.find((experiment) => experiment.name === name)!;
const pipe = { isTTY: false, columns: 100 } as NodeJS.WriteStream;

/** A grid whose cells are the better, the nearer learning rate and batch size are to 0.03 and 7. */
async function gridOf(rates: number, sizes: number, have = true, divergedFrom = Infinity) {
  const given = {
    learningRate: Array.from({ length: rates }, (_, i) => (i + 1) / 1000),
    batchSize: Array.from({ length: sizes }, (_, i) => i + 1),
    seed: [1],
    samples: [200],
    epochs: [1],
  };
  const choices = { variant: 'code', quick: false, given } as const;
  const plan = await planExperiment(named('grid-search ols'), choices, { dataDir: null });
  const records = new Map<string, TrialRecord>();
  for (const { trial } of plan.cells) {
    const { id, config } = trial;
    const { model } = config;
    const mse =
      model.solver === 'sgd' ? Math.abs(model.learningRate - 0.03) + Math.abs(model.batchSize - 7) : 1000;
    const spread = { mean: mse, standardDeviation: 0, low: mse, high: mse };
    const bootstrap = { mse: spread, r2: { ...spread, mean: -mse } };
    if (model.solver === 'sgd' && model.learningRate >= divergedFrom) {
      const none = { metrics: {}, curves: {}, bootstrap: null, seconds: 1, at: '2025-01-01' };
      records.set(id, { id, config, status: 'diverged', divergedAt: 1, ...none });
      continue;
    }
    const rest = { divergedAt: null, metrics: {}, curves: {}, bootstrap, seconds: 1, at: '2025-01-01' };
    records.set(id, { id, config, status: 'done', ...rest });
  }
  return showResults(plan, have ? records : new Map(), pipe);
}

test('a grid is heat maps', async () => {
  const text = await gridOf(5, 8);
  expect(text).toContain('0.005');
  expect(text).toContain('* best (lowest)');
  expect(text).not.toContain('summary.csv');
});

test('ticks have as few digits as tell them apart', () => {
  expect(shortTexts([0.001, 0.00316227766017, 0.01])).toEqual(['0.001', '0.00316', '0.01']);
  expect(shortTexts([0.123456789, 0.123466789])).toEqual(['0.12346', '0.12347']);
  expect(shortTexts([1e-4, 12345678, 0.1 + 0.2, 0.3, 'all'])).toEqual([
    '0.0001',
    '12345678',
    '0.30000000000000004',
    '0.3',
    'all',
  ]);
});

test('settings are shown as the command takes them, as other digits are another trial', async () => {
  expect(shortTexts([0.0003036, 0.00001234])).toEqual(['0.0003036', '0.00001234']);
  expect(exactValues([0.0003036, 0.1 / 3, null, 'all'])).toEqual(['0.0003036', String(0.1 / 3), '', 'all']);
});

test('the closed form, which has no learning rate, is a table below; cells that diverged say so', async () => {
  const [maps, below] = (await gridOf(3, 2, true, 0.003)).split(/\n(?=.*\b1000\b)/);
  expect(below).toContain('1000');
  expect(maps).not.toContain('null');
  const [row] = maps.split('\n').filter((line) => /^ *2 /.test(line));
  expect(row).toMatch(/^ *2( +-?[\d.]+\*?){2} +div/);
});

test.each<[string, SettingLists, string[]]>([
  ['grid-search lasso', { solver: ['coordinate-descent'], l1: [0] }, []],
  ['grid-search ols', { solver: ['closed-form'] }, []],
  ['grid-search ols', { solver: ['closed-form'], degree: [1, 2] }, ['degree']],
])('no column for an option that no trial reads: %s %j', async (name, lists, settings) => {
  const choices = { variant: 'code', quick: false, given: { samples: [30], ...lists } } as const;
  const plan = await planExperiment(named(name), choices, { dataDir: null });
  const records = new Map(plan.cells.map(({ trial }, index) => [trial.id, recordWith(trial, index)]));
  const text = showResults(plan, records, pipe);
  const [header] = text
    .split('\n')
    .filter((line) => / test (MSE|R2)|^test MSE/.test(line) && !line.includes(':'));
  expect(
    header
      .split('test')[0]
      .trim()
      .split(/\s{2,}/)
      .filter((title) => title !== ''),
  ).toEqual(settings);
  const table = await reportTable(plan, records);
  const headings = table.readers!.columns.filter(({ names }) => names).map(({ heading }) => heading);
  expect(headings).toEqual(settings);
});

test('of more cells than anyone reads the best are shown, the best first', async () => {
  const text = await gridOf(40, 35);
  expect(text).toContain('More than 2500 cells; all are in summary.csv. The 10 best by test R2');
  const rows = text
    .split('\n')
    .filter((line) => /^sgd/.test(line))
    .slice(-10);
  const cells = rows.map((row) => row.trim().split(/\s{2,}/));
  expect(rows).toHaveLength(10);
  expect(rows[0]).toMatch(/\*$/);
  const best = cells[0].filter((cell) => ['7', '0.03'].includes(cell));
  expect(best.sort()).toEqual(['0.03', '7']);
  expect(text.split('\n').length).toBeLessThan(20);
});

test('no cell without a value is called the best', async () => {
  for (const text of [await gridOf(40, 35, false), await gridOf(1, 2, false)])
    expect(text).not.toContain('* best');
  expect(await gridOf(40, 35, false)).toMatch(/None has a value of test R2.*$/);
});

test('another library is never the best cell', async () => {
  const given = { l1: [0.001, 0.01], solver: ['coordinate-descent'], samples: [100], bootstrap: [2] };
  const choices = { variant: 'code', quick: false, given } as const;
  const own = await planExperiment(named('grid-search lasso'), choices, { dataDir: null });
  const theirs = own.cells.map(({ settings, trial }) => ({
    settings: { ...settings, reference: 'sklearn-lasso' },
    trial: { ...trial, id: `their ${trial.id}` },
  }));
  const lists = { ...own.lists, reference: ['none', 'sklearn-lasso'] };
  const plan = { ...own, lists, cells: [...own.cells, ...theirs] };
  const records = new Map(
    plan.cells.map(({ trial: { id, config } }, index): [string, TrialRecord] => {
      const r2 = { mean: index / 10, standardDeviation: 0, low: 0, high: 1 };
      const bootstrap = { mse: { ...r2, mean: 1 - r2.mean }, r2 };
      const rest = { divergedAt: null, metrics: {}, curves: {}, bootstrap, seconds: 1, at: '2025-01-01' };
      return [id, { id, config, status: 'done', ...rest }];
    }),
  );
  const starred = showResults(plan, records, pipe)
    .split('\n')
    .filter((line) => line.endsWith('*'));
  expect(starred).toHaveLength(1);
  expect(starred[0]).toMatch(/0\.01 .*0\.1\d*\*$/);
  expect(findings([plan], records, [], 100)).toMatch(/0\.1\d*: l1 0\.01$/m);
  expect(summaryTable(plan, records).markup.match(/<b>|<strong>|class="best"/g)).toHaveLength(2);
  const one = { ...plan, cells: [plan.cells[0], plan.cells[2]] };
  expect(showResults(one, records, pipe)).not.toContain('*');
});

test.each([60, 72, 80, 100, 120, 200])(
  'no line of any experiment is wider than %i columns',
  async (width) => {
    const many: [string, SettingLists][] = [
      ['randomnet', { net: [1, 2, 3], activationPool: ['sigmoid+relu+leaky_relu+linear', 'relu'] }],
      ['logistic', { seed: [1, 2, 3], samples: [600], testSize: [100] }],
      [
        'mnist',
        { schedule: ['constant', 'eta0/(1+0.01*epoch*steps+step)'], samples: [600], testSize: [100] },
      ],
      ['activations', { schedule: ['constant', 'decay', 'eta0 / (1 + epoch)'] }],
      [
        'ffnn',
        {
          epochs: [1, 2],
          momentum: [0, 0.9],
          schedule: ['constant', 'eta0/(1+0.01*epoch*steps+step)'],
          batchSize: [10, 'all'],
          learningRate: [0.01, 0.1],
          hidden: ['4', '8-8'],
          activation: ['relu'],
          kernelInit: ['random_normal', 'glorot_uniform'],
          biasInit: ['zeros', 'random_normal'],
        },
      ],
    ];
    for (const [name, given] of many) {
      const choices = { variant: 'code', quick: false, given } as const;
      const plan = await planExperiment(named(name), choices, { dataDir: null });
      const records = new Map(plan.cells.map(({ trial }, index) => [trial.id, recordWith(trial, index)]));
      const text = showResults(plan, records, { isTTY: false, columns: width } as NodeJS.WriteStream);
      const widest = text.split('\n').reduce((most, line) => (line.length > most.length ? line : most), '');
      expect({ name, widest, fits: widest.length <= width }).toMatchObject({ fits: true });
      expect(text).toMatch(/\* best \((lowest|highest)/);
    }
  },
);

/** A record with some value for every metric. */
function recordWith({ id, config }: Trial, index: number): TrialRecord {
  const value = -0.123456 / (index + 1);
  const spread = { mean: value, standardDeviation: 0, low: value, high: value };
  const names = ['mse', 'r2', 'mae', 'cross_entropy', 'accuracy'].flatMap((name) => [
    `train_${name}`,
    `test_${name}`,
  ]);
  const metrics = Object.fromEntries(
    [...names, 'best_test_mse', 'best_test_accuracy'].map((name) => [name, value]),
  );
  const bootstrap = { mse: spread, r2: spread };
  const rest = { metrics, bootstrap, curves: {}, seconds: 1, at: '2025-01-01' };
  return { id, config, status: 'done', divergedAt: null, ...rest };
}

test.each([
  [[0.5, 0.2, 0.7], '* best (highest test R2, bootstrap mean)'],
  [[0.5, 0.7, 0.7], '* best (highest test R2, bootstrap mean; another here has the same)'],
  [[0.7, 0.7, 0.7], '* best (highest test R2, bootstrap mean; 2 others here have the same)'],
])('only the first of equal cells is marked, and how many are equal is said: %j', async (values, legend) => {
  const given = { learningRate: [0.1, 0.2, 0.3], epochs: [1], samples: [40], seed: [1] };
  const choices = { variant: 'code', quick: false, given } as const;
  const plan = await planExperiment(named('ffnn'), choices, { dataDir: null });
  const records = new Map(
    plan.cells.map(({ trial: { id, config } }, place): [string, TrialRecord] => {
      const spread = { mean: values[place], standardDeviation: 0, low: 0, high: 1 };
      const rest = { divergedAt: null, metrics: {}, curves: {}, seconds: 1, at: '2025-01-01' };
      return [id, { id, config, status: 'done', bootstrap: { mse: spread, r2: spread }, ...rest }];
    }),
  );
  const text = showResults(plan, records, pipe);
  expect(text).toContain(legend);
  expect(text.match(/\d\*/g)).toHaveLength(1);
});
