import { describe, expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import type { Settings } from '../experiment/options.ts';
import type { Figure } from './figure.ts';
import { draw } from './index.ts';
import type { Look } from './look.ts';
import { toSvg } from './render.ts';
import type { TrialResult } from './results.ts';
import { textFaults } from './text-boxes.testing.ts';

type Values = readonly (number | null)[];

function trial(settings: Settings, test_mse: Values, own: Partial<TrialResult> = {}): TrialResult {
  const curves = { train_mse: test_mse.map((value) => (value === null ? null : value * 0.9)), test_mse };
  return {
    settings: { seed: 1, ...settings },
    status: 'done',
    divergedAt: null,
    metrics: {},
    curves,
    ...own,
  };
}

function figureOf(trials: readonly TrialResult[], look: Partial<Look> = {}): Figure {
  return draw({ experiment: ffnn, variant: 'code', quick: false, data: [], trials }, { look })[0];
}

interface Layer {
  readonly mark: { readonly type: string; readonly shape?: string };
  readonly data: {
    readonly values: readonly { series: string; x: number; value: number; what?: string }[];
  };
  readonly encoding: {
    readonly x: { readonly scale: { readonly domain: [number, number]; readonly type: string } };
    readonly y: { readonly scale: { readonly domain: [number, number]; readonly type: string } };
  };
}

function layersOf({ spec }: Figure): readonly Layer[] {
  return (spec as unknown as { vconcat: { layer: Layer[] }[] }).vconcat.flatMap(({ layer }) => layer);
}
const axisOf = (figure: Figure) => layersOf(figure)[0].encoding.y.scale;
const marksOf = (figure: Figure, what: string) =>
  layersOf(figure)
    .flatMap(({ data }) => data.values)
    .filter((mark) => mark.what === what);

const falling = [0.4, 0.2, 0.1, 0.08];

describe('an exploding curve', () => {
  const calm = [0.01, 0.1].map((learningRate, i) =>
    trial(
      { learningRate },
      falling.map((value) => value + i / 100),
    ),
  );
  const finite = trial({ learningRate: 1 }, [0.5, 4e3, 3.7e5, 3.6e5]);
  const diverged = trial({ learningRate: 10 }, [0.5, 1e30, null, null], {
    status: 'diverged',
    divergedAt: 3,
  });

  test('flattens no other: it is above the axis, marked there and named', async () => {
    const [alone, together] = [figureOf(calm), figureOf([...calm, finite])];
    expect(axisOf(together)).toEqual(axisOf(alone));
    const marks = marksOf(together, 'above the axis');
    expect(marks).toMatchObject([{ x: 1, value: axisOf(together).domain[1] }]);
    expect(together.caption).toContain('Above the axis (triangles): 1 from epoch 1.');
    expect(await toSvg(together.spec)).toContain('Above the axis');
    expect(alone.caption).not.toContain('Above the axis');
  });

  test('that diverged has a cross, and its epoch is in the figure', async () => {
    const figure = figureOf([...calm, diverged]);
    expect(axisOf(figure)).toEqual(axisOf(figureOf(calm)));
    expect(marksOf(figure, 'diverged')).toMatchObject([{ x: 3, value: axisOf(figure).domain[1] }]);
    expect(await toSvg(figure.spec)).toContain('Diverged: learning rate 10 at epoch 3.');
  });

  test('without a finite value is marked too', () => {
    const gone = trial({ learningRate: 10 }, [null], { status: 'diverged', divergedAt: 1 });
    const figure = figureOf([...calm, gone]);
    expect(marksOf(figure, 'diverged')).toMatchObject([{ series: '10', x: 1 }]);
  });

  test('several at one place are at their epoch, one below the other', async () => {
    const many = Array.from({ length: 6 }, (_, i) =>
      trial({ learningRate: 2 + i }, [null], { status: 'diverged', divergedAt: 1 }),
    );
    const figure = figureOf([...calm, ...many]);
    expect(new Set(marksOf(figure, 'diverged').map(({ x }) => x))).toEqual(new Set([1]));
    const places = [...(await toSvg(figure.spec)).matchAll(/translate\(([^)]*)\)"[^>]*d="M-4.74,-4.74L/g)];
    const [xs, ys] = [0, 1].map((i) => places.map(([, at]) => Number(at.split(',')[i])));
    expect(new Set(xs).size).toBe(1);
    expect([...new Set(ys)].sort((a, b) => a - b)).toEqual([0, 9, 18, 27, 36, 45]);
  });

  test('in some seeds only: their count', () => {
    const seeds = [1, 2, 3].map((seed) =>
      seed === 1
        ? trial({ seed }, falling)
        : trial({ seed }, [null], { status: 'diverged', divergedAt: seed }),
    );
    expect(figureOf(seeds).caption).toContain('Diverged: on 2 of 3 seeds, at epochs 2 to 3.');
  });
});

describe('a logarithmic axis', () => {
  const wide = [1, 0.1, 0.01, 0.001];

  test('where values span more than two decades', () => {
    expect(axisOf(figureOf([trial({}, wide)])).type).toBe('log');
    expect(axisOf(figureOf([trial({}, falling)])).type).toBe('linear');
  });

  test.each<[Look['log'], string, string]>([
    ['none', 'linear', 'linear'],
    ['x', 'log', 'linear'],
    ['y', 'linear', 'log'],
    ['both', 'log', 'log'],
  ])('or where --log %s says so', (log, x, y) => {
    const { encoding } = layersOf(figureOf([trial({}, wide)], { log }))[0];
    expect([encoding.x.scale.type, encoding.y.scale.type]).toEqual([x, y]);
  });

  test('has zeros on its lower edge and says so', async () => {
    const figure = figureOf([trial({}, [1, 0.01, 1e-5, 0])]);
    const { type, domain } = axisOf(figure);
    expect(type).toBe('log');
    const values = layersOf(figure).flatMap(({ data }) => data.values.map(({ value }) => value));
    expect(Math.min(...values)).toBeCloseTo(domain[0]);
    expect(await toSvg(figure.spec)).toContain('Values at or below 0 are on the lower edge.');
  });
});

test('train and test share an axis in panels of their own', () => {
  const many = Array.from({ length: 9 }, (_, i) =>
    trial(
      { hidden: `${i + 1}` },
      falling.map((value) => value * (1 + i)),
    ),
  );
  const { vconcat } = figureOf(many).spec as unknown as { vconcat: { layer: Layer[] }[] };
  expect(vconcat).toHaveLength(2);
  expect(vconcat[0].layer[0].encoding.y.scale).toEqual(vconcat[1].layer[0].encoding.y.scale);
});

test('training is dashed and test solid, with one curve or several', async () => {
  const one = [trial({}, falling)];
  const several = ['relu', 'sigmoid'].map((activation) => trial({ activation }, falling));
  for (const trials of [one, several]) {
    const svg = await toSvg(figureOf(trials).spec);
    const lines = [
      ...svg.matchAll(
        /aria-label="[^"]*split: (train|test)[^"]*"[^>]*aria-roledescription="line mark"[^>]*>/g,
      ),
    ];
    expect(lines).toHaveLength(2 * trials.length);
    for (const [line, split] of lines)
      expect(line.includes('stroke-dasharray="6,3"')).toBe(split === 'train');
  }
});

test('of curves on top of each other each has marks at places of its own', () => {
  const figure = figureOf(['relu', 'leaky_relu'].map((activation) => trial({ activation }, falling)));
  const places = layersOf(figure)
    .filter(({ mark }) => mark.type === 'point')
    .flatMap(({ data }) => data.values.map(({ series, x }) => ({ series, x })));
  expect(places.length).toBeGreaterThan(8);
  expect(new Set(places.map(({ series }) => series))).toEqual(new Set(['relu', 'leaky relu']));
  expect(new Set(places.map(({ x }) => x)).size).toBe(places.length);
});

test('a curve of one epoch is a point', async () => {
  const svg = await toSvg(figureOf([trial({}, [0.3])]).spec);
  expect(svg.match(/aria-roledescription="point"/g)).toHaveLength(2);
});

test.each([240, 300, 480])('no two names in the key of %d pixels are equal or cut off', async (width) => {
  const formulas = ['3*x+sin(y)*exp(x*y)*x^7+12345*y', '3*x+sin(y)*exp(x*y)*x^7+12345*x'];
  const trials = ['relu', 'leaky_relu'].flatMap((activation) =>
    formulas.map((formula) => trial({ activation, formula, learningRate: 0.01 }, falling)),
  );
  const figure = figureOf(trials, { width });
  const svg = await toSvg(figure.spec);
  expect(svg.includes('…')).toBe(false);
  for (const text of ['>formula, activation<', 'leaky relu<']) expect(svg.includes(text)).toBe(true);
  expect(await textFaults(figure.spec)).toEqual([]);
});

describe('no text is over another or cut off', () => {
  const cases: [string, TrialResult[]][] = [
    ['one curve', [trial({}, falling)]],
    ['one epoch', [trial({}, [0.3])]],
    ['a constant', [trial({}, [0.3, 0.3, 0.3])]],
    ['12 rates', Array.from({ length: 12 }, (_, i) => trial({ learningRate: 10 ** -i }, falling))],
    ['40 rates', Array.from({ length: 40 }, (_, i) => trial({ learningRate: (i + 1) / 700 }, falling))],
    ['values from 1e-12 to 1e300', [trial({}, [1e-12, 1, 1e300])]],
    [
      'long names',
      ['3*x+sin(y)*exp(x*y)*x^7+12345', 'franke'].map((formula) =>
        trial({ formula, hidden: '20-20-20' }, falling),
      ),
    ],
    [
      'with divergence',
      [1, 2, 3, 4]
        .map((learningRate) => trial({ learningRate }, [null], { status: 'diverged', divergedAt: 1 }))
        .concat(trial({}, falling)),
    ],
  ];
  test.each(cases)('%s', async (_name, trials) => {
    for (const width of [240, 480, 800]) {
      const { spec } = figureOf(trials, { width });
      expect([width, await textFaults(spec)]).toEqual([width, []]);
    }
  });
});

describe('curves of L-BFGS', () => {
  const iterated = trial({ solver: 'lbfgs', maxIterations: 100, loss: 'mse' }, falling);
  const isTitled = (figure: Figure, title: string) =>
    JSON.stringify(figure.spec).includes(`"title":"${title}"`);

  test('are over iterations, and the title says what is drawn', () => {
    const figure = figureOf([iterated]);
    expect(figure.title).toMatch(/: MSE per iteration$/);
    expect(isTitled(figure, 'iteration') && !isTitled(figure, 'epoch')).toBe(true);
    expect(figure.caption).toContain('After each iteration');
  });

  test('next to those of epochs, both are named', () => {
    const figure = figureOf([iterated, trial({ solver: 'sgd', epochs: 4, loss: 'mse' }, falling)]);
    expect(figure.title).toContain('MSE per epoch or iteration');
    expect(isTitled(figure, 'epoch or iteration')).toBe(true);
  });
});
