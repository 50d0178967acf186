import { describe, expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import ols from '../../experiments/grid-search-ols.ts';
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
    absent: [],
    notes: [],
  };
  return { plan, records: new Map(records.flat()) };
}

async function csvOf(
  { plan, records }: ReturnType<typeof planned>,
  options: { status?: boolean } = {},
): Promise<string[]> {
  return (await toCsv(await reportTable(plan, records, options))).trimEnd().split('\n');
}

/** The rows as people read them. */
async function markdownOf({ plan, records }: ReturnType<typeof planned>): Promise<string[]> {
  return toMarkdown(await reportTable(plan, records))
    .trimEnd()
    .split('\n')
    .slice(2);
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
  test('has rows and columns as the report has them, two digits, a half to even', async () => {
    const table = await csvOf(planned(ols, grid, cellsOf([0.125, 1234, 0.0999, 0.0512])));
    expect(table).toEqual(['metric,batch_size,0.01,0.1', 'test MSE,10,0.12,1200', 'test MSE,50,0.1,0.051']);
  });

  test('says why a value is missing', async () => {
    const cells = planned(ols, grid, cellsOf(['diverged', 'not run', 1, 2]).slice(0, 3));
    expect(await markdownOf(cells)).toEqual([
      '| test MSE | 10 | diverged | not run |',
      '| test MSE | 50 | 1 | not run |',
    ]);
  });

  test('has no word in a number column for programs, and says why in a column of its own', async () => {
    const cells = planned(ols, grid, cellsOf(['diverged', 'not run', 1, 2]).slice(0, 3));
    expect(await csvOf(cells, { status: true })).toEqual([
      'metric,batch_size,0.01,0.1,status',
      'test MSE,10,,,diverged: 0.01; not run: 0.1',
      'test MSE,50,1,,not run: 0.1',
    ]);
    const whole = planned(ols, grid, cellsOf([1, 2, 3, 4]));
    expect((await csvOf(whole, { status: true })).slice(1)).toEqual([
      'test MSE,10,1,2,done',
      'test MSE,50,3,4,done',
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
    expect(await csvOf(planned(ols, lists, cells))).toEqual([
      'metric,schedule,batch_size,0.01,0.1',
      'test MSE,constant,10,1,2',
      'test MSE,constant,50,3,4',
      'test MSE,decay,10,11,12',
      'test MSE,decay,50,13,14',
    ]);
  });

  test('has means over the seeds that finished', async () => {
    const cells = cellsOf([1, 2, 3, 4]).flatMap(([settings, outcome], i) => [
      [{ ...settings, seed: 1 }, outcome] as const,
      [{ ...settings, seed: 2 }, i === 1 ? 'diverged' : (outcome as number) + 1] as const,
    ]);
    const table = await csvOf(planned(ols, { ...grid, seed: [1, 2] }, cells));
    expect(table.slice(1)).toEqual(['test MSE,10,1.5,2', 'test MSE,50,3.5,4.5']);
  });

  test('has the closed form and each other library in a column of its own', async () => {
    const sklearn = { ...closedForm, solver: null, reference: 'sklearn' };
    const cells = [...cellsOf([1, 2, 3, 4]), [closedForm, 0.5], [sklearn, 'diverged']] as const;
    const lists = { ...grid, solver: ['sgd', 'closed-form'], reference: ['none', 'sklearn'] };
    expect(await csvOf(planned(ols, lists, cells))).toEqual([
      'metric,batch_size,0.01,0.1,closed form,sklearn',
      'test MSE,10,1,2,0.5,',
      'test MSE,50,3,4,0.5,',
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
    expect((await csvOf(planned(ridge, lists, cells))).slice(1)).toEqual([
      'test MSE,0,0.01,0.1,7',
      'test MSE,1,1,1.1,8',
    ]);
  });

  test("a library that reads the columns' option has a column for each of its values", async () => {
    const lists = { ...grid, reference: ['none', 'tfjs'] };
    const theirs = cellsOf([5, 6, 7, 8], { ...sgd, reference: 'tfjs' });
    expect(await csvOf(planned(ols, lists, [...cellsOf([1, 2, 3, 4]), ...theirs]))).toEqual([
      'metric,batch_size,0.01,0.1,"tfjs, learning rate 0.01","tfjs, learning rate 0.1"',
      'test MSE,10,1,2,5,6',
      'test MSE,50,3,4,7,8',
    ]);
  });
});

describe('single rows', () => {
  test('are what an experiment without a grid has, to three digits', async () => {
    const cells = [
      [{ activation: 'relu' }, 0.12345],
      [{ activation: 'sigmoid' }, 'diverged'],
      [{ activation: 'tanh' }, 'not run'],
    ] as const;
    expect(
      await csvOf(planned(ffnn, { activation: ['relu', 'sigmoid', 'tanh'] }, cells), { status: true }),
    ).toEqual(['activation,test MSE,status', 'relu,0.123,done', 'sigmoid,,diverged', 'tanh,,not run']);
  });

  test('have the spread over several seeds', async () => {
    const cells = [1, 2].flatMap((learningRate) =>
      [1, 2].map((seed) => [{ learningRate, seed }, learningRate * seed] as const),
    );
    expect(await csvOf(planned(ffnn, { learningRate: [1, 2], seed: [1, 2] }, cells))).toEqual([
      'learning_rate,test MSE,"test MSE, sd"',
      '1,1.5,0.71',
      '2,3,1.4',
    ]);
  });

  test('are what a grid of one cell has', async () => {
    const lists = { solver: ['sgd', 'closed-form'] };
    const one = { ...sgd, batchSize: 10, learningRate: 0.1 };
    expect(
      await csvOf(
        planned(ols, lists, [
          [one, 0.3],
          [closedForm, 0.2],
        ]),
      ),
    ).toEqual(['solver,test MSE', 'sgd,0.3', 'closed-form,0.2']);
  });

  test('a metric that a cell does not have is empty', async () => {
    const { plan, records } = planned(ffnn, {}, [[{}, 1]]);
    const without: Records = { get: (id) => ({ ...records.get(id)!, metrics: {} }) };
    expect([...(await reportTable(plan, without)).rows]).toEqual([[null]]);
  });
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
