import { describe, expect, test } from '@jest/globals';
import { defineExperiment } from '../experiment/define.ts';
import { fittedFigure } from './fitted-figure.ts';
import { usualLook } from './look.ts';
import { toSvg } from './render.ts';
import { residualBins } from './residual-bins.ts';
import { residualsFigure } from './residuals-figure.ts';
import type { Results } from './results.ts';
import type { PredictedRow } from './trial-predictions.ts';

const experiment = defineExperiment({
  name: 'own',
  title: 'own data',
  figure: 'Figure 0',
  expected: 'nothing',
  dataset: 'franke',
  settings: { seed: 1, epochs: 4, loss: 'mse' },
  layout: { rows: null, columns: null, metrics: ['test_mse'] },
} as unknown as Parameters<typeof defineExperiment>[0]);

function resultsOf(residuals: readonly number[], data: Partial<Results['data'][0]> = {}): Results {
  const rows = residuals.map((residual, n): PredictedRow => {
    const target = 10 + n;
    return { part: 'test', x: n, y: null, target, prediction: target - residual };
  });
  const fitted = [0, 1, 2].map((x) => ({ x, y: null, prediction: x, target: null }));
  const trial = {
    settings: { seed: 1, epochs: 4, loss: 'mse' },
    status: 'done',
    divergedAt: null,
    metrics: {},
    curves: {},
    predictions: { rows, fitted },
  } as const;
  const words = { title: 'rents', isReports: false, columns: 1, classes: 1, ...data };
  return { experiment, variant: 'code', quick: false, data: [words], trials: [trial] };
}

async function textsOf(figure: ReturnType<typeof residualsFigure>): Promise<string[]> {
  const svg = await toSvg(figure!.spec);
  return [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)].map(([, text]) => text.replace(/<[^>]*>/g, ''));
}

describe('residuals', () => {
  test('of an exact fit are 0, not rounding errors', async () => {
    const figure = residualsFigure(resultsOf([4e-15, -4e-15, 0, 2e-15, 1e-15]), usualLook);
    expect(figure!.caption).toContain('No residual is above 1e-12 of the targets: they are drawn as 0.');
    expect((await textsOf(figure)).filter((text) => text.includes('000000'))).toEqual([]);
  });

  test('that are small have ticks with exponents', async () => {
    const figure = residualsFigure(resultsOf([4e-8, -4e-8, 1e-8, 2e-8, -3e-8]), usualLook);
    expect(figure!.caption).not.toContain('drawn as 0');
    const texts = await textsOf(figure);
    expect(texts.filter((text) => text.includes('00000'))).toEqual([]);
    expect(texts.some((text) => text.endsWith('e-8'))).toBe(true);
  });

  test('are all counted, although fewer are drawn as dots', () => {
    const residuals = Array.from({ length: 2500 }, (_, n) => Math.sin(n));
    expect(residualBins(residuals).reduce((sum, { rows }) => sum + rows, 0)).toBe(2500);
    const figure = residualsFigure(resultsOf(residuals), usualLook)!;
    expect(figure.caption).toContain('The histogram counts all test rows.');
    const counts = [...JSON.stringify(figure.spec).matchAll(/"rows":(\d+)/g)].map(([, rows]) => Number(rows));
    expect(counts.reduce((sum, rows) => sum + rows, 0)).toBe(2500);
  });
});

test.each([[[0, 0, 0]], [[5, 5]], [[-3, 7, 2]], [[1e-300, 3e-300]]])(
  'the bins of %j hold every value',
  (values) => {
    const bins = residualBins(values);
    expect(bins.length).toBeLessThanOrEqual(31);
    expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(values.length);
    for (const { from, to } of bins) expect(from).toBeLessThan(to);
  },
);

test('axes have the names of the columns of a table', async () => {
  const named = resultsOf([1, 2, -1], { featureNames: ['size in m2'], targetName: 'rent' });
  expect(await textsOf(residualsFigure(named, usualLook))).toEqual(
    expect.arrayContaining(['rent', 'prediction of rent']),
  );
  const fitted = await textsOf(fittedFigure(named, usualLook));
  expect(fitted).toEqual(expect.arrayContaining(['size in m2', 'rent']));
  expect(await textsOf(fittedFigure(resultsOf([1, 2, -1]), usualLook))).toEqual(
    expect.arrayContaining(['x', 'target']),
  );
});
