import { describe, expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import ols from '../../experiments/grid-search-ols.ts';
import { type Experiment, showingErrorParts } from '../experiment/define.ts';
import type { Settings } from '../experiment/options.ts';
import { draw, type Figure } from './index.ts';
import type { TrialResult } from './results.ts';
import { textFaults } from './text-boxes.testing.ts';

function trial(settings: Settings, test_mse: number, own: Partial<TrialResult> = {}): TrialResult {
  const metrics = {
    train_mse: 0.9 * test_mse,
    test_mse,
    bootstrap_mse: test_mse,
    bootstrap_r2: 1 - test_mse,
  };
  const solver = 'closed-form';
  return {
    settings: { seed: 1, solver, ...settings },
    status: 'done',
    divergedAt: null,
    metrics,
    curves: {},
    ...own,
  };
}

const figuresOf = (trials: readonly TrialResult[], experiment: Experiment = ols): Figure[] =>
  draw({ experiment, variant: 'code', quick: false, data: [], trials });
const named = (figures: readonly Figure[], name: string) => figures.find((figure) => figure.name === name)!;

interface Row {
  readonly series: string;
  readonly split: string;
  readonly x: number;
  readonly value: number;
  readonly what?: string;
}
interface Spec {
  readonly vconcat: {
    readonly title: { readonly text: string };
    readonly layer: {
      readonly data: { readonly values: Row[] };
      readonly mark: { readonly type: string };
      readonly encoding: { readonly y: { readonly scale: { readonly domain: [number, number] } } };
    }[];
  }[];
}
const panelsOf = ({ spec }: Figure) => (spec as unknown as Spec).vconcat;
const linesOf = (figure: Figure, panel = 0): Row[] =>
  panelsOf(figure)[panel].layer.find(({ mark }) => mark.type === 'line')!.data.values;

const degrees = [0, 1, 2, 3, 14];
const overDegrees = degrees.map((degree) => trial({ degree }, 1 / (1 + degree)));

const textsOf = ({ caption, spec }: Figure) => `${caption} ${JSON.stringify(spec)}`;

test('cells that are not drawn have the name of their optimiser, and are counted where they are many', () => {
  const adam = [0.5, 0.9].map((beta1) => trial({ solver: 'sgd', optimizer: 'adam', beta1 }, 0.1));
  const others = (rates: readonly number[]) =>
    ['rmsprop', 'adagrad'].flatMap((optimizer) =>
      rates.map((learningRate) => trial({ solver: 'sgd', optimizer, beta1: null, learningRate }, 0.2)),
    );
  const few = named(figuresOf([...adam, ...others([0.1])], ffnn), 'errors-beta1');
  expect(textsOf(few)).toContain('RMSprop: ');
  expect(textsOf(few)).toContain('Adagrad: ');
  expect(textsOf(few)).not.toMatch(/\bsgd\b/);
  const many = named(figuresOf([...adam, ...others([0.003, 0.03])], ffnn), 'errors-beta1');
  expect(many.caption).toContain('RMSprop (learning rate 0.003): ');
  expect(textsOf(many)).toContain('4 cells are not drawn; summary.csv has their values.');
});

test('our own lines next to those of a library have a name', () => {
  const trials = [1, 2, 3].flatMap((degree) =>
    ['none', 'sklearn'].map((reference) => trial({ degree, reference }, 1 / degree)),
  );
  const [lines] = figuresOf(trials);
  expect(new Set(linesOf(lines).map(({ series }) => series))).toEqual(new Set(['fys-nn', 'sklearn']));
});

test('only dashes that are drawn are explained', () => {
  const cells = [0, 1].flatMap((lambda) =>
    degrees.map((degree) => trial({ degree, lambda }, 1 / (1 + degree))),
  );
  const [lines, errors] = figuresOf(cells);
  expect(textsOf(errors)).toContain('Dashed: training; solid: test.');
  expect(textsOf(lines)).not.toContain('Dashed');
  const validated = cells.map((cell) => ({
    ...cell,
    metrics: { ...cell.metrics, train_mse: null, validation_mse: 0.5 },
  }));
  const untrained = named(figuresOf(validated), 'errors-degree');
  expect(textsOf(untrained)).toContain('Solid: test; dash-dotted: validation.');
  expect(textsOf(untrained)).not.toContain('Dashed: training');
});

describe('a number that is varied', () => {
  test('is the axis of the errors of both splits, next to what the report shows', async () => {
    const figures = figuresOf(overDegrees);
    expect(figures.map(({ name }) => name)).toEqual(['lines-degree', 'errors-degree']);
    const lines = linesOf(figures[1]);
    for (const split of ['train', 'test']) {
      expect(lines.filter((row) => row.split === split).map(({ x }) => x)).toEqual(degrees);
    }
    expect(figures[1].title).toBe('OLS by closed form: MSE over degree');
    expect(await textFaults(figures[1].spec)).toEqual([]);
  });

  test('has a line for validation rows where there are some', () => {
    const validated = overDegrees.map((one) => ({
      ...one,
      metrics: { ...one.metrics, validation_mse: one.metrics.test_mse },
    }));
    expect([...new Set(linesOf(figuresOf(validated)[1]).map(({ split }) => split))]).toEqual([
      'train',
      'validation',
      'test',
    ]);
  });

  test('may be the width of one hidden layer, and is drawn next to the curves over epochs', () => {
    const curves = { train_mse: [1, 0.5], test_mse: [1, 0.5] };
    const shaped = (hidden: string) =>
      trial({ solver: null, hidden }, 0.1, { curves: curves as unknown as TrialResult['curves'] });
    const names = (shapes: string[]) => figuresOf(shapes.map(shaped), ffnn).map(({ name }) => name);
    expect(names(['4', '16', '128'])).toEqual(['curves', 'errors-hidden']);
    const figure = named(figuresOf(['16', '4'].map(shaped), ffnn), 'errors-hidden');
    expect([...new Set(linesOf(figure).map(({ x }) => x))]).toEqual([4, 16]);
    // Words and deeper networks have no place on an axis of numbers.
    expect(names(['4', '4-4'])).toEqual(['curves']);
  });

  test('of which every seed diverged is a cross, and 0 is on the axis although the others span decades', async () => {
    const lambdas = [0, 1e-4, 1e-2, 1].map((lambda, i) => trial({ lambda, degree: 3 }, 0.1 + i / 10));
    const diverged = { ...lambdas[1], status: 'diverged', metrics: {} } as const;
    const figure = named(figuresOf([lambdas[0], diverged, ...lambdas.slice(2)]), 'errors-lambda');
    expect([...new Set(linesOf(figure).map(({ x }) => x))]).toEqual([1, 3, 4]);
    expect(figure.caption).toContain('Crosses: training diverged.');
    expect(await textFaults(figure.spec)).toEqual([]);
  });

  test('with another option has a line for each value, up to the number of colours', () => {
    const both = (bases: string[]) =>
      bases.flatMap((basis) => degrees.map((degree) => trial({ degree, basis }, 1 / (1 + degree))));
    const figure = named(figuresOf(both(['total', 'product'])), 'errors-degree');
    expect([...new Set(linesOf(figure).map(({ series }) => series))]).toEqual(['total', 'product']);
    const many = Array.from({ length: 9 }, (_, i) => i / 10);
    const crowded = many.flatMap((lambda) =>
      Array.from({ length: 10 }, (_, degree) => trial({ degree, lambda }, 0.1)),
    );
    expect(figuresOf(crowded).map(({ name }) => name)).toEqual(['lines-degree']);
  });

  test('has means and bands over seeds', () => {
    const seeds = [1, 2, 3].flatMap((seed) => degrees.map((degree) => trial({ degree, seed }, seed / 10)));
    const figure = named(figuresOf(seeds), 'errors-degree');
    expect(linesOf(figure).filter(({ split }) => split === 'test')[0]).toMatchObject({
      value: 0.2,
      low: 0.1,
      high: 0.3,
    });
    expect(figure.caption).toContain('Bands: lowest to highest over the 3 seeds.');
  });

  test('that is an axis of heat maps has no lines', () => {
    const grid = [10, 50].flatMap((batchSize) =>
      [0.01, 0.1].map((learningRate) => trial({ solver: 'sgd', batchSize, learningRate, degree: 3 }, 0.1)),
    );
    expect(figuresOf(grid).map(({ name }) => name)).toEqual(['heat-maps']);
  });
});

describe('a learning curve', () => {
  const curve = (settings: (samples: number) => Settings) =>
    named(
      figuresOf([100, 200, 400].map((samples) => trial({ samples, degree: 3, ...settings(samples) }, 0.1))),
      'errors-samples',
    );

  test('is over the training rows, and says that their test rows are not equally many', () => {
    const figure = curve(() => ({ testSize: 0.25 }));
    expect([...new Set(linesOf(figure).map(({ x }) => x))]).toEqual([75, 150, 300]);
    expect(figure.title).toContain('over training rows');
    expect(figure.caption).toContain('The number of test rows grows from 25 to 100');
  });

  test('with a number of test rows says that number; validation rows are not trained on', () => {
    const figure = curve(() => ({ testSize: 50, validationSize: 0.2 }));
    expect([...new Set(linesOf(figure).map(({ x }) => x))]).toEqual([40, 120, 280]);
    expect(figure.caption).toContain('50 test rows at every point.');
  });
});

describe('the parts of the expected error', () => {
  const experiment = showingErrorParts(ols, ['bias-variance']);
  const decomposed = (settings: Settings, noise: number | null = 0.04) => {
    const variance = (1 + Number(settings.degree)) / 100;
    const one = trial({ bootstrapMethod: 'bias-variance', ...settings }, 0.1);
    const parts = { expected_error: 0.1 + variance, bias_squared: 0.06, variance, noise_variance: noise };
    return { ...one, metrics: { ...one.metrics, ...parts } };
  };

  test('are lines over what is varied, with one panel for each value of another option', async () => {
    const bases = ['total', 'product'].flatMap((basis) =>
      degrees.map((degree) => decomposed({ degree, basis })),
    );
    const figure = named(figuresOf(bases, experiment), 'bias-variance');
    expect(panelsOf(figure).map(({ title }) => title.text)).toEqual(['basis total', 'basis product']);
    const series = ['expected error', 'bias²', 'variance', 'noise'];
    expect([...new Set(linesOf(figure, 1).map((row) => row.series))]).toEqual(series);
    expect(await textFaults(figure.spec)).toEqual([]);
  });

  test('without a known truth have no noise, and the figure says where it is', () => {
    const figure = named(
      figuresOf(
        degrees.map((degree) => decomposed({ degree }, null)),
        experiment,
      ),
      'bias-variance',
    );
    expect(linesOf(figure).some(({ series }) => series === 'noise')).toBe(false);
    expect(figure.caption).toContain('bias² includes the noise');
  });

  test('are not drawn a second time with what the report shows', () => {
    const figures = figuresOf(
      degrees.map((degree) => decomposed({ degree })),
      experiment,
    );
    expect(figures.map(({ name }) => name)).toEqual(['lines-degree', 'bias-variance', 'errors-degree']);
    expect(panelsOf(figures[0])).toHaveLength(2);
  });
});

test('points beyond the axis are not drawn outside of the panel', () => {
  const exploding = [0.1, 0.1, 0.1, 0.1, 1e5].map((value, degree) => trial({ degree }, value));
  const [lines] = figuresOf(exploding);
  for (const { layer } of panelsOf(lines)) {
    const [low, high] = layer[0].encoding.y.scale.domain;
    const points = layer.filter(({ mark }) => mark.type === 'point').flatMap(({ data }) => data.values);
    expect(points.length).toBeGreaterThan(3);
    for (const { value } of points) expect([low <= value, value <= high]).toEqual([true, true]);
  }
});
