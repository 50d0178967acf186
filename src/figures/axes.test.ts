import { describe, expect, test } from '@jest/globals';
import ffnnGrid from '../../experiments/grid-search-ffnn.ts';
import ols from '../../experiments/grid-search-ols.ts';
import type { Setting } from '../experiment/options.ts';
import { withAxes } from './axes.ts';
import { type DrawingOptions, draw, type Figure } from './index.ts';
import { toSvg } from './render.ts';
import type { Results, TrialResult } from './results.ts';
import { textFaults } from './text-boxes.testing.ts';

const lambdas = [0, 0.001, 1];
const rates = [0.001, 0.01, 0.1];
const shapes = ['8', '16-16', 'none'];

function trial(lambda: number, learningRate: number, hidden: string, seed: number): TrialResult {
  const value = 0.1 + lambda / 10 + learningRate + shapes.indexOf(hidden) / 100 + seed / 1000;
  return {
    settings: { seed, solver: 'sgd', lambda, learningRate, hidden },
    status: 'done',
    divergedAt: null,
    metrics: { bootstrap_mse: value, bootstrap_r2: 1 - value, test_mse: 2 * value },
    curves: {},
  };
}

const trials = lambdas.flatMap((lambda) =>
  rates.flatMap((rate) =>
    shapes.flatMap((hidden) => [1, 2].map((seed) => trial(lambda, rate, hidden, seed))),
  ),
);
const results = (own: readonly TrialResult[] = trials): Results => ({
  experiment: ffnnGrid,
  variant: 'code',
  quick: false,
  data: [],
  trials: own,
});
const wantedOf = (axes: string[], metrics: string[] = []) => ({ axes, metrics });
const drawn = (axes: string[], options: DrawingOptions = {}, own?: readonly TrialResult[]): Figure =>
  draw(results(own), { ...options, wanted: wantedOf(axes) })[0];

interface Row {
  readonly series: string;
  readonly x: number;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly what?: string;
}
function rowsOf({ spec }: Figure, panel = 0): Row[] {
  const { vconcat } = spec as unknown as { vconcat: { layer: { data: { values: Row[] } }[] }[] };
  return vconcat[panel].layer.flatMap(({ data }) => data.values);
}

describe('two settings', () => {
  test.each([
    [['lambda', 'hidden'], 'lambda', 'hidden'],
    [['--learning-rate', 'lambda'], 'learning rate', 'lambda'],
    [['hidden', 'learning_rate'], 'hidden', 'learning rate'],
  ])('%j are the rows and columns of heat maps; the third makes panels', async (axes, rows, columns) => {
    const figure = drawn(axes);
    const text = JSON.stringify(figure.spec);
    expect(text).toContain(`"title":"${rows}"`);
    expect(text).toContain(`"title":"${columns}"`);
    expect(figure.title).toContain(`${rows} × ${columns}`);
    // Two metrics, three panels each.
    expect(text.match(/"anchor":"middle"/g)).toHaveLength(6);
    expect(await textFaults(figure.spec)).toEqual([]);
  });

  test('have a figure of their own name, so that the run keeps its own', () => {
    expect(drawn(['lambda', 'learning-rate']).name).toBe('heat-maps-lambda-learning-rate');
    const [figure] = draw(results(), { wanted: wantedOf(['lambda', 'hidden'], ['test_mse']) });
    expect(figure.name).toBe('heat-maps-lambda-hidden-test-mse');
    expect(figure.caption).toContain('test MSE.');
  });
});

describe('one setting', () => {
  test('has lines: a mean and a band for each combination of the others', async () => {
    const figure = drawn(['learning-rate']);
    expect(figure.name).toBe('lines-learning-rate');
    expect(figure.title).toContain('over learning rate, by lambda and hidden');
    const rows = rowsOf(figure).filter(({ series }) => series === '0.001, 16-16');
    const own = trials.filter(({ settings }) => settings.lambda === 0.001 && settings.hidden === '16-16');
    for (const rate of rates) {
      const values = own
        .filter(({ settings }) => settings.learningRate === rate)
        .map(({ metrics }) => metrics.bootstrap_mse!);
      const row = rows.find(({ x }) => x === rate)!;
      expect(row.value).toBeCloseTo((values[0] + values[1]) / 2);
      if (row.low !== undefined)
        expect([row.low, row.high]).toEqual(values.map((value) => expect.closeTo(value)));
    }
    expect(await textFaults(figure.spec)).toEqual([]);
  });

  test('of few lines has bands, and the caption says of what', () => {
    const one = trials.filter(({ settings }) => settings.hidden === '8');
    const figure = drawn(['learning-rate'], {}, one);
    expect(rowsOf(figure).some(({ low }) => low !== undefined)).toBe(true);
    expect(figure.caption).toContain('Bands: lowest to highest over the 2 seeds.');
  });

  test('of many lines says that it has no bands', async () => {
    const svg = await toSvg(drawn(['learning-rate']).spec);
    expect(svg.includes('Means over 2 seeds; no bands: too many curves.')).toBe(true);
  });

  const scaleOf = (axes: string[], options?: DrawingOptions, own?: readonly TrialResult[]) => {
    const { spec } = drawn(axes, options, own);
    const { vconcat } = spec as unknown as {
      vconcat: {
        layer: {
          encoding: { x: { scale: { type: string }; axis: { values: number[]; labelExpr: string } } };
        }[];
      }[];
    };
    return vconcat[0].layer[0].encoding.x;
  };

  test('is logarithmic over two decades, unless told otherwise', () => {
    const wide = [1e-4, 0.1].flatMap((rate) => [trial(0, rate, '8', 1)]);
    expect(scaleOf(['learning-rate'], {}, wide).scale.type).toBe('log');
    expect(scaleOf(['learning-rate'], { look: { log: 'none' } }, wide).scale.type).toBe('linear');
    expect(scaleOf(['learning-rate']).scale.type).toBe('log');
    const narrow = [0.01, 0.1].flatMap((rate) => [trial(0, rate, '8', 1)]);
    expect(scaleOf(['learning-rate'], {}, narrow).scale.type).toBe('linear');
    expect(scaleOf(['learning-rate'], { look: { log: 'x' } }).scale.type).toBe('log');
  });

  test('with a 0 among decades, or of words, has its values at equal distances', () => {
    expect(scaleOf(['lambda']).axis.values).toEqual([1, 2, 3]);
    expect(scaleOf(['lambda']).axis.labelExpr).toContain('"1":"0","2":"0.001","3":"1"');
    expect(scaleOf(['hidden']).axis.labelExpr).toContain('"1":"8","2":"16-16","3":"none"');
  });

  test('has a cross where every seed diverged', () => {
    const gone = trials.map(
      (one): TrialResult =>
        one.settings.learningRate === 0.1 ? { ...one, status: 'diverged', metrics: {}, divergedAt: 2 } : one,
    );
    const crosses = rowsOf(drawn(['learning-rate'], {}, gone)).filter(({ what }) => what === 'diverged');
    expect(new Set(crosses.map(({ series }) => series)).size).toBe(9);
  });

  test('is not flattened by what explodes at some of its values, up or down', () => {
    const wild = trials.map(
      (one): TrialResult =>
        one.settings.learningRate === 0.1
          ? { ...one, metrics: { bootstrap_mse: 1e6, bootstrap_r2: -1e7 } }
          : one,
    );
    const figure = drawn(['learning-rate'], {}, wild);
    const { vconcat } = figure.spec as unknown as {
      vconcat: { layer: { encoding: { y: { scale: { domain: number[] } } } }[] }[];
    };
    const [mse, r2] = vconcat.map(({ layer }) => layer[0].encoding.y.scale.domain);
    expect(mse[1]).toBeLessThan(1);
    expect(r2[0]).toBeGreaterThan(-10);
    expect(figure.caption).toContain('Above the axis of test MSE, bootstrap mean (triangles): ');
    expect(figure.caption).toContain('Below the axis of test R², bootstrap mean (triangles): ');
    expect(figure.caption).toContain('at learning rate 0.1');
  });

  test('none of whose trials finished has a sentence', () => {
    const gone = trials.map((one): TrialResult => ({ ...one, status: 'not run', metrics: {} }));
    expect(drawn(['lambda'], {}, gone).caption).toContain('no trial has finished');
  });
});

describe('refused', () => {
  test.each<[string, string[], string[], RegExp]>([
    [
      'a mistyped setting',
      ['lamda'],
      [],
      /lamda does not vary(.|\n)*lambda, learning-rate, hidden(.|\n)*did you mean lambda/,
    ],
    ['a setting of one value', ['epochs'], [], /epochs does not vary/],
    ['the seed', ['seed'], [], /seeds cannot be an axis/],
    ['three settings', ['lambda', 'hidden', 'learning-rate'], [], /cannot have these axes/],
    ['one setting twice', ['lambda', 'lambda'], [], /cannot have these axes/],
    ['an unknown metric', ['lambda'], ['test_msee'], /test_msee is no metric(.|\n)*did you mean test_mse/],
  ])('%s', (_name, axes, metrics, message) => {
    expect(() => draw(results(), { wanted: wantedOf(axes, metrics) })).toThrow(message);
  });
});

test('settings of any kind are axes', async () => {
  const kinds: Setting[][] = [
    [10, 50, 'all'],
    ['relu', 'leaky_relu'],
    [-1, 0, 1],
    [1e-12, 1, 1e300],
  ];
  for (const values of kinds) {
    const own = values.map((value, i) => ({
      ...trial(0, 0.1, '8', 1),
      settings: { seed: 1, batchSize: value, lambda: 0, learningRate: 0.1 },
      metrics: { bootstrap_mse: 10 ** -i, bootstrap_r2: -i },
    }));
    expect([values, await textFaults(drawn(['batch-size'], {}, own).spec)]).toEqual([values, []]);
  }
});

test('closed forms alone, which are in no grid, are lines over what varies most', () => {
  const degrees = Array.from(
    { length: 4 },
    (_, i): TrialResult => ({
      ...trial(0, 0.1, '8', 1),
      settings: { seed: 1, solver: 'closed-form', degree: i + 1, basis: i % 2 === 0 ? 'total' : 'product' },
    }),
  );
  const [figure] = draw({ ...results(degrees), experiment: ols });
  expect(figure.name).toBe('lines-degree');
  // Lines over one fit's errors are another figure of the same run.
  expect(JSON.stringify(figure.spec)).toContain('"test MSE, bootstrap mean"');
  expect(draw({ ...results(degrees.slice(0, 1)), experiment: ols })).toEqual([]);
});

test('a setting that varies only among what was stopped is named as such', () => {
  const left = [trial(0, 0.1, '8', 1)];
  const stopped = [0.2, 0.3].map((learningRate, place) => ({
    ...{ place, settings: { ...left[0].settings, learningRate }, after: '1 epoch' },
    last: { round: 1, epochs: 1, seeds: 1, diverged: 0, mean: 1 },
  }));
  const wanted = wantedOf(['learning-rate']);
  expect(() => withAxes({ ...results(left), stopped }, wanted)).toThrow(
    'learning-rate does not vary among the settings that are left: 2 were stopped early',
  );
  expect(() => withAxes(results(left), wanted)).toThrow('learning-rate does not vary in these results');
});
