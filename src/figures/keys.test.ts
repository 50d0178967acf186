import { describe, expect, test } from '@jest/globals';
import ols from '../../experiments/grid-search-ols.ts';
import type { Settings } from '../experiment/options.ts';
import { draw } from './index.ts';
import { toSvg } from './render.ts';
import type { Results, TrialResult } from './results.ts';
import { textFaults } from './text-boxes.testing.ts';

const results = (trials: readonly TrialResult[]): Results => ({
  experiment: ols,
  variant: 'code',
  quick: false,
  data: [],
  trials,
});

function trial(settings: Settings, value: number | null): TrialResult {
  const status = value === null ? 'diverged' : 'done';
  const metrics = { bootstrap_mse: value, bootstrap_r2: value === null ? null : 1 - value };
  return { settings: { seed: 1, ...settings }, status, divergedAt: null, metrics, curves: {} };
}

/** Panels of one column, one for each schedule. */
function panels(count: number, value: (index: number) => number | null, columns = 1): TrialResult[] {
  return Array.from({ length: count }, (_, panel) =>
    [0, 1, 2].flatMap((row) =>
      Array.from({ length: columns }, (_, column) =>
        trial(
          {
            schedule: `eta0/${panel + 1}`,
            batchSize: [3, 10, 160][row],
            learningRate: 0.1 * (column + 1),
            momentum: panel,
          },
          value(panel + 7 * row + 11 * column),
        ),
      ),
    ),
  ).flat();
}

const values: [string, (index: number) => number | null][] = [
  ['close values', (i) => 0.072 + 0.0001 * i],
  ['small values', (i) => 1e-5 * (1 + i)],
  ['values over decades', (i) => 10 ** (i - 12)],
  ['negative values', (i) => -12345.6 - i],
  ['huge values', (i) => 1e300 * (i + 1)],
  ['one value', () => 0.5],
  ['no value', () => null],
];

describe.each(values)('%s: no text is over another or cut off', (_name, value) => {
  test.each([
    [1, 1, 480],
    [2, 4, 900],
    [3, 2, 200],
    [7, 1, 480],
    [12, 4, 480],
  ])('%d panels of %d columns in %d pixels', async (count, columns, width) => {
    const [{ spec }] = draw(results(panels(count, value, columns)), { look: { width } });
    expect(await textFaults(spec)).toEqual([]);
  });
});

test('one cell alone is drawn, without a key', async () => {
  const [{ spec }] = draw(results([trial({ batchSize: 10, learningRate: 0.1 }, 0.064)]));
  expect(await textFaults(spec)).toEqual([]);
  const svg = await toSvg(spec);
  expect(svg).toContain('>0.064<');
  expect(svg).not.toContain('is better');
});

test('a constant has no bar, and its key says so', async () => {
  const svg = await toSvg(draw(results(panels(2, () => 0.5, 2)))[0].spec);
  expect(svg).toContain('test MSE: 0.5 in every cell');
});

describe('bright is good', () => {
  /** How bright the cells with these texts are, from 0 to 1. */
  async function brightness(texts: readonly string[]): Promise<number[]> {
    const trials = [0.1, 0.2, 0.9].map((value, i) =>
      trial({ batchSize: 10, learningRate: 0.1 * (i + 1) }, value),
    );
    const svg = await toSvg(draw(results(trials))[0].spec);
    return texts.map((text) => {
      const label = `: test ${text}`;
      const [, color] = new RegExp(`<path aria-label="[^"]*${label}"[^>]* fill="rgb\\(([^)]*)\\)"`).exec(
        svg,
      )!;
      return color.split(',').reduce((sum, level) => sum + Number(level) / (3 * 255), 0);
    });
  }

  test('the lowest MSE and the highest R2 are the brightest', async () => {
    const mse = await brightness([0.1, 0.2, 0.9].map((value) => `MSE, bootstrap mean ${value}`));
    expect(mse).toEqual([...mse].sort((a, b) => b - a));
    const r2 = await brightness([0.1, 0.8, 0.9].map((value) => `R², bootstrap mean ${value}`));
    expect(r2).toEqual([...r2].sort((a, b) => a - b));
    expect(mse[0]).toBeCloseTo(r2[2]);
  });
});

test('a cell in which a seed diverged is not the best, whatever its mean', () => {
  const seeds = (learningRate: number, own: readonly (number | null)[]) =>
    own.map((value, seed) => trial({ batchSize: 10, learningRate, seed }, value));
  const [{ spec }] = draw(results([...seeds(0.1, [0.3, 0.3]), ...seeds(0.2, [0.1, null])]));
  const rows = JSON.stringify(spec).match(/(\[[^\]]*\]|"[^"]*"),"ink":"[^"]*","best":true/g);
  expect(new Set(rows?.map((row) => row.split(',')[0]))).toEqual(new Set(['"0.30"', '"0.70"']));
});

test('axes that have one value give way to settings that vary', () => {
  const trials = [1, 20, 40].flatMap((epochs) =>
    [160, 10].map((batchSize) => trial({ epochs, batchSize, learningRate: 0.1 }, epochs + batchSize)),
  );
  const text = JSON.stringify(draw(results(trials))[0].spec);
  expect(text).toContain('"title":"epochs"');
  expect(text).not.toContain('"title":"learning rate"');
});

test('numbers in no order are sorted on an axis', () => {
  const trials = [0.1, 0.001, 1].map((learningRate) => trial({ batchSize: 10, learningRate }, 1));
  expect(JSON.stringify(draw(results(trials))[0].spec)).toContain('"domain":["0.001","0.1","1"]');
});

test('what the report does not give has its own mark', async () => {
  const trials = [0.1, 0.01].map((learningRate) =>
    trial({ schedule: 'constant', batchSize: 10, learningRate }, 0.1),
  );
  const missing: TrialResult = {
    ...trials[0],
    settings: { ...trials[0].settings, learningRate: 0.001 },
    status: 'not run',
    metrics: {},
  };
  const published = (metric: string, { learningRate }: Settings) =>
    metric === 'bootstrap_mse' && learningRate !== 0.01 ? 0.2 : null;
  const [own, beside] = draw(results([...trials, missing]), { published });
  expect(own.caption).toContain('"not run": this trial has not been run.');
  expect(own.caption).not.toContain('the report gives no number');
  expect(beside.caption).toContain('–: the report gives no number.');
  const svg = await toSvg(beside.spec);
  // In the report's panel and in the difference.
  expect(svg.match(/>–</g)).toHaveLength(2);
  expect(svg.match(/>not</g)).toHaveLength(2);
});

test('a difference outside its scale is named, not the value, which is inside', () => {
  const { schedule, batchSize, learningRate } = ols.settings;
  const cells = schedule!.flatMap((one) =>
    batchSize!.flatMap((size) =>
      learningRate!.map((rate) => ({ schedule: one, batchSize: size, learningRate: rate })),
    ),
  );
  const trials = cells.map((cell, i) => trial(cell, 0.1 + i / 1000));
  const published = (metric: string, { schedule, batchSize, learningRate }: Settings) => {
    const index = cells.findIndex(
      (cell) =>
        cell.schedule === schedule && cell.batchSize === batchSize && cell.learningRate === learningRate,
    );
    return metric === 'bootstrap_mse' ? (index === 0 ? 0.5 : 0.1 + (index + (index % 5)) / 1000) : null;
  };
  const [, beside] = draw(results(trials), { published });
  expect(beside.caption).toContain('difference in test MSE: the most extreme values are outside');
  expect(beside.caption).not.toMatch(/\. test MSE: the most extreme/);
});

test('a grid of which the report has fewer than half of the cells is not compared', () => {
  const trials = [0.1, 0.01, 0.001].map((learningRate) =>
    trial({ schedule: 'constant', batchSize: 10, learningRate }, 0.1),
  );
  const names = (given: readonly number[]) => {
    const published = (metric: string, { learningRate }: Settings) =>
      metric === 'bootstrap_mse' && given.includes(learningRate as number) ? 0.2 : null;
    return draw(results(trials), { published }).map(({ name }) => name);
  };
  expect(names([0.1])).toEqual(['heat-maps']);
  expect(names([0.1, 0.01])).toEqual(['heat-maps', 'published']);
});

test('a figure says itself what its frame is, that it shows means, and the number of the closed form', async () => {
  const seeds = [1, 2].flatMap((seed) =>
    [0.1, 0.01].map((learningRate) => trial({ solver: 'sgd', batchSize: 10, learningRate, seed }, 0.1)),
  );
  const closed = [1, 2].map((seed) => trial({ solver: 'closed-form', seed }, 0.05));
  const svg = await toSvg(draw(results([...seeds, ...closed]))[0].spec);
  for (const text of ['Means over 2 seeds.', 'Framed: the best cell.', 'Closed form: test MSE 0.05'])
    expect([text, svg.includes(text)]).toEqual([text, true]);
  const [lines] = draw(results([...seeds, closed[0]]), { wanted: { axes: ['learning-rate'], metrics: [] } });
  expect(lines.caption).toContain('1 of 5 trials has no learning rate.');
  expect((await toSvg(lines.spec)).includes('Closed form: test MSE 0.05')).toBe(true);
});
