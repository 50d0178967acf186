import { describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { Cell } from '../experiment/cells.ts';
import type { SettingLists } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import { runTrial } from './run-trial.ts';
import { drawSeeds } from './streams.ts';
import { createTrial, type TrialConfig } from './trial.ts';

const sources = { dataDir: null };
const short = { samples: [60], epochs: [2], bootstrap: [5] };

async function cellsOf(name: string, given: SettingLists): Promise<readonly Cell[]> {
  const experiment = experiments.find((one) => one.name === name)!;
  return (await planExperiment(experiment, { variant: 'code', quick: false, given }, sources)).cells;
}

const idOf = ({ trial }: Cell) => trial.id;
const drawSeed = (config: TrialConfig) => drawSeeds(config).init;
const seedOf = ({ trial }: Cell) => drawSeed(trial.config);

test('shared streams, named or not, are the trials of before', async () => {
  for (const { name } of experiments) {
    const plain = await cellsOf(name, {});
    expect((await cellsOf(name, { streams: ['shared'] })).map(idOf)).toEqual(plain.map(idOf));
    for (const { trial } of plain) {
      expect(Object.keys(trial.config)).not.toContain('streams');
      expect(createTrial({ ...trial.config, streams: 'shared' }).id).toBe(trial.id);
      expect(drawSeed(trial.config)).toBe(trial.config.seed);
    }
  }
});

test('with streams of its own each cell is another trial with other draws, in every experiment', async () => {
  for (const { name } of experiments) {
    const seeds = { seed: [1, 2] };
    const shared = await cellsOf(name, seeds);
    const own = await cellsOf(name, { ...seeds, streams: ['cell'] });
    expect(own).toHaveLength(shared.length);
    expect(new Set([...shared, ...own].map(idOf)).size).toBe(2 * shared.length);
    expect(new Set(own.map(seedOf)).size).toBe(own.length);
    for (const seed of own.map(seedOf)) expect(Number.isSafeInteger(seed) && seed >= 0).toBe(true);
  }
});

test('the draws of a cell do not depend on the grid around it or on the order of its keys', async () => {
  const streams: SettingLists = { streams: ['cell'] };
  const grid = await cellsOf('grid-search ols', streams);
  const [alone] = await cellsOf('grid-search ols', {
    ...streams,
    solver: ['sgd'],
    schedule: ['decay'],
    batchSize: [50],
    learningRate: [0.01],
  });
  const same = grid.find((cell) => idOf(cell) === idOf(alone))!;
  expect(seedOf(same)).toBe(seedOf(alone));
  const { config } = alone.trial;
  const reversed = Object.fromEntries(Object.entries(config).reverse()) as unknown as TrialConfig;
  expect(drawSeed(reversed)).toBe(drawSeed(config));
  // Stays what it is: changing it would change numbers without changing ids.
  expect(drawSeed(config)).toBe(1474542733279425);
});

test('another element type or library draws the same', async () => {
  const [double, single] = await cellsOf('ffnn', { streams: ['cell'], dtype: ['float64', 'float32'] });
  expect(seedOf(single)).toBe(seedOf(double));
  const {
    solver: _,
    dtype: __,
    ...training
  } = double.trial.config.model as TrialConfig['model'] & {
    readonly dtype: string;
  };
  const model = { ...training, solver: 'tfjs', version: '4.22.0', backend: 'tensorflow' };
  expect(drawSeed({ ...double.trial.config, model } as unknown as TrialConfig)).toBe(seedOf(double));
});

describe('what differs between two cells of a seed', () => {
  // Lambda is 0, so what is penalised changes the settings and nothing else.
  const same: SettingLists = { ...short, biasInit: ['none'], outputBiasInit: ['none'], seed: [3] };
  const run = async (streams: string, penalize: string) => {
    const given = { ...same, streams: [streams], penalize: [penalize] };
    const [{ trial }] = await cellsOf('ffnn', given);
    const { config: _, id: __, seconds: ___, at: ____, ...numbers } = await runTrial(trial, sources);
    return numbers;
  };

  test('shared: nothing; cell: weights, batches and resamples', async () => {
    expect(await run('shared', 'kernels')).toEqual(await run('shared', 'all'));
    const [one, other] = [await run('cell', 'kernels'), await run('cell', 'all')];
    expect(one.curves.test_mse).not.toEqual(other.curves.test_mse);
    expect(one.bootstrap).not.toEqual(other.bootstrap);
    expect(one).toEqual(await run('cell', 'kernels'));
  });

  test('the split, the data and so the exact fit are shared', async () => {
    const exact = { ...short, solver: ['closed-form'], seed: [3], degree: [2] };
    const [shared] = await cellsOf('grid-search ols', exact);
    const [own] = await cellsOf('grid-search ols', { ...exact, streams: ['cell'] });
    const [a, b] = [await runTrial(shared.trial, sources), await runTrial(own.trial, sources)];
    expect(b.metrics).toEqual(a.metrics);
    expect(b.bootstrap).not.toEqual(a.bootstrap);
  });
});
