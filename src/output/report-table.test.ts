import { describe, expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import ols from '../../experiments/grid-search-ols.ts';
import randomnet from '../../experiments/randomnet.ts';
import type { Experiment } from '../experiment/define.ts';
import type { SettingLists, Settings } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import type { TrialConfig, TrialRecord } from '../trial/trial.ts';
import { toCsv } from './csv.ts';
import { toMarkdown } from './markdown.ts';
import { reportTable } from './report-table.ts';
import type { Records } from './trials-table.ts';

/** What became of a trial: its test MSE, or none. */
type Outcome = number | 'diverged' | 'not run';

const metrics = [{ name: 'test_mse', title: 'test MSE', best: 'min' }] as const;

/** A plan of cells with their outcomes, without any training. */
function planned(
  definition: Experiment,
  lists: SettingLists,
  cells: readonly (readonly [Settings, Outcome])[],
): { plan: Plan; records: Records } {
  const experiment = { ...definition, layout: { ...definition.layout, metrics } };
  const ones = Object.fromEntries(Object.keys(experiment.settings).map((name) => [name, [0]]));
  const config = {} as TrialConfig;
  const records = cells.map(([, outcome], index): [string, TrialRecord][] => {
    if (outcome === 'not run') return [];
    const [status, values] =
      outcome === 'diverged' ? (['diverged', {}] as const) : (['done', { test_mse: outcome }] as const);
    const id = String(index);
    const rest = { divergedAt: null, curves: {}, bootstrap: null, seconds: 1, at: '2025-01-01' };
    return [[id, { id, config, status, metrics: values, ...rest }]];
  });
  const plan: Plan = {
    experiment,
    variant: 'code',
    quick: false,
    lists: { ...ones, seed: [1], ...lists },
    cells: cells.map(([settings], index) => ({
      settings: { seed: 1, ...settings },
      trial: { id: String(index), config },
    })),
    data: [],
    drawsSplits: true,
    absent: [],
    notes: [],
  };
  return { plan, records: new Map(records.flat()) };
}

async function csvOf({ plan, records }: ReturnType<typeof planned>): Promise<string[]> {
  return (await toCsv(await reportTable(plan, records))).trimEnd().split('\n');
}

/** The heading and the rows as people read them. */
async function shownOf({ plan, records }: ReturnType<typeof planned>): Promise<string[]> {
  const [, , heading, , ...rows] = toMarkdown(await reportTable(plan, records))
    .trimEnd()
    .split('\n');
  return [heading, ...rows];
}

const sgd = { solver: 'sgd', reference: 'none', schedule: 'constant' };
const closedForm = { solver: 'closed-form', schedule: null, batchSize: null, learningRate: null };
const grid = { batchSize: [10, 50], learningRate: [0.01, 0.1] };
const cellsOf = (outcomes: readonly Outcome[], settings: Settings = sgd) =>
  [10, 50].flatMap((batchSize, row) =>
    [0.01, 0.1].map(
      (learningRate, column) =>
        [{ ...settings, batchSize, learningRate }, outcomes[2 * row + column]] as const,
    ),
  );

describe('a grid', () => {
  test('has rows and columns as the report has them, three digits, the best in bold', async () => {
    expect(await shownOf(planned(ols, grid, cellsOf([0.125, 1234, 0.0999, 0.0512])))).toEqual([
      '| metric | batch size | learning rate 0.01 | 0.1 |',
      '| test MSE | 10 | 0.125 | 1234 |',
      '| test MSE | 50 | 0.0999 | **0.0512** |',
    ]);
  });

  test('has every number in full for programs, one row per cell, with a status', async () => {
    const cells = planned(ols, grid, cellsOf(['diverged', 'not run', 0.1 + 0.2, 1 / 3]));
    expect(await csvOf(cells)).toEqual([
      'batch_size,learning_rate,test_mse,test_mse_std,seeds,status',
      '10,0.01,,,0,diverged',
      '10,0.1,,,0,not run',
      '50,0.01,0.30000000000000004,,1,done',
      '50,0.1,0.3333333333333333,,1,done',
    ]);
  });

  test('says why a value is missing; what is in no run is another mark', async () => {
    const table = await shownOf(planned(ols, grid, cellsOf(['diverged', 'not run', 1, 2]).slice(0, 3)));
    expect(table.slice(1)).toEqual([
      '| test MSE | 10 | diverged | not run |',
      '| test MSE | 50 | **1.00** | – |',
    ]);
  });

  test('has a line for each combination of what else varies', async () => {
    const cells = ['constant', 'decay'].flatMap((schedule, i) =>
      cellsOf(
        [1, 2, 3, 4].map((x) => x + 10 * i),
        { ...sgd, schedule },
      ),
    );
    const lists = { ...grid, schedule: ['constant', 'decay'] };
    expect((await shownOf(planned(ols, lists, cells))).slice(1)).toEqual([
      '| test MSE | constant | 10 | **1.00** | 2.00 |',
      '| test MSE | constant | 50 | 3.00 | 4.00 |',
      '| test MSE | decay | 10 | 11.0 | 12.0 |',
      '| test MSE | decay | 50 | 13.0 | 14.0 |',
    ]);
  });

  test('has means over the seeds with their spread; a cell of which a seed diverged is never the best', async () => {
    const cells = cellsOf([1, 0.2, 3, 4]).flatMap(([settings, outcome], i) => [
      [{ ...settings, seed: 1 }, outcome] as const,
      [{ ...settings, seed: 2 }, i === 1 ? 'diverged' : (outcome as number) + 1] as const,
    ]);
    const plan = planned(ols, { ...grid, seed: [1, 2] }, cells);
    expect((await shownOf(plan)).slice(1)).toEqual([
      '| test MSE | 10 | **1.50 ± 0.71** | 1/2 diverged |',
      '| test MSE | 50 | 3.50 ± 0.71 | 4.50 ± 0.71 |',
    ]);
    expect((await csvOf(plan))[1]).toBe('10,0.01,1.5,0.7071067811865476,2,done');
  });

  test('has the closed form and each other library in a column of its own', async () => {
    const sklearn = { ...closedForm, solver: null, reference: 'sklearn' };
    const cells = [...cellsOf([1, 2, 3, 4]), [closedForm, 0.5], [sklearn, 'diverged']] as const;
    const lists = { ...grid, solver: ['sgd', 'closed-form'], reference: ['none', 'sklearn'] };
    expect(await shownOf(planned(ols, lists, cells))).toEqual([
      '| metric | batch size | learning rate 0.01 | 0.1 | closed form | sklearn |',
      '| test MSE | 10 | **1.00** | 2.00 | 0.500 | diverged |',
      '| test MSE | 50 | 3.00 | 4.00 | 0.500 | diverged |',
    ]);
  });

  test("a closed form that has the rows' option is in its own rows", async () => {
    const ridge: Experiment = { ...ols, layout: { ...ols.layout, rows: 'lambda' } };
    const lambdas = [0, 1];
    const cells = [
      ...lambdas.flatMap((lambda) =>
        [0.01, 0.1].map((learningRate) => [{ ...sgd, lambda, learningRate }, lambda + learningRate] as const),
      ),
      ...lambdas.map((lambda) => [{ ...closedForm, lambda }, 7 + lambda] as const),
    ];
    const lists = { lambda: lambdas, learningRate: [0.01, 0.1], solver: ['sgd', 'closed-form'] };
    expect((await shownOf(planned(ridge, lists, cells))).slice(1)).toEqual([
      '| test MSE | 0 | **0.0100** | 0.100 | 7.00 |',
      '| test MSE | 1 | 1.01 | 1.10 | 8.00 |',
    ]);
  });

  test("a library that reads the columns' option has a column for each of its values", async () => {
    const lists = { ...grid, reference: ['none', 'tfjs'] };
    const theirs = cellsOf([5, 6, 7, 8], { ...sgd, reference: 'tfjs' });
    expect(await shownOf(planned(ols, lists, [...cellsOf([1, 2, 3, 4]), ...theirs]))).toEqual([
      '| metric | batch size | learning rate 0.01 | 0.1 | tfjs, learning rate 0.01 | 0.1 |',
      '| test MSE | 10 | **1.00** | 2.00 | 5.00 | 6.00 |',
      '| test MSE | 50 | 3.00 | 4.00 | 7.00 | 8.00 |',
    ]);
  });
});

describe('single rows', () => {
  test('are what an experiment without a grid has; equal numbers are equally good', async () => {
    const cells = [
      [{ activation: 'relu' }, 0.12345],
      [{ activation: 'leaky_relu' }, 0.12346],
      [{ activation: 'sigmoid' }, 'diverged'],
      [{ activation: 'tanh' }, 'not run'],
    ] as const;
    const lists = { activation: ['relu', 'leaky_relu', 'sigmoid', 'tanh'] };
    expect(await shownOf(planned(ffnn, lists, cells))).toEqual([
      '| activation | test MSE |',
      '| relu | **0.123** |',
      '| leaky\\_relu | **0.123** |',
      '| sigmoid | diverged |',
      '| tanh | not run |',
    ]);
  });

  test('another library is never the best, even with the same number', async () => {
    const their = { reference: 'tfjs' };
    const lists = { activation: ['relu', 'tanh'], reference: ['none', 'tfjs'] };
    const own = [[{ activation: 'relu' }, 0.5] as const, [{ activation: 'tanh' }, 0.4] as const];
    const theirs = [
      [{ activation: 'relu', ...their }, 0.3] as const,
      [{ activation: 'tanh', ...their }, 0.4] as const,
    ];
    const rows = (await shownOf(planned(ffnn, lists, [...own, ...theirs]))).slice(1);
    expect(rows.map((row) => row.includes('**'))).toEqual([false, true, false, false]);
    const single = planned(ffnn, { reference: ['none', 'tfjs'] }, [own[0], theirs[0]]);
    expect((await shownOf(single)).join()).not.toContain('**');
  });

  test('are what a grid of one cell has', async () => {
    const lists = { solver: ['sgd', 'closed-form'] };
    const one = { ...sgd, batchSize: 10, learningRate: 0.1 };
    const cells = [[one, 0.3] as const, [closedForm, 0.2] as const];
    expect((await shownOf(planned(ols, lists, cells))).slice(1)).toEqual([
      '| sgd | 0.300 |',
      '| closed-form | **0.200** |',
    ]);
  });

  test('a single row has no best, and a metric that a cell does not have is empty', async () => {
    const { plan, records } = planned(ffnn, {}, [[{}, 1]]);
    expect((await shownOf({ plan, records })).slice(1)).toEqual(['| 1.00 |']);
    const without = { get: (id: string) => ({ ...records.get(id)!, metrics: {} }) } as typeof records;
    expect((await shownOf({ plan, records: without })).slice(1)).toEqual(['|  |']);
  });

  test('training and test rows share the heading of their metric', async () => {
    const { plan, records } = planned(ffnn, {}, [[{}, 1]]);
    const two = [...metrics, { name: 'train_mse', title: 'train MSE', best: 'min' } as const];
    const experiment = { ...plan.experiment, layout: { ...plan.experiment.layout, metrics: two } };
    const [heading] = await shownOf({ plan: { ...plan, experiment }, records });
    expect(heading).toBe('| MSE test | train |');
  });
});

test('random networks have their architecture: for people without initialisers, for programs whole', async () => {
  const layer = { units: 13, activation: 'leaky_relu', kernelInit: 'glorot_uniform', biasInit: 'zeros' };
  const model = { solver: 'sgd', layers: [layer, { ...layer, units: 1 }] };
  const config = { model } as unknown as TrialConfig;
  const { plan, records } = planned(randomnet, { net: [1] }, [[{ net: 1 }, 1]]);
  const cells = plan.cells.map((cell) => ({ ...cell, trial: { ...cell.trial, config } }));
  expect(await shownOf({ plan: { ...plan, cells }, records })).toEqual([
    '| hidden layers | test MSE |',
    '| 13 leaky relu | 1.00 |',
  ]);
  expect((await csvOf({ plan: { ...plan, cells }, records }))[1]).toContain(
    '13 leaky_relu glorot_uniform zeros',
  );
});

test('the caption and the label follow from what was run', async () => {
  const { plan, records } = planned(ols, grid, cellsOf([1, 2, 3, 4]));
  const { readers } = await reportTable(plan, records);
  expect(readers).toMatchObject({ label: 'tab:grid-search-ols' });
  expect(readers!.caption).toMatch(
    /batch size x learning rate.*Bold: the best of each metric in the grid\.$/,
  );
});

test('a large grid lets others have their turn', async () => {
  const side = Array.from({ length: 50 }, (_, i) => i + 1);
  const cells = side.flatMap((batchSize) =>
    side.map((learningRate) => [{ ...sgd, batchSize, learningRate }, 1] as const),
  );
  const { plan, records } = planned(ols, { batchSize: side, learningRate: side }, cells);
  let read = 0;
  let readAtFirstTurn = 0;
  setImmediate(() => {
    readAtFirstTurn = read;
  });
  const counting: Records = {
    get(id) {
      read++;
      return records.get(id);
    },
  };
  await reportTable(plan, counting);
  expect(read).toBe(2500);
  expect(readAtFirstTurn).toBeLessThan(2500);
});

test('the caption of an experiment with curves is not that of its curves', async () => {
  const { plan, records } = planned(ffnn, {}, [[{}, 1]]);
  expect((await reportTable(plan, records)).readers!.caption).not.toContain('per epoch');
});
