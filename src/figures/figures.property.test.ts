import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import definition from '../../experiments/activation-functions.ts';
import ffnn from '../../experiments/ffnn.ts';
import ols from '../../experiments/grid-search-ols.ts';
import { decidingMetric } from '../experiment/deciding.ts';
import type { Experiment } from '../experiment/define.ts';
import { edgeNumber, fixedSeed } from '../hostile.testing.ts';
import type { Figure } from './figure.ts';
import { functionsFigure } from './functions.ts';
import { draw } from './index.ts';
import { toSvg } from './render.ts';
import type { TrialResult } from './results.ts';

const number = edgeNumber.filter(Number.isFinite);
const runs = { seed: fixedSeed, numRuns: 20 };
const few = { minLength: 1, maxLength: 4 };

async function expectDrawn(figures: readonly Figure[]): Promise<void> {
  for (const { spec } of figures) {
    const svg = await toSvg(spec);
    expect(svg).toContain('</svg>');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(farthestPlace(svg)).toBeLessThan(5000);
  }
}

/** The largest coordinate of a path in pixels: from a place far outside the picture, dashes would take all memory. */
function farthestPlace(svg: string): number {
  const paths = [...svg.matchAll(/ d="([^"]*)"/g)].map(([, path]) => path).join(' ');
  return Math.max(0, ...(paths.match(/-?\d+(\.\d+)?(e[+-]?\d+)?/g) ?? []).map((x) => Math.abs(Number(x))));
}

const results = (experiment: Experiment, trials: readonly TrialResult[]) =>
  draw({ experiment, variant: 'code', quick: false, data: [], trials }, { published: () => null });

test('functions of any numbers are drawn', async () => {
  const value = fc.record({
    activation: fc.constantFrom('relu', 'linear'),
    x: number,
    value: number,
    gradient: number,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(value, few), (values) => expectDrawn([functionsFigure(definition, values)])),
    runs,
  );
});

test('so are searches, with settings that diverged or were stopped', async () => {
  const value = fc.record({ learningRate: fc.double({ min: 1e-8, max: 1, noNaN: true }), value: number });
  const ended = fc.constantFrom('done', 'diverged', 'stopped');
  const space = { learningRate: ['loguniform(1e-8,1)'], activation: ['relu', 'tanh'] };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(value, ended), few), fc.constantFrom(3, 9), async (all, epochs) => {
      const [stopped, trials] = [true, false].map((is) =>
        all.flatMap(([one, end], place) => ((end === 'stopped') === is ? [{ ...one, end, place }] : [])),
      );
      const figures = draw(
        {
          ...{
            experiment: ffnn,
            variant: 'code',
            quick: false,
            data: [],
            search: { method: 'sobol', space },
          },
          trials: trials.map(({ learningRate, value, end }) => ({
            settings: { learningRate, activation: 'relu', seed: 1 },
            status: end as 'done' | 'diverged',
            divergedAt: null,
            metrics: { [decidingMetric(ffnn).name]: end === 'done' ? value : null },
            curves: {},
          })),
          stopped: stopped.map(({ learningRate, value, place }) => ({
            // Successive halving stops settings before they have all epochs, a race does not.
            ...{ place, settings: { learningRate, activation: 'tanh', epochs }, after: '3 epochs' },
            last: { round: 1, epochs: 3, seeds: 1, diverged: 0, mean: value },
          })),
        },
        { published: () => null },
      );
      expect(figures.map(({ name }) => name)).toEqual(
        trials.some(({ end }) => end === 'done')
          ? ['search', ...(epochs > 3 && stopped.length > 0 ? [] : ['best-so-far'])]
          : [],
      );
      await expectDrawn(figures);
    }),
    runs,
  );
}, 20_000);

test('so are curves', async () => {
  const curve = fc.array(fc.option(number, { freq: 5 }), few);
  const trial = fc.record({ test_mse: curve, train_mse: curve }).map(
    (curves): TrialResult => ({
      settings: { seed: 1 },
      status: 'done',
      divergedAt: null,
      metrics: {},
      curves,
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(trial, few), (trials) =>
      expectDrawn(
        results(
          ffnn,
          trials.map((one, seed) => ({ ...one, settings: { seed } })),
        ),
      ),
    ),
    runs,
  );
});

test('so are curves that all diverged, curves without values, and one huge point', async () => {
  const huge = fc.constantFrom(3.319279351417096e191, 1e308, 1e-300, 0, 0.5, -1e200);
  // Two neighbours in float64, as train and test losses are when a network has exploded.
  const neighbour = huge.chain((value) => fc.constantFrom(value, value * (1 + 2 ** -52), null));
  const curve = fc.array(neighbour, { maxLength: 3 });
  const trial = fc.record({ test_mse: curve, train_mse: curve, diverged: fc.boolean() }).map(
    ({ diverged, ...curves }): TrialResult => ({
      settings: { seed: 1 },
      status: diverged ? 'diverged' : 'done',
      divergedAt: diverged ? 1 : null,
      metrics: {},
      curves,
    }),
  );
  const one: TrialResult = {
    settings: { seed: 1 },
    status: 'diverged',
    divergedAt: 1,
    metrics: {},
    curves: { train_mse: [3.3192793514170964e191], test_mse: [3.319279351417096e191] },
  };
  const log = fc.constantFrom(null, 'none', 'x', 'y', 'both' as const);
  await fc.assert(
    fc.asyncProperty(fc.array(trial, few), log, async (trials, log) => {
      const own = trials.map((one, i) => ({ ...one, settings: { seed: 1, learningRate: 10 ** i } }));
      const all = { experiment: ffnn, variant: 'code', quick: false, data: [], trials: own } as const;
      const figures = draw(all, { look: { log } });
      await expectDrawn(figures);
      for (const text of figures.map(({ spec }) => JSON.stringify(spec))) {
        const domains = [...text.matchAll(/"domain":\[(-?[\d.e+-]+),(-?[\d.e+-]+)\]/g)];
        for (const [, low, high] of domains) expect(Number(high)).toBeGreaterThan(Number(low));
      }
    }),
    { ...runs, examples: [[[one], null]] },
  );
});

test('so are heat maps, and their differences from the published numbers', async () => {
  const pair = fc.tuple(number, number);
  const tiny: [number, number][] = [
    [5e-324, 1e-323],
    [1e-323, 5e-324],
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(pair, { minLength: 2, maxLength: 4 }), async (pairs) => {
      const { name } = ols.layout.metrics[0];
      const trials = pairs.map(([value], index): TrialResult => {
        const settings = { seed: 2020, batchSize: 10, learningRate: ols.settings.learningRate![index] };
        return { settings, status: 'done', divergedAt: null, metrics: { [name]: value }, curves: {} };
      });
      const theirs = new Map(pairs.map(([, value], index) => [trials[index].settings.learningRate, value]));
      const published = (metric: string, { learningRate }: TrialResult['settings']) =>
        metric === name ? theirs.get(learningRate)! : null;
      const figures = draw(
        { experiment: ols, variant: 'code', quick: false, data: [], trials },
        { published },
      );
      expect(figures.map((figure) => figure.name)).toEqual(['heat-maps', 'published']);
      await expectDrawn(figures);
    }),
    { ...runs, examples: [[tiny]] },
  );
});
