import { expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import ols from '../../experiments/grid-search-ols.ts';
import { draw } from './index.ts';
import { whyNotDrawn } from './limits.ts';
import type { Results, TrialResult } from './results.ts';
import { thinned } from './thinned.ts';

const common = { variant: 'code', quick: false, data: [] } as const;

/** A grid whose best cell is at one place. */
function gridOf(rows: number, columns: number, best: number, seeds = 1): TrialResult[] {
  return Array.from({ length: rows * columns * seeds }, (_, index): TrialResult => {
    const place = Math.floor(index / seeds);
    return {
      settings: {
        ...{ seed: index % seeds, solver: 'sgd' },
        ...{ batchSize: Math.floor(place / columns) + 1, learningRate: (place % columns) + 1 },
      },
      status: 'done',
      divergedAt: null,
      metrics: { bootstrap_mse: Math.abs(place - best) },
      curves: { test_mse: [place + 1, place] },
    };
  });
}

test.each([
  ['a grid with too many rows and columns', 130, 120, 7777],
  ['one that is narrow', 2, 700, 133],
  ['the best at the end', 120, 90, 120 * 90 - 1],
])('of %s, some are drawn, the best among them', (_name, rows, columns, best) => {
  const trials = gridOf(rows, columns, best, 2);
  const results: Results = { ...common, experiment: ols, trials };
  expect(whyNotDrawn(ols, trials)).not.toBe(null);
  const { isDrawn, note } = thinned(results, ols.layout)!;
  const left = trials.filter(isDrawn);
  expect(whyNotDrawn(ols, left)).toBe(null);
  expect(left.length).toBeLessThanOrEqual(2 * 27 * 27);
  expect(left).toContain(trials[2 * best]);
  expect(left.length % 2).toBe(0);
  const learningRates = new Set(left.map(({ settings }) => settings.learningRate)).size;
  expect(note).toContain(`${learningRates} of ${columns} values of learning rate`);
  const [figure] = draw({ ...results, trials: left, thinned: note });
  expect(figure.caption).toContain(note);
});

test('a few of very many curves are drawn, and more points of lines', () => {
  const results: Results = { ...common, experiment: ffnn, trials: gridOf(1, 5000, 1234) };
  const curves = results.trials.filter(thinned(results, ffnn.layout)!.isDrawn);
  expect(curves.length).toBeLessThanOrEqual(30);
  const layout = { ...ffnn.layout, curves: null, rows: null, columns: 'learningRate' } as const;
  const lines = results.trials.filter(thinned(results, layout)!.isDrawn);
  expect(lines.length).toBeGreaterThan(400);
  expect(lines.length).toBeLessThan(600);
});
