import { describe, expect, test } from '@jest/globals';
import definition from '../../experiments/activation-functions.ts';
import ffnn from '../../experiments/ffnn.ts';
import ols from '../../experiments/grid-search-ols.ts';
import type { Settings } from '../experiment/options.ts';
import { functionsFigure } from './functions.ts';
import { draw } from './index.ts';
import { whyNotDrawn } from './limits.ts';
import { toSvg } from './render.ts';
import type { TrialResult } from './results.ts';

function many(count: number, settings: (index: number) => Settings): TrialResult[] {
  return Array.from({ length: count }, (_, index) => ({
    settings: { seed: 1, solver: 'sgd', ...settings(index) },
    status: 'done',
    divergedAt: null,
    metrics: { bootstrap_mse: index },
    curves: { test_mse: [index + 1, index] },
  }));
}

describe('as many as can be told apart are drawn', () => {
  const cell = (batchSize: number, learningRate: number) => ({ batchSize, learningRate });
  test.each<[number, string, (index: number) => Settings]>([
    [100, 'columns', (i) => cell(1, i)],
    [100, 'rows', (i) => cell(i, 1)],
    [25, 'panels', (i) => ({ ...cell(i % 2, i % 3), momentum: i })],
    [2500, 'cells', (i) => ({ ...cell(Math.floor(i / 2) % 60, i % 2), momentum: Math.floor(i / 120) })],
  ])('%d %s of a grid', (most, name, settings) => {
    expect(whyNotDrawn(ols, many(most, settings))).toBe(null);
    expect(whyNotDrawn(ols, many(most + 1, settings))).toBe(
      `no figures of ${most + 1} ${name}: more than ${most} would not be legible`,
    );
  });

  test('any number of seeds, as far as that takes seconds', () => {
    const seeds = (count: number) => many(count, (seed) => ({ ...cell(1, 1), seed }));
    expect(whyNotDrawn(ols, seeds(20_000))).toBe(null);
    expect(whyNotDrawn(ols, seeds(200_001))).toBe(
      'no figures of 200001 trials: more than 200000 would take too long',
    );
  });

  test('an axis with one value counts as the one that it gives way to', () => {
    const epochs = many(30, (i) => ({
      batchSize: 1 + (i % 2),
      learningRate: 0.1,
      epochs: 1 + Math.floor(i / 2),
    }));
    expect(
      whyNotDrawn(ols, [...epochs, ...many(60, (i) => ({ ...cell(1 + (i % 2), 0.1), epochs: 50 + i }))]),
    ).toBe(null);
  });

  test('200 curves, whatever the seeds', () => {
    const seeds = (seed: number) => ({ seed, learningRate: seed % 200 });
    expect(whyNotDrawn(ffnn, many(2000, seeds))).toBe(null);
    expect(
      whyNotDrawn(
        ffnn,
        many(201, (learningRate) => ({ learningRate })),
      ),
    ).toContain('201 curves');
  });

  test('closed forms beside a grid do not count', () => {
    const beside = many(300, (lambda) => ({ solver: 'closed-form', lambda }));
    expect(whyNotDrawn(ols, [...many(4, (i) => cell(1, i)), ...beside])).toBe(null);
  });
});

test('more curves than colours and marks name have no key, and the figure says so', async () => {
  const figureOf = (count: number) =>
    draw({
      experiment: ffnn,
      variant: 'code',
      quick: false,
      data: [],
      trials: many(count, (i) => ({ hidden: `${i + 1}` })),
    })[0];
  expect(await toSvg(figureOf(28).spec)).toContain('role-legend');
  const crowded = figureOf(29);
  expect(await toSvg(crowded.spec)).not.toContain('role-legend');
  expect(crowded.caption).toContain('No key: more than 28 curves cannot be told apart.');
});

test('of many numbers in order the key has some, from dark to light', async () => {
  const [figure] = draw({
    experiment: ffnn,
    variant: 'code',
    quick: false,
    data: [],
    trials: many(60, (i) => ({ learningRate: 60 - i })),
  });
  const svg = await toSvg(figure.spec);
  const names = [...svg.matchAll(/<text[^>]*>(\d+)<\/text>/g)].map(([, text]) => Number(text));
  const [first, last] = [names.indexOf(1, names.indexOf(60) - 12), names.indexOf(60)];
  expect(last - first).toBeLessThanOrEqual(12);
  expect(figure.caption).not.toContain('No key');
});

test('more points than a call has arguments', () => {
  const points = Array.from({ length: 250 }, (_, epoch) => 1 / (epoch + 1));
  const long = many(600, (learningRate) => ({ learningRate })).map((one) => ({
    ...one,
    curves: { test_mse: points },
  }));
  expect(draw({ experiment: ffnn, variant: 'code', quick: false, data: [], trials: long })).toHaveLength(1);
});

test('of functions at very many places some are drawn, the first and the last among them', () => {
  const values = Array.from({ length: 10_000 }, (_, x) => ({
    activation: 'relu' as const,
    x,
    value: x,
    gradient: 1,
  }));
  const { concat } = functionsFigure(definition, values).spec as unknown as {
    concat: [{ data: { values: { x: number }[] } }];
  };
  const [{ data }] = concat;
  const places = [...new Set(data.values.map(({ x }) => x))];
  expect(places.length).toBeLessThan(1002);
  expect([places[0], places[places.length - 1]]).toEqual([0, 9999]);
});

test('a caption names some of many closed forms', () => {
  const trials = [
    ...many(2, (i) => ({ batchSize: 1, learningRate: i })),
    ...many(100, (lambda) => ({ solver: 'closed-form', lambda })).map((one) => ({ ...one, curves: {} })),
  ];
  const [{ caption }] = draw({ experiment: ols, variant: 'code', quick: false, data: [], trials });
  expect(caption.match(/Closed form/g)).toHaveLength(20);
  expect(caption).toContain('80 more are only in trials.csv.');
});

test('formulas as long as they may be leave a figure its size', async () => {
  const formulas = ['x+', 'y+'].map((text) => `${text.repeat(249)}1`);
  const results = [
    { experiment: ffnn, trials: many(2, (i) => ({ formula: formulas[i] })) },
    {
      experiment: ols,
      trials: many(4, (i) => ({ formula: formulas[i % 2], batchSize: 10, learningRate: i < 2 ? 1 : 2 })),
    },
    {
      experiment: ols,
      trials: many(4, (i) => ({ schedule: formulas[i % 2], batchSize: i, learningRate: i })),
    },
  ];
  for (const one of results) {
    for (const { spec } of draw({ ...one, variant: 'code', quick: false, data: [] })) {
      const svg = await toSvg(spec);
      expect(svg).toContain('…');
      const [, width, height] = /<svg[^>]* width="(\d+)" height="(\d+)"/.exec(svg)!;
      expect(Math.max(Number(width), Number(height))).toBeLessThan(1200);
    }
  }
});

test('more seeds than a call has arguments', () => {
  const [{ spec }] = draw({
    experiment: ffnn,
    variant: 'code',
    quick: false,
    data: [],
    trials: many(200_000, (seed) => ({ seed })),
  });
  const text = JSON.stringify(spec);
  expect(text).toContain('"high":200000');
});
