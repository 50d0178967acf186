import { describe, expect, test } from '@jest/globals';
import { defineExperiment, type ExperimentDefinition } from '../experiment/define.ts';
import { figureFiles } from './files.ts';
import { functionsFigure } from './functions.ts';
import { draw, type Figure } from './index.ts';
import { toPng, toSvg } from './render.ts';
import type { Results, TrialResult } from './results.ts';

const common = {
  figure: 'Figure 0',
  expected: 'nothing',
  dataset: 'franke',
} as const;
/** Its title has a comma: in full in the text, without what follows the comma above a panel. */
const mse = 'bootstrap_mse';
const r2 = 'test_r2';
const settings = {
  seed: 1,
  solver: ['sgd', 'closed-form'],
  schedule: ['constant', 'decay'],
  batchSize: [10, 'all'],
  learningRate: [1e-4, 0.1],
  epochs: 4,
  loss: 'mse',
} as const;
const gridDefinition: ExperimentDefinition = {
  ...common,
  name: 'grid',
  title: 'batch size x learning rate',
  settings,
  layout: { rows: 'batchSize', columns: 'learningRate', metrics: [mse, r2] },
};
const grid = defineExperiment(gridDefinition);

/** A finished trial whose losses fall from `last` + 0.1 to `last`. */
function trial(own: TrialResult['settings'], last: number): TrialResult {
  const curve = (end: number) => [end + 0.1, end + 0.05, end + 0.02, end];
  return {
    settings: { seed: 1, epochs: 4, loss: 'mse', ...own },
    status: 'done',
    divergedAt: null,
    metrics: { test_mse: last, bootstrap_mse: last, test_r2: 1 - 10 * last },
    curves: { train_mse: curve(last - 0.01), test_mse: curve(last) },
  };
}
const empty = { metrics: {}, curves: {} };

const cells = (['constant', 'decay'] as const).flatMap((schedule, s) =>
  ([10, 'all'] as const).flatMap((batchSize, b) =>
    [1e-4, 0.1].map((learningRate, l) =>
      trial({ solver: 'sgd', schedule, batchSize, learningRate }, 0.05 + 0.1 * s + 0.02 * b + 0.03 * l),
    ),
  ),
);
const closedForm = trial({ solver: 'closed-form' }, 0.046);
const gridResults: Results = {
  experiment: grid,
  variant: 'code',
  quick: false,
  data: [],
  trials: [...cells, { ...closedForm, curves: {} }],
};

function curveResults(own: Partial<ExperimentDefinition>, trials: readonly TrialResult[]): Results {
  const { rows: _rows, columns: _columns, ...layout } = gridDefinition.layout;
  const experiment = defineExperiment({ ...gridDefinition, layout, ...own });
  return { experiment, variant: 'code', quick: false, data: [], trials };
}

const texts = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)].map(([, text]) =>
    text.replace(/<\/tspan><tspan[^>]*>/g, ' ').replace(/<[^>]*>/g, ''),
  );

/** All values of a key, wherever it stands. */
function valuesAt(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, entry]) => [
    ...(name === key ? [entry] : []),
    ...valuesAt(entry, key),
  ]);
}

describe('heat maps', () => {
  const figures = draw(gridResults);

  test('one figure, a panel for each metric and schedule, in the order of the report', async () => {
    expect(figures.map(({ name }) => name)).toEqual(['heat-maps']);
    expect(figures[0].spec).toMatchSnapshot();
    expect(await toSvg(figures[0].spec)).toMatchSnapshot();
  });

  test('the closed form is in the caption, the metrics in full', () => {
    expect(figures[0].caption).toBe(
      'OLS by SGD and closed form: batch size × learning rate × schedule (Figure 0). test MSE, bootstrap mean; ' +
        'test R². Seed 1. Framed: the best cell. ' +
        'Closed form: test MSE 0.046, test R² 0.54.',
    );
  });

  test('the best cell of each panel is framed: least MSE, greatest R2', () => {
    const frames = valuesAt(figures[0].spec, 'layer')
      .flatMap((layers) => layers as { mark: { stroke?: string }; data: { values: { text: string }[] } }[])
      .filter(({ mark }) => mark.stroke === '#56B4E9');
    expect(frames.map(({ data }) => data.values.map(({ text }) => text))).toEqual([
      ['0.050'],
      ['0.15'],
      ['0.50'],
      ['-0.50'],
    ]);
  });

  test('beside the report: its numbers, ours, the difference, in the same colours', async () => {
    const published = (metric: string) => (metric === mse ? 0.07 : null);
    const [, beside] = draw(gridResults, { published });
    expect(beside.name).toBe('published');
    const svg = await toSvg(beside.spec);
    const shown = texts(svg);
    expect(shown.filter((text) => text.startsWith('test MSE: '))).toEqual([
      'test MSE: report schedule constant',
      'test MSE: report schedule decay',
      'test MSE: ours',
      'test MSE: ours',
      'test MSE: lower (brighter) is better',
      'test MSE: difference',
      'test MSE: difference',
      "test MSE: ours - the report's",
    ]);
    expect(shown.filter((text) => text === '0.070').length).toBe(9);
    expect(shown).toContain('-0.02');
    const scales = valuesAt(beside.spec, 'scale') as { scheme?: string; domain?: unknown }[];
    const limits = scales.filter(({ scheme }) => scheme === 'magma').map(({ domain }) => domain);
    expect(new Set(limits.map(String)).size).toBe(1);
  });

  test('settings that the report does not have are not compared with its numbers, nor are quick runs', () => {
    const published = () => 0.07;
    const other = {
      ...gridResults,
      trials: cells.map((cell) => ({ ...cell, settings: { ...cell.settings, epochs: 3 } })),
    };
    expect(draw(other, { published })).toHaveLength(1);
    expect(draw({ ...gridResults, quick: true }, { published })).toHaveLength(1);
    expect(draw(gridResults, { published })).toHaveLength(3);
  });

  test('diverged cells are hatched, missing ones say so, and neither has a number', async () => {
    const trials = [
      { ...cells[0], ...empty, status: 'diverged' } as const,
      { ...cells[1], ...empty, status: 'not run' } as const,
      ...cells.slice(2, 4),
    ];
    const [figure] = draw({ ...gridResults, trials });
    const svg = await toSvg(figure.spec);
    const shown = texts(svg);
    // Once as a halo, once as letters; two metrics.
    expect(shown.filter((text) => text === 'div.').length).toBe(4);
    expect(shown.filter((text) => text === 'not run').length).toBe(2);
    expect(
      valuesAt(figure.spec, 'mark').filter((mark) => (mark as { type: string }).type === 'point'),
    ).toHaveLength(2);
    expect(figure.caption).toContain('Hatched: every seed diverged.');
    expect(figure.caption).toContain('1 of 4 trials diverged. 1 of 4 trials not run.');
    const rows = valuesAt(figure.spec, 'values').flat() as { state?: string; value: unknown }[];
    const missing = rows.filter(({ state }) => state === 'diverged' || state === 'not run');
    expect(new Set(missing.map(({ value }) => value))).toEqual(new Set([null]));
  });

  test('all diverged: every cell is hatched', async () => {
    const trials = cells.map((cell) => ({ ...cell, ...empty, status: 'diverged' as const }));
    const [figure] = draw({ ...gridResults, trials });
    expect(texts(await toSvg(figure.spec)).filter((text) => text === 'div.').length).toBe(2 * 2 * 8);
  });

  test('of several seeds the mean is shown, and a cross where some diverged', async () => {
    const others = cells.map((cell) => ({
      ...cell,
      settings: { ...cell.settings, seed: 2 },
      metrics: { bootstrap_mse: cell.metrics.bootstrap_mse! + 0.02, test_r2: 0 },
    }));
    const second = [{ ...others[0], ...empty, status: 'diverged' as const }, ...others.slice(1)];
    const [figure] = draw({ ...gridResults, trials: [...cells, ...second] });
    const shown = texts(await toSvg(figure.spec));
    expect(shown).toContain('0.050 1 div.');
    expect(shown).toContain('0.090');
    expect(figure.caption).toContain('Means over 2 seeds.');
    expect(figure.caption).toContain('"1 div.": one seed diverged, the mean is of the others.');
    expect(valuesAt(figure.spec, 'detail')).toContain(
      'schedule constant, batch size 10, learning rate 0.1: test MSE, bootstrap mean 0.09 ± 0.01414 over 2 seeds',
    );
  });

  test('a nearly diverged cell does not take the colours, and the figure says so', () => {
    const wild = { ...cells[0], metrics: { bootstrap_mse: 1e30, test_r2: -1e31 } };
    const [figure] = draw({ ...gridResults, trials: [wild, ...cells.slice(1)] });
    expect(figure.caption).toContain('test MSE: the most extreme values are outside the colour scale.');
    const ends = valuesAt(figure.spec, 'domain')
      .filter(Array.isArray)
      .flat()
      .filter((end) => typeof end === 'number');
    expect(Math.max(...ends.map(Math.abs))).toBeLessThan(100);
  });

  test('a wide grid keeps its texts apart: the figure grows', async () => {
    const rates = Array.from({ length: 12 }, (_, i) => 0.00123 * (i + 1));
    const trials = rates.flatMap((learningRate) =>
      [10, 'all'].map((batchSize) =>
        trial({ solver: 'sgd', schedule: 'decay', batchSize, learningRate }, 0.1),
      ),
    );
    const [figure] = draw({ ...gridResults, trials });
    const [width] = valuesAt(figure.spec, 'width') as number[];
    expect(width / 12).toBeGreaterThan(60);
    expect(texts(await toSvg(figure.spec))).toContain('0.01476');
  });
});

describe('curves', () => {
  const one = curveResults({}, [trial({ solver: 'sgd' }, 0.06)]);

  test('training and test, in colour and dash', async () => {
    const [figure] = draw(one);
    expect(figure.name).toBe('curves');
    expect(figure.spec).toMatchSnapshot();
    expect(await toSvg(figure.spec)).toMatchSnapshot();
  });

  test('bands over the seeds: least to greatest', () => {
    const seeds = [1, 2, 3].map((seed) => trial({ solver: 'sgd', seed }, 0.06 + 0.01 * seed));
    const [figure] = draw(curveResults({}, seeds));
    expect(figure.caption).toContain('Means over 3 seeds. Bands: lowest to highest over the 3 seeds.');
    const rows = valuesAt(figure.spec, 'values').flat() as { split: string; x: number; low?: number }[];
    expect(rows.find(({ split, x }) => split === 'test' && x === 4)).toEqual({
      series: '',
      split: 'test',
      x: 4,
      value: 0.08,
      low: 0.07,
      high: 0.09,
    });
  });

  test('no series has the mark of the report, a diamond', () => {
    const many = Array.from({ length: 7 }, (_, i) => trial({ solver: 'sgd', learningRate: 10 ** -i }, 0.06));
    const ranges = valuesAt(draw(curveResults({}, many))[0].spec, 'range').flat();
    expect(ranges).toContain('square');
    expect(ranges).not.toContain('diamond');
  });

  test("the report's last values are diamonds; another library has its test curve", async () => {
    const tfjs = trial({ solver: 'sgd', reference: 'tfjs' }, 0.061);
    const own = trial({ solver: 'sgd', reference: 'none' }, 0.06);
    const results = curveResults({ references: ['tfjs'] }, [own, tfjs]);
    const published = (metric: string, { reference }: TrialResult['settings']) =>
      metric === 'test_mse' && reference === 'none' ? 0.055 : null;
    const [figure] = draw(results, { published });
    const shown = texts(await toSvg(figure.spec));
    expect(shown).toEqual(expect.arrayContaining(['train', 'test', 'test, tfjs']));
    expect(figure.caption).toContain("Diamonds: the report's last test values.");
    expect(await toSvg(figure.spec)).toContain("the report's last test values");
    const marks = (valuesAt(figure.spec, 'values').flat() as { what?: string; value: number }[]).filter(
      ({ what }) => what !== undefined,
    );
    expect(marks).toEqual([
      { series: '', split: 'test', x: 4, value: 0.055, exact: 0.055, what: "the report's value" },
    ]);
  });

  test('a panel for each column of the layout, a colour for each row', async () => {
    const trials = (['sigmoid', 'relu'] as const).flatMap((activation, i) =>
      (['random_normal', 'glorot_uniform'] as const).map((kernelInit, j) =>
        trial({ solver: 'sgd', activation, kernelInit }, 0.05 + 0.02 * i + 0.01 * j),
      ),
    );
    const results = curveResults(
      {
        settings: {
          seed: 1,
          activation: ['sigmoid', 'relu'],
          kernelInit: ['random_normal', 'glorot_uniform'],
        },
        layout: { rows: 'activation', columns: 'kernelInit', metrics: [mse], curves: ['train', 'test'] },
      },
      trials,
    );
    const shown = texts(await toSvg(draw(results)[0].spec));
    const named = [
      'kernel init random normal',
      'kernel init glorot uniform',
      'sigmoid',
      'relu',
      'Dashed: training; solid: test.',
    ];
    expect(shown).toEqual(expect.arrayContaining(named));
  });

  test('many series: training and test apart, no two alike', async () => {
    const trials = Array.from({ length: 10 }, (_, i) => trial({ net: i + 1 }, 0.05 + 0.01 * i));
    const results = curveResults(
      {
        settings: { seed: 1, net: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
        layout: { rows: 'net', metrics: [mse] },
      },
      trials,
    );
    const [{ spec }] = draw(results);
    const svg = await toSvg(spec);
    const marks = [
      ...svg.matchAll(
        /<path aria-label="[^"]*series: (\d+)[^"]*" [^>]*d="([^"]*)"[^>]*(?:fill|stroke)="(#\w+)"/g,
      ),
    ];
    expect(new Set(marks.map(([, series]) => series)).size).toBe(10);
    const [colors, shapes] = ['color', 'shape'].map(
      (channel) =>
        (valuesAt(spec, channel) as { field?: string; scale: { range: string[] } }[]).find(
          ({ field }) => field === 'series',
        )!.scale.range,
    );
    expect(colors).toHaveLength(10);
    expect(new Set(colors.map((color, i) => `${color} ${shapes[i]}`)).size).toBe(10);
  });

  test('a training that diverged ends in a cross, one without a finite loss in a sentence', async () => {
    const wild = {
      ...trial({ solver: 'sgd' }, 0.06),
      status: 'diverged',
      curves: { test_mse: [0.2, 9, null] },
    } as const;
    const [cross] = draw(curveResults({}, [wild]));
    expect(
      (valuesAt(cross.spec, 'values').flat() as { what?: string }[]).some(({ what }) => what === 'diverged'),
    ).toBe(true);
    expect(cross.caption).toContain('1 of 1 trial diverged.');
    await toSvg(cross.spec);
    const [sentence] = draw(curveResults({}, [{ ...wild, curves: {} }]));
    expect(texts(await toSvg(sentence.spec)).join(' ')).toContain('There is no curve to draw');
  });

  test('closed forms alone have no curve, and the figure says so', async () => {
    const [figure] = draw(curveResults({}, [{ ...closedForm, curves: {} }]));
    expect(texts(await toSvg(figure.spec)).join(' ')).toContain('fits by closed form have no epochs');
  });

  test('long trainings are thinned to their first, last and evenly spread epochs', () => {
    const long = {
      ...trial({ solver: 'sgd', epochs: 1999 }, 0),
      curves: { test_mse: Array.from({ length: 1999 }, (_, i) => 1 / (i + 1)) },
    };
    const [figure] = draw(curveResults({}, [long]));
    const epochs = (valuesAt(figure.spec, 'values').flat() as { x: number }[]).map(({ x }) => x);
    expect(epochs.length).toBeLessThanOrEqual(251);
    expect([epochs[0], epochs[epochs.length - 1]]).toEqual([1, 1999]);
  });

  test('for a page: values under the pointer and a key that switches', async () => {
    const trials = [1e-4, 0.1].map((learningRate) => trial({ solver: 'sgd', learningRate }, learningRate));
    const [figure] = draw(curveResults({}, trials), { look: { interactive: true } });
    const params = valuesAt(figure.spec, 'params').flat() as { name: string; bind?: string }[];
    expect(params.map(({ name }) => name)).toEqual(expect.arrayContaining(['shown', 'hover']));
    await toSvg(figure.spec);
  });
});

test('functions and their gradients', async () => {
  const values = [-1, 0, 1].map(
    (x) => ({ activation: 'relu', x, value: Math.max(0, x), gradient: x > 0 ? 1 : 0 }) as const,
  );
  const figure = functionsFigure(
    { name: 'f', title: 'Functions', figure: 'Figure 2', activation: ['relu'], x: '' },
    values,
  );
  expect(await toSvg(figure.spec)).toMatchSnapshot();
});

test('functions at a hundred thousand points are drawn at a thousand of them', () => {
  const values = Array.from(
    { length: 100_000 },
    (_, i) => ({ activation: 'relu', x: i, value: i, gradient: 1 }) as const,
  );
  const { spec } = functionsFigure(
    { name: 'f', title: 'F', figure: '', activation: ['relu'], x: '' },
    values,
  );
  const rows = valuesAt(spec, 'values').flat() as { x: number }[];
  expect(rows).toHaveLength(2 * 1001);
  expect([rows[0].x, rows.at(-1)!.x]).toEqual([0, 99_999]);
});

describe('files', () => {
  const [figure] = draw({ ...gridResults, quick: true });

  test('a quick run says so in the picture', async () => {
    expect(texts(await toSvg(figure.spec)).join(' ')).toContain('QUICK RUN: do not compare with the report.');
  });

  test('the same results give the same bytes, drawn after whatever else', async () => {
    const before = await figureFiles([figure]);
    await figureFiles(draw(curveResults({}, cells)));
    const after = await figureFiles([figure]);
    expect([...before.keys()]).toEqual(['heat-maps.svg', 'heat-maps.png', 'heat-maps.vl.json']);
    for (const [name, content] of before)
      expect([name, Buffer.from(after.get(name)!)]).toEqual([name, Buffer.from(content)]);
    expect(JSON.parse(String(before.get('heat-maps.vl.json')))).toEqual(
      JSON.parse(JSON.stringify(figure.spec)),
    );
  });

  test('the PNG has letters: without its text it is another picture', async () => {
    const svg = await toSvg(figure.spec);
    expect(
      toPng(svg).equals(toPng(svg.replace(/<text[^>]*\/>/g, '').replace(/<text.*?<\/text>/gs, ''))),
    ).toBe(false);
  });

  test.each(['heat maps', 'curves'])('%s keep all text within the picture', async (kind) => {
    const { spec }: Figure = kind === 'curves' ? draw(curveResults({}, cells))[0] : figure;
    const svg = await toSvg(spec);
    const [, width] = /width="(\d+)"/.exec(svg)!;
    const { Resvg } = await import('@resvg/resvg-js');
    const { fontFile, boldFontFile, condensedFontFile } = await import('./font.ts');
    const fontFiles = [fontFile, boldFontFile, condensedFontFile];
    const box = new Resvg(svg.replace(/<rect width="\d+" height="\d+" fill="white"[^>]*>/, ''), {
      font: { loadSystemFonts: false, fontFiles },
    }).getBBox()!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(Number(width));
  });
});
