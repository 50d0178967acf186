import { beforeAll, describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { Cell } from '../experiment/cells.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { verificationSections } from './verification-sections.ts';
import { winnersOf } from './winners.ts';

// A grid of 2 x 2 cells for each of two schedules, over eight seeds, with numbers made up for what is to be found.

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const given = {
  ...{ seed: seeds, epochs: [1], samples: [40], solver: ['sgd', 'closed-form'] },
  ...{ schedule: ['constant', 'decay'], batchSize: [5, 10], learningRate: [0.1, 0.01] },
};
let plan: Plan;

beforeAll(async () => {
  const ols = experiments.find(({ name }) => name === 'grid-search ols')!;
  plan = await planExperiment(ols, { variant: 'code', quick: false, given }, { dataDir: null });
});

type Settings = Cell['settings'];

/** Records whose bootstrapped MSE and R2 are what `mseOf` says and 1 less that; null where the training diverged. */
function recordsOf(mseOf: (settings: Settings) => number | null): Map<string, TrialRecord> {
  const spread = (mean: number) => ({ mean, standardDeviation: 0, low: mean, high: mean });
  return new Map(
    plan.cells.map(({ settings, trial: { id, config } }) => {
      const mse = mseOf(settings);
      const bootstrap = mse === null ? null : { mse: spread(mse), r2: spread(1 - mse) };
      const status = mse === null ? 'diverged' : 'done';
      const record = { id, config, status, divergedAt: null, metrics: {}, curves: {}, bootstrap };
      return [id, { ...record, seconds: 1, at: '2020-11-01T00:00:00.000Z' } as unknown as TrialRecord];
    }),
  );
}

const nameOf = ({ batchSize, learningRate }: Settings) => `${batchSize}/${learningRate}`;

/** Less noise than steps between the cells: 5/0.1 is best, 10/0.01 worst in every seed. */
const ranked: Record<string, number> = { '5/0.1': 0.1, '10/0.1': 0.2, '5/0.01': 0.3, '10/0.01': 0.4 };
const clear = (settings: Settings) => ranked[nameOf(settings)] + 0.001 * Math.sin(settings.seed as number);

describe('winnersOf', () => {
  test('one grid for each schedule and metric, the cells from the best mean on', async () => {
    const grids = await winnersOf(plan, recordsOf(clear), 0.95);
    expect(grids.map(({ slice, metric, seeds }) => [slice, metric, seeds])).toEqual([
      [{ schedule: 'constant' }, 'bootstrap_mse', 8],
      [{ schedule: 'constant' }, 'bootstrap_r2', 8],
      [{ schedule: 'decay' }, 'bootstrap_mse', 8],
      [{ schedule: 'decay' }, 'bootstrap_r2', 8],
    ]);
    for (const { experiment, cells } of grids) {
      expect(experiment).toBe('grid-search ols');
      expect(cells.map(({ settings }) => settings)).toEqual([
        { batchSize: 5, learningRate: 0.1 },
        { batchSize: 10, learningRate: 0.1 },
        { batchSize: 5, learningRate: 0.01 },
        { batchSize: 10, learningRate: 0.01 },
      ]);
      expect(cells.map(({ wins }) => wins)).toEqual([8, 0, 0, 0]);
    }
    const noise = seeds.reduce((sum, seed) => sum + 0.001 * Math.sin(seed), 0) / 8;
    expect(grids[0].cells[3].mean).toBeCloseTo(0.4 + noise, 12);
    expect(grids[1].cells[3].mean).toBeCloseTo(0.6 - noise, 12);
  });

  test('cells that are worse by more than equal cells would be are not the best', async () => {
    const [{ cells }] = await winnersOf(plan, recordsOf(clear), 0.95);
    expect(cells.map(({ tied }) => tied)).toEqual([true, false, false, false]);
    // All 2^7 choices of signs give smaller differences.
    expect(cells.map(({ p }) => p)).toEqual([null, 1 / 129, 1 / 129, 1 / 129]);
    const [{ cells: strict }] = await winnersOf(plan, recordsOf(clear), 0.995);
    expect(strict.map(({ tied }) => tied)).toEqual([true, true, true, true]);
  });

  test('seeds that disagree are counted for the cells that are best in them', async () => {
    const mseOf = (settings: Settings) =>
      nameOf(settings) === '10/0.1' && (settings.seed as number) > 5 ? 0.05 : clear(settings);
    const [{ cells }] = await winnersOf(plan, recordsOf(mseOf), 0.95);
    expect(cells.map(({ settings, wins }) => [nameOf(settings), wins])).toEqual([
      ['5/0.1', 5],
      ['10/0.1', 3],
      ['5/0.01', 0],
      ['10/0.01', 0],
    ]);
    expect(cells[1].p).toBeGreaterThan(0.05);
  });

  test('a cell that diverges in one seed is infinitely bad, for metrics of either direction', async () => {
    const mseOf = (settings: Settings) =>
      nameOf(settings) === '5/0.1' && settings.seed === 3 ? null : clear(settings);
    const [mse, r2] = await winnersOf(plan, recordsOf(mseOf), 0.95);
    for (const { cells } of [mse, r2]) {
      expect(cells.map(({ settings, wins }) => [nameOf(settings), wins])).toEqual([
        ['10/0.1', 1],
        ['5/0.01', 0],
        ['10/0.01', 0],
        ['5/0.1', 7],
      ]);
    }
    expect(mse.cells[3].mean).toBe(Number.POSITIVE_INFINITY);
    expect(r2.cells[3].mean).toBe(Number.NEGATIVE_INFINITY);
  });

  test('where all cells diverge none wins', async () => {
    const [{ cells: once }] = await winnersOf(
      plan,
      recordsOf((settings) => (settings.seed === 1 ? null : clear(settings))),
      0.95,
    );
    expect(once.reduce((sum, { wins }) => sum + wins, 0)).toBe(7);
    const [{ cells: always }] = await winnersOf(
      plan,
      recordsOf(() => null),
      0.95,
    );
    expect(always.map(({ wins }) => wins)).toEqual([0, 0, 0, 0]);
    const seedsOfBoth = { franke: seeds, images: [1] };
    const verification = {
      level: 0.95,
      seeds: seedsOfBoth,
      readings: [],
      numbers: [],
      figures: [],
      conclusions: [],
    };
    const grids = await winnersOf(
      plan,
      recordsOf(() => null),
      0.95,
    );
    const section = verificationSections(verification, grids).find(
      ({ title }) => title === 'Winners of the grids',
    )!;
    expect(section.rows[0].cells).toContain('none: all diverge');
  });

  test('a grid that lacks a record has no winner; the other schedule has', async () => {
    const records = recordsOf(clear);
    const missing = plan.cells.find(({ settings }) => settings.schedule === 'constant')!;
    records.delete(missing.trial.id);
    const grids = await winnersOf(plan, records, 0.95);
    expect(grids.map(({ slice }) => slice)).toEqual([{ schedule: 'decay' }, { schedule: 'decay' }]);
  });

  test('an experiment without a grid has none', async () => {
    const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
    const choices = { variant: 'code', quick: false, given: { seed: [1] } } as const;
    const curves = await planExperiment(ffnn, choices, { dataDir: null });
    expect(await winnersOf(curves, new Map(), 0.95)).toEqual([]);
  });
});
