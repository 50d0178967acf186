import { expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import { decidingMetric } from '../experiment/deciding.ts';
import { planExperiment } from '../experiment/plan.ts';
import type { RoundSetting, Stopping } from '../experiment/stopping.ts';
import { roundsTable } from './rounds.ts';

/** A plan of learning rates in two rounds: the first continues, the last diverged. */
async function made(count: number) {
  const learningRate = Array.from({ length: count }, (_, i) => (i + 1) / 1000);
  const given = { epochs: [8], samples: [20], learningRate };
  const plan = await planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null });
  const row = (place: number, round: number): RoundSetting => ({
    ...{ round, epochs: 4 * round, seeds: 1, behind: null, deviation: null, p: null },
    data: plan.cells[place].trial.config.data,
    settings: { ...plan.cells[place].settings, epochs: 4 * round },
    ...(place === count - 1
      ? { diverged: 1, mean: null, kept: false, reason: 'diverged' }
      : {
          diverged: 0,
          mean: 0.5 + place,
          kept: place === 0,
          reason: `place ${place + 1} of ${count}, of which 1`,
        }),
  });
  const results = [...plan.cells.map((_, place) => row(place, 1)), row(0, 2)];
  const stopping: Stopping = {
    ...{
      rule: { kind: 'halving', eta: 2, minEpochs: null },
      metric: decidingMetric(plan.experiment),
      results,
    },
    stopped: results
      .slice(1, count)
      .map((last, index) => ({ place: index + 1, settings: last.settings, last })),
    rounds: [1, 2].map((round) => ({ epochs: 4 * round, seeds: 1, settings: 1, stopped: 0, trials: 1 })),
    cost: { taken: 1, all: 2, unit: 'epochs' },
  };
  return { plan, stopping };
}

const rowsIn = (markup: string) =>
  [...markup.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) =>
    row
      .replace(/<[^>]*>/g, ' ')
      .trim()
      .split(/ {2,}/),
  );

test('says what became of each setting, those that got furthest first', async () => {
  const { plan, stopping } = await made(3);
  const { markup } = roundsTable(plan, stopping);
  expect(rowsIn(markup).slice(1)).toEqual([
    ['0.001', '8', '0.5', 'place 1 of 3'],
    ['0.002', '4', '1.5', 'stopped: place 2 of 3'],
    ['0.003', '4', 'diverged', 'stopped: diverged'],
  ]);
  expect(markup).toContain('3 settings in 2 rounds, of which 2 were stopped early');
  expect(markup).not.toContain('the first');
});

test('of very many settings it shows the first, and says so', async () => {
  const { plan, stopping } = await made(150);
  const { markup } = roundsTable(plan, stopping);
  expect(rowsIn(markup)).toHaveLength(101);
  expect(markup).toContain('150 settings in 2 rounds');
  expect(markup).toContain('the first 100 are shown');
});
