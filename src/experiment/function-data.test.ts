import { describe, expect, test } from '@jest/globals';
import { coefficientsTable } from '../output/coefficients-table.ts';
import { runTrial } from '../trial/run-trial.ts';
import type { TrialRecord } from '../trial/trial.ts';
import type { SettingLists } from './options.ts';
import { type Plan, planExperiment } from './plan.ts';
import { trainExperiment } from './train.ts';

async function planned(data: string, given: SettingLists): Promise<Plan> {
  const { experiment, sources } = await trainExperiment({ data }, given);
  return await planExperiment(experiment, { variant: 'code', quick: false, given }, sources);
}

async function fitted({ cells }: Plan): Promise<Map<string, TrialRecord>> {
  const records = new Map<string, TrialRecord>();
  for (const { trial } of cells) records.set(trial.id, await runTrial(trial, { dataDir: null }));
  return records;
}

const exact: SettingLists = {
  hidden: ['none'],
  solver: ['closed-form'],
  basis: ['total'],
  scale: ['none'],
  scaleTargets: ['none'],
  coefficients: ['yes'],
  bootstrap: [10],
};

describe('a polynomial of the degree of the function', () => {
  test.each<[formula: string, degree: number, truth: Record<string, number>]>([
    ['1+2*x-3*x^3', 3, { 1: 1, x: 2, 'x^2': 0, 'x^3': -3 }],
    ['x*y-y^2+0.5', 2, { 1: 0.5, x: 0, 'x^2': 0, y: 0, 'x*y': 1, 'y^2': -1 }],
  ])('has its coefficients: %s', async (formula, degree, truth) => {
    const plan = await planned('formula', {
      ...exact,
      formula: [formula],
      degree: [degree],
      domain: ['-1:1'],
    });
    const records = await fitted(plan);
    const { columns, rows } = coefficientsTable(plan, records);
    const place = (name: string) => columns.findIndex((column) => column.name === name);
    const found = Array.from(rows, (cells) => [cells[place('feature')], cells[place('value')]] as const);
    expect(found.map(([name]) => name)).toEqual(Object.keys(truth));
    for (const [name, value] of found) expect(value).toBeCloseTo(truth[String(name)], 10);
  });

  test('leaves the noise alone: its variance is that of the test rows, its bias nearly nothing', async () => {
    const plan = await planned('formula', {
      ...exact,
      ...{
        formula: ['x^2-x'],
        degree: [2],
        noise: [0.3],
        samples: [2000],
        bootstrapMethod: ['bias-variance'],
      },
    });
    const [{ metrics }] = (await fitted(plan)).values();
    expect(metrics.noise_variance).toBeCloseTo(0.09, 1);
    expect(metrics.bias_squared).toBeLessThan(0.001);
    expect(metrics.test_mse).toBeCloseTo(metrics.noise_variance!, 2);
  });
});

describe('a grid', () => {
  test('says how many rows there are, of which the split takes its share', async () => {
    const { cells } = await planned('franke', { grid: ['20x20'] });
    expect(cells).toHaveLength(1);
    expect(cells[0].settings.samples).toBeNull();
    const { data, split } = cells[0].trial.config;
    expect(data).toMatchObject({ samples: 400, grid: [20, 20] });
    expect(split).toMatchObject({ trainRows: 320, testRows: 80 });
  });

  test('next to random points gives both, and no grid is no other trial', async () => {
    const both = await planned('runge', { grid: ['none', '100'] });
    const without = await planned('runge', {});
    expect(both.cells.map(({ settings }) => settings.samples)).toEqual([1000, null]);
    expect(both.cells[0].trial.id).toBe(without.cells[0].trial.id);
    expect(both.cells[0].trial.config.data).not.toHaveProperty('grid');
  });

  test('cannot be given with a number of rows', async () => {
    await expect(planned('runge', { grid: ['100'], samples: [50] })).rejects.toThrow(
      /\{samples\} and \{grid\} cannot be given together/,
    );
  });
});

test('an interval is the same however it is written, and another interval is another trial', async () => {
  const idOf = async (given: SettingLists) => (await planned('runge', given)).cells[0].trial.id;
  expect(await idOf({ domain: ['-1:1'] })).toBe(await idOf({}));
  expect(await idOf({ domain: ['-2:2'] })).not.toBe(await idOf({}));
  expect(await idOf({ formula: ['1/(1+25*x^2)'], domain: ['-1:1'] })).not.toBe(await idOf({}));
});

test('more terms than fit are refused before anything is trained', async () => {
  const given = { basis: ['product'], degree: [3], hidden: ['none'] };
  await expect(planned('breast-cancer', given)).rejects.toThrow(
    /a polynomial of degree 3 in 30 inputs has too many terms(.|\n)*at most 100000/,
  );
});
