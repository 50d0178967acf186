import { describe, expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import gridSearchRidge from '../../experiments/grid-search-ridge.ts';
import type { Experiment } from '../experiment/define.ts';
import type { Settings } from '../experiment/options.ts';
import type { Results, TrialResult } from '../figures/results.ts';
import { diffRuns } from './diff.ts';
import { diffTable } from './diff-table.ts';

type Row = readonly [settings: Settings, mse: number | null, status?: TrialResult['status']];

function made(rows: readonly Row[], experiment: Experiment = ffnn): Results {
  return {
    ...{ experiment, variant: 'code', quick: false, data: [] },
    trials: rows.map(([settings, mse, status = 'done']) => ({
      settings,
      status,
      divergedAt: null,
      metrics: { test_mse: mse, bootstrap_r2: mse === null ? null : 1 - mse },
      curves: {},
    })),
  };
}

const cellsOf = (a: Results, b: Results) => diffRuns(a, b, ['test_mse']).metrics[0].cells;

/** Three seeds of a cell, whose values differ by `step`. */
const seeds = (settings: Settings, first: number, step = 0.01): Row[] =>
  [1, 2, 3].map((seed, index) => [{ seed, ...settings }, first + step * index] as const);

describe('cells correspond', () => {
  test('where their settings are equal, but for what was changed everywhere', () => {
    const a = made([
      ...seeds({ learningRate: 0.1, epochs: 30 }, 0.5),
      ...seeds({ learningRate: 0.2, epochs: 30 }, 0.4),
    ]);
    const b = made([
      ...seeds({ learningRate: 0.1, epochs: 60 }, 0.3),
      ...seeds({ learningRate: 0.4, epochs: 60 }, 0.2),
    ]);
    const diff = diffRuns(a, b, ['test_mse']);
    expect(diff.metrics[0].cells).toMatchObject([{ cell: 'learning rate 0.1', test: 'paired', runs: 3 }]);
    expect(diff.only).toEqual({ a: ['learning rate 0.2'], b: ['learning rate 0.4'] });
    expect(diff.settings.filter(({ differs }) => differs)).toEqual([
      { title: 'epochs', a: '30', b: '60', differs: true },
      { title: 'learning rate', a: '0.1,0.2', b: '0.1,0.4', differs: true },
    ]);
  });

  test('one cell with several that have another value', () => {
    const a = made(seeds({ lambda: 0 }, 0.5));
    const b = made([...seeds({ lambda: 0.1 }, 0.3), ...seeds({ lambda: 1 }, 0.6)]);
    expect(cellsOf(a, b).map(({ cell }) => cell)).toEqual(['lambda 0 -> 0.1', 'lambda 0 -> 1']);
  });

  test('of two experiments that read other options', () => {
    const a = made(seeds({ hidden: '8', learningRate: 0.1 }, 0.5));
    const b = made(seeds({ solver: 'closed-form', learningRate: 0.1 }, 0.3), gridSearchRidge);
    expect(cellsOf(a, b)).toHaveLength(1);
  });

  test('none of them: nothing is compared', () => {
    const a = made([...seeds({ learningRate: 0.1 }, 0.5), ...seeds({ learningRate: 0.2 }, 0.5)]);
    const b = made([...seeds({ learningRate: 0.3 }, 0.5), ...seeds({ learningRate: 0.4 }, 0.5)]);
    expect(cellsOf(a, b)).toEqual([]);
    expect(diffRuns(a, b).only.b).toEqual(['learning rate 0.3', 'learning rate 0.4']);
  });
});

describe('what moved', () => {
  const one = (rowsA: readonly Row[], rowsB: readonly Row[]) => cellsOf(made(rowsA), made(rowsB))[0];

  test('the same difference in each seed is no chance, however the seeds vary', () => {
    expect(one(seeds({}, 0.5, 0.2), seeds({}, 0.4, 0.2))).toMatchObject({ verdict: 'better' });
    expect(one(seeds({}, 0.4, 0.2), seeds({}, 0.5, 0.2))).toMatchObject({ verdict: 'worse' });
  });

  test('differences of both signs may be chance', () => {
    const b: Row[] = [0.52, 0.49, 0.53].map((mse, index) => [{ seed: index + 1 }, mse]);
    expect(one(seeds({}, 0.5), b)).toMatchObject({ verdict: 'within seeds' });
  });

  test('equal runs are the same; one seed says nothing; diverged seeds have no value and are counted', () => {
    expect(one(seeds({}, 0.5), seeds({}, 0.5))).toMatchObject({ verdict: 'same', difference: 0 });
    expect(one([[{ seed: 1 }, 0.5]], [[{ seed: 1 }, 0.4]])).toMatchObject({
      verdict: 'one seed',
      pValue: null,
    });
    const diverged = one(seeds({}, 0.5), [[{ seed: 1 }, null, 'diverged']]);
    expect(diverged).toMatchObject({ verdict: 'no value', b: { mean: null, diverged: 1 } });
  });

  test('p-values are adjusted for the number of cells', () => {
    const values = (base: number): Row[] =>
      [0, 1, 2, 3].map((i) => [{ seed: i }, base + [0.01, 0.012, 0.013, 0.016][i]]);
    const many = (base: number) =>
      [1, 2, 3, 4].flatMap((rate) =>
        values(base * rate).map(([settings, mse]): Row => [{ ...settings, learningRate: rate }, mse]),
      );
    const [alone] = cellsOf(made(many(0.5).slice(0, 4)), made(many(0.51).slice(0, 4)));
    const [first] = cellsOf(made(many(0.5)), made(many(0.51)));
    expect(first.pValue).toBe(alone.pValue);
    expect(first.adjusted).toBeGreaterThanOrEqual(alone.adjusted!);
  });
});

test('the best cell of each, without those of which a seed diverged', () => {
  const a = made([
    ...seeds({ learningRate: 0.1 }, 0.5),
    ...seeds({ learningRate: 0.2 }, 0.4),
    ...seeds({ learningRate: 0.3 }, 0.1).slice(1),
    [{ seed: 1, learningRate: 0.3 }, null, 'diverged'],
  ]);
  const none = made([[{ seed: 1 }, null, 'diverged']]);
  const { best } = diffRuns(a, none);
  expect(best.a).toMatchObject({ cell: 'learning rate 0.2', metric: 'bootstrap_r2', runs: 3 });
  expect(best.b).toBeNull();
});

test('a table has a row for each metric of each pair', () => {
  const [a, b] = [made(seeds({}, 0.5)), made(seeds({}, 0.4))];
  const table = diffTable(diffRuns(a, b, ['test_mse', 'bootstrap_r2']));
  const rows = [...table.rows];
  expect(rows.map(([metric]) => metric)).toEqual(['test_mse', 'bootstrap_r2']);
  for (const row of rows) expect(row).toHaveLength(table.columns.length);
});
