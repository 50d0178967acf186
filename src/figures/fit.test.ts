import { expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import ols from '../../experiments/grid-search-ols.ts';
import { figureFiles } from './files.ts';
import { fitted } from './fit.ts';
import { draw } from './index.ts';
import type { Look } from './look.ts';
import type { Results, TrialResult } from './results.ts';

const trials = [0.1, 0.01, 0.001].map(
  (learningRate): TrialResult => ({
    settings: { seed: 1, batchSize: 10, learningRate },
    status: 'done',
    divergedAt: null,
    metrics: { bootstrap_mse: learningRate, bootstrap_r2: 1 - learningRate },
    curves: { test_mse: [0.3, 0.2, learningRate], train_mse: [0.2, 0.1, learningRate] } as never,
  }),
);
const results = (experiment: Results['experiment']): Results => ({
  experiment,
  variant: 'code',
  quick: false,
  data: [],
  trials,
});

test.each([
  [200, null],
  [700, null],
  [null, 900],
  [480, 2000],
  [150, 100],
])('a figure %s pixels wide and %s high has that size', async (width, height) => {
  for (const experiment of [ffnn, ols]) {
    const figures = await fitted((look) => draw(results(experiment), { look }), {}, { width, height });
    const files = await figureFiles(figures, ['svg', 'png']);
    const [svg, png] = [...files.values()];
    const [, wide, high, box] = /^<svg[^>]* width="(\d+)" height="(\d+)" viewBox="([^"]*)"/.exec(
      String(svg),
    )!;
    if (width !== null) expect(Number(wide)).toBe(width);
    if (height !== null) expect(Number(high)).toBe(height);
    const [, , across, down] = box.split(' ').map(Number);
    expect(across / down).toBeCloseTo(Number(wide) / Number(high), 1);
    expect((png as Buffer).readUInt32BE(16)).toBe(Math.round(2.1 * Number(wide)));
  }
});

test('higher panels fill a higher figure', async () => {
  const [figure] = await fitted((look) => draw(results(ffnn), { look }), {}, { width: 480, height: 1500 });
  const { vconcat } = figure.spec as unknown as { vconcat: { height: number }[] };
  expect(vconcat[0].height).toBeGreaterThan(1000);
});

test('without a title the notes that explain marks stay', async () => {
  const wild = trials.map((one, i) =>
    i === 0 ? { ...one, curves: { test_mse: [1e9, 1e9] } as never } : one,
  );
  const svgOf = async (look: Partial<Look>) => {
    const files = await figureFiles(draw({ ...results(ffnn), trials: wild }, { look }), ['svg']);
    return String([...files.values()][0]);
  };
  const [withTitle, without] = [await svgOf({}), await svgOf({ title: false })];
  // Only the title is bold.
  expect(withTitle).toContain('font-weight="bold"');
  expect(without).not.toContain('font-weight="bold"');
  expect(without).toContain('Above the axis');
});
