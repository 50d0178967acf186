import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import definition from '../../experiments/activation-functions.ts';
import ffnn from '../../experiments/ffnn.ts';
import ols from '../../experiments/grid-search-ols.ts';
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
  }
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
