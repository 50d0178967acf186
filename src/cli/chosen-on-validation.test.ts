import { beforeAll, describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { SettingLists } from '../experiment/options.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import { draw } from '../figures/index.ts';
import { resultsOf } from '../figures/results.ts';
import { reportTable } from '../output/report-table.ts';
import { curvesExplorer } from '../page/explorer.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { findings } from './findings.ts';
import { showResults } from './show-results.ts';

const rates = [0.1, 0.2, 0.4];
/** By learning rate: the best on the test rows is not the best on the validation rows. */
const test_r2 = [0.3, 0.9, 0.5];
const validation_r2 = [0.7, 0.4, 0.6];
const pipe = { isTTY: false, columns: 80 } as NodeJS.WriteStream;

/** A plan with records that say the above. */
async function planned(name: string, given: SettingLists) {
  const experiment = experiments.find((one) => one.name === name)!;
  const own = { learningRate: rates, seed: [1], samples: [60], epochs: [2], ...given };
  const plan = await planExperiment(
    experiment,
    { variant: 'code', quick: false, given: own },
    { dataDir: null },
  );
  const records = new Map<string, TrialRecord>();
  for (const { trial, settings } of plan.cells) {
    const { id, config } = trial;
    const at = rates.indexOf(settings.learningRate as number);
    const spread = { standardDeviation: 0, low: 0, high: 0 };
    const bootstrap = { mse: { mean: 1 - test_r2[at], ...spread }, r2: { mean: test_r2[at], ...spread } };
    const metrics = {
      test_mse: 1 - test_r2[at],
      validation_mse: 1 - validation_r2[at],
      validation_r2: validation_r2[at],
    };
    const curves = { train_mse: [2, 1], test_mse: [2, 1], validation_mse: [3, 2] };
    const rest = {
      status: 'done',
      divergedAt: null,
      metrics,
      curves,
      bootstrap,
      seconds: 1,
      at: '',
    } as const;
    records.set(id, { id, config, ...rest });
  }
  return { plan, records };
}

const grid = { solver: ['sgd'], lambda: [0.5] };

describe.each<[string, SettingLists, string]>([
  ['validation rows', { validationSize: [0.2] }, 'validation R2'],
  ['folds', { folds: [4] }, 'validation R2, mean of 4 folds'],
])('a grid with %s', (_name, given, by) => {
  let plan: Plan;
  let records: Map<string, TrialRecord>;
  beforeAll(async () => {
    ({ plan, records } = await planned('grid-search ridge', { ...grid, ...given }));
  });

  test('has its star in every heat map at the cell that validation chooses, and says so', () => {
    const text = showResults(plan, records, pipe);
    const maps = text.split('\n\n').filter((part) => part.includes('learning rate\n'));
    expect(maps.map((map) => map.match(/\S+\*/)![0])).toEqual(['0.700*', '0.300*', '0.300*', '0.700*']);
    expect(text).toContain(`* best (highest ${by})`);
    expect(text).toContain(by);
  });

  test('is framed there in figures, and bold there in tables', async () => {
    const [{ caption, spec }] = await draw(resultsOf(plan, records));
    expect(caption).toContain(`Framed: the best cell by ${by.replace('R2', 'R²')}.`);
    const framed = [...JSON.stringify(spec).matchAll(/"column":"([^"]*)"[^{}]*"best":true/g)];
    expect(framed.length).toBeGreaterThanOrEqual(4);
    expect(new Set(framed.map(([, rate]) => rate))).toEqual(new Set(['0.1']));
    const { readers } = await reportTable(plan, records);
    const bold = [...readers!.rows].flatMap(({ cells }) =>
      cells.flatMap((cell) => (typeof cell === 'object' && cell.best ? cell.value : [])),
    );
    expect(bold.map((value) => value.toFixed(1))).toEqual(['0.7', '0.3', '0.3', '0.7']);
    expect(readers!.caption).toContain(`Bold: the best by ${by} in the grid.`);
  });

  test('has it as the best of its experiment', () => {
    expect(findings([plan], records, [], 200)).toContain(`${by} 0.700: learning rate 0.1`);
  });
});

test('without validation each metric has its own best, by the test rows', async () => {
  const { plan, records } = await planned('grid-search ridge', grid);
  const text = showResults(plan, records, pipe);
  expect(text.match(/\S+\*/g)).toEqual(['0.100*', '0.900*']);
  expect(text).not.toContain('validation');
  expect(findings([plan], records, [], 200)).toContain('test R2, bootstrap mean 0.900: learning rate 0.2');
});

test('curves of the validation rows are drawn, and can be chosen on the page', async () => {
  const { plan, records } = await planned('ffnn', { learningRate: [0.1], validationSize: [0.2] });
  const [{ spec }] = await draw(resultsOf(plan, records));
  expect(JSON.stringify(spec)).toContain('"split":"validation"');
  expect(`${curvesExplorer('x', plan, records)!.markup}`).toContain('validation data');
  const plain = await planned('ffnn', { learningRate: [0.1] });
  for (const record of plain.records.values()) Reflect.deleteProperty(record.curves, 'validation_mse');
  const without = resultsOf(plain.plan, plain.records);
  expect(JSON.stringify((await draw(without))[0].spec)).not.toContain('validation');
  expect(`${curvesExplorer('x', plain.plan, plain.records)!.markup}`).not.toContain('validation data');
});

test.each<[string, SettingLists]>([
  ['grid-search ridge', grid],
  ['ffnn', {}],
])('%s says in its tables which epoch early stopping chose, and draws it nowhere', async (name, given) => {
  const { plan, records } = await planned(name, { ...given, validationSize: [0.2], earlyStopping: [5] });
  for (const { metrics } of records.values()) Object.assign(metrics, { best_epoch: 17, best_test_mse: 0.4 });
  const text = showResults(plan, records, { ...pipe, columns: 200 } as NodeJS.WriteStream);
  expect(text).toMatch(/best epoch/);
  expect(text).toMatch(name === 'ffnn' ? / 17( |\n)/ : / 17\.0/);
  const figures = await draw(resultsOf(plan, records));
  expect(JSON.stringify(figures)).not.toContain('"best epoch');
});
