import { expect, test } from '@jest/globals';
import gridSearchLasso from '../../../experiments/grid-search-lasso.ts';
import type { SettingLists } from '../../experiment/options.ts';
import { planExperiment } from '../../experiment/plan.ts';
import { runTrial } from '../run-trial.ts';
import type { TrialRecord } from '../trial.ts';

const sources = { dataDir: null };
const small: SettingLists = { samples: [60], degree: [5], bootstrap: [5] };

async function plan(given: SettingLists) {
  const choices = { variant: 'code', quick: false, given: { ...small, ...given } } as const;
  return (await planExperiment(gridSearchLasso, choices, sources)).cells;
}

async function records(given: SettingLists): Promise<TrialRecord[]> {
  const cells = await plan({ solver: ['coordinate-descent'], ...given });
  return Promise.all(cells.map(({ trial }) => runTrial(trial, sources)));
}

test('one fit for each penalty, whatever the settings of training; lambda x l1 spans elastic nets', async () => {
  const cells = await plan({ lambda: [0, 0.1], l1: [0.01, 0.1] });
  const own = cells.filter(({ settings }) => settings.solver === 'coordinate-descent');
  expect(own.map(({ settings: { lambda, l1, learningRate } }) => [lambda, l1, learningRate])).toEqual([
    [0, 0.01, null],
    [0, 0.1, null],
    [0.1, 0.01, null],
    [0.1, 0.1, null],
  ]);
  expect(cells).toHaveLength(4 + 2 * 2 * 4);
});

test('without an L1 part it gives the bits of the closed form', async () => {
  const given = { lambda: [0, 1e-3], l1: [0] };
  const ours = await records(given);
  const closed = await records({ ...given, solver: ['closed-form'] });
  for (const [index, { metrics, bootstrap }] of closed.entries()) {
    expect(ours[index].metrics).toMatchObject(metrics);
    expect(ours[index].bootstrap).toEqual(bootstrap);
  }
});

test('more penalty leaves fewer coefficients and a larger training error, down to none', async () => {
  const l1 = [1e-5, 1e-3, 0.1, 10];
  const found = (await records({ l1 })).map(({ metrics }) => metrics);
  expect(found.map(({ converged }) => converged)).toEqual([1, 1, 1, 1]);
  const errors = found.map(({ train_mse }) => train_mse!);
  expect([...errors].sort((a, b) => a - b)).toEqual(errors);
  const counts = found.map(({ nonzero }) => nonzero!);
  expect([...counts].sort((a, b) => b - a)).toEqual(counts);
  expect(counts.at(-1)).toBe(0);
});

test('an unreachable tolerance ends after the given number of sweeps, and says so', async () => {
  const [{ metrics }] = await records({ l1: [1e-5], kktTolerance: [1e-300], maxSweeps: [7] });
  expect(metrics).toMatchObject({ converged: 0, iterations: 7 });
});

test.each([
  ['loss', 'mae', 'penalised sum of squares'],
  ['outputActivation', 'sigmoid', 'penalised sum of squares'],
] as const)('%s %s is refused', async (name, value, why) => {
  await expect(plan({ [name]: [value] })).rejects.toThrow(why);
});

test.each(['ols', 'ridge'])('grid-search %s does not offer it', async (name) => {
  const { default: experiment } = await import(`../../../experiments/grid-search-${name}.ts`);
  const choices = { variant: 'code', quick: false, given: { solver: ['coordinate-descent'] } } as const;
  await expect(planExperiment(experiment, choices, sources)).rejects.toThrow('cannot be fitted');
});
