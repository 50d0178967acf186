import { describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { Experiment } from '../experiment/define.ts';
import type { SettingLists } from '../experiment/options.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { toCsv } from './csv.ts';
import { curvesTable } from './curves-table.ts';
import { tableToRecords } from './json.ts';
import { summaryTable } from './summary.ts';
import type { Table } from './table.ts';
import { type Records, trialsTable } from './trials-table.ts';

const byName = Object.fromEntries(experiments.map((experiment) => [experiment.name, experiment]));
const named = experiments.map((experiment) => [experiment.name, experiment] as const);

function planned(experiment: Experiment, given: SettingLists = {}, quick = false): Promise<Plan> {
  return planExperiment(experiment, { variant: 'code', quick, given }, { dataDir: null });
}

const none: Records = new Map();
const tablesOf = (plan: Plan, records: Records = none): Table[] =>
  [trialsTable, curvesTable, summaryTable].map((table) => table(plan, records));

describe('the columns of an experiment are the same, whatever is varied', () => {
  test.each(named)('%s', async (_name, experiment) => {
    const usual = tablesOf(await planned(experiment)).map(({ columns, primaryKey }) => ({
      columns,
      primaryKey,
    }));
    const others: SettingLists[] = [{ seed: [1, 2] }, { samples: [200, 300] }, { bootstrap: [10] }];
    for (const given of others.filter((lists) =>
      Object.keys(lists).every((name) => name in experiment.settings),
    )) {
      for (const quick of [false, true]) {
        if (quick && 'samples' in given) continue;
        expect(tablesOf(await planned(experiment, { ...given, testSize: [0.25] }, quick))).toMatchObject(
          usual,
        );
      }
    }
  });
});

test('a column that may hold a word holds text in every run', async () => {
  const small = { samples: [80], epochs: [1], schedule: ['constant'], solver: ['sgd'] };
  for (const batchSize of [[10], ['all'], [10, 'all']]) {
    const [trials] = tablesOf(await planned(byName['grid-search ols'], { ...small, batchSize }));
    expect(trials.columns.find(({ name }) => name === 'batch_size')).toMatchObject({ type: 'string' });
    const values = new Set(tableToRecords(trials).map((row) => row.batch_size));
    expect([...values]).toEqual(batchSize.map(String));
  }
});

describe('a trial that finished, one that diverged, and one without a record', () => {
  async function three() {
    const plan = await planned(byName.ffnn, { learningRate: [0.1, 10, 20], samples: [80], epochs: [2] });
    const record = (index: number, rest: Partial<TrialRecord>): [string, TrialRecord] => {
      const { id, config } = plan.cells[index].trial;
      const usual = { divergedAt: null, metrics: {}, curves: {}, bootstrap: null, seconds: 1, at: '' };
      return [id, { id, config, status: 'done', ...usual, ...rest }];
    };
    const records = new Map([
      record(0, { metrics: { test_mse: 0.5 }, curves: { train_mse: [1, 0.5] } }),
      record(1, { status: 'diverged', divergedAt: 2, curves: { train_mse: [7, null] } }),
    ]);
    return tablesOf(plan, records);
  }

  test('no table has a word in a number column; a column says why it is empty', async () => {
    const tables = await three();
    const [trials, curves, summary] = tables.map(tableToRecords);
    expect(trials.map(({ status, test_mse }) => [status, test_mse])).toEqual([
      ['done', 0.5],
      ['diverged', null],
      ['not run', null],
    ]);
    expect(curves.map(({ epoch, value, status }) => [epoch, value, status])).toEqual([
      [1, 1, 'done'],
      [2, 0.5, 'done'],
      [1, 7, 'diverged'],
      [2, null, 'diverged'],
    ]);
    expect(
      summary.map(({ status, learning_rate, test_mse_mean }) => [status, learning_rate, test_mse_mean]),
    ).toEqual([
      ['done', 0.1, 0.5],
      ['diverged', 10, null],
      ['not run', 20, null],
    ]);
    for (const table of tables) {
      const numeric = table.columns.flatMap(({ name, type }) => (type === 'string' ? [] : name));
      for (const row of tableToRecords(table)) {
        for (const name of numeric) expect(typeof (row[name] ?? 0)).toBe('number');
      }
    }
  });

  test('all name the data, after the variant', async () => {
    for (const table of await three()) {
      const names = table.columns.map(({ name }) => name);
      expect(names[names.indexOf('variant') + 1]).toBe('data');
      expect(new Set(tableToRecords(table).map(({ data }) => data))).toEqual(new Set(['franke']));
    }
    const [trials] = tablesOf(await planned(byName.logistic));
    expect(await toCsv(trials)).toMatch(/\n[^,]+,full,code,sha256:[0-9a-f]{12},/);
  });

  test('the summary tells rows apart by all options', async () => {
    const summary = (await three())[2];
    expect(summary.primaryKey).toEqual(expect.arrayContaining(['data', 'learning_rate', 'hidden', 'epochs']));
    expect(summary.primaryKey).not.toContain('seed');
  });
});
