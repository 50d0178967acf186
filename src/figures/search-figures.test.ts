import { describe, expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import { shownMetric } from '../experiment/define.ts';
import type { Setting, Settings } from '../experiment/options.ts';
import type { Figure, SpecPart } from './figure.ts';
import { type Look, usualLook } from './look.ts';
import { tickLabels } from './parallel-labels.ts';
import { toSvg } from './render.ts';
import type { Results, StoppedResult } from './results.ts';
import { searchFigures } from './search-figures.ts';

const deciding = shownMetric('test_mse');
const experiment = { ...ffnn, layout: { ...ffnn.layout, metrics: [deciding] } };
const space = { learningRate: ['loguniform(1e-4,1)'], activation: ['relu', 'tanh'] };

function searched(
  tried: readonly { readonly settings?: Settings; readonly value: number | null }[],
  more: Partial<Results> = {},
  look: Look = usualLook,
): { readonly parallel: Figure; readonly best: Figure } {
  const trials = tried.map(({ settings, value }, index) => ({
    settings: { learningRate: 0.01 * (index + 1), activation: 'relu', epochs: 9, seed: 1, ...settings },
    status: value === null ? ('diverged' as const) : ('done' as const),
    divergedAt: value === null ? 1 : null,
    metrics: { [deciding.name]: value },
    curves: {},
  }));
  const [parallel, best] = searchFigures(
    {
      ...{ experiment, variant: 'code', quick: false, data: [], trials },
      ...{ search: { method: 'sobol', space }, ...more },
    },
    look,
  );
  return { parallel, best };
}

/** The layers with the rows of their data and their marks. */
function layersOf({ spec }: Figure) {
  const { layer } = spec as unknown as {
    readonly layer: readonly { data: { values: SpecPart[] }; mark: SpecPart; encoding: SpecPart }[];
  };
  return layer.map(({ data: { values }, mark, encoding }) => ({ values, mark, encoding }));
}

const layersWith = (figure: Figure, marks: SpecPart) =>
  layersOf(figure).filter(({ mark }) => Object.entries(marks).every(([key, value]) => mark[key] === value));

const textsOf = (figure: Figure): unknown[] =>
  layersWith(figure, { type: 'text', color: '#222222' }).flatMap(({ values }) =>
    values.map(({ text }) => text),
  );

/** Where the lines end on the last axis, the best last. */
function endsOf(parallel: Figure): number[] {
  return layersWith(parallel, { type: 'line' }).flatMap(({ values }) =>
    values.map((row) => row.a2 as number),
  );
}

const three = [{ value: 0.3 }, { value: 0.1 }, { value: 0.2 }];

test('a single setting has a place and a label on each axis, and a line of the best so far', () => {
  const { parallel, best } = searched([{ value: 0.25 }]);
  expect(textsOf(parallel).filter((text) => text === '0.25')).toHaveLength(1);
  const [line] = layersWith(best, { type: 'line' });
  expect(line.values.map(({ number }) => number)).toEqual([1, 1.5]);
});

test('the marks of the first and the last setting are inside the frame', () => {
  for (const count of [1, 3, 400]) {
    const { best } = searched(Array.from({ length: count }, (_, index) => ({ value: 1 + (index % 7) })));
    const [{ encoding }] = layersOf(best);
    const [low, high] = (encoding.x as { scale: { domain: number[] } }).scale.domain;
    expect(low).toBeLessThanOrEqual(0.5);
    expect(high).toBeGreaterThanOrEqual(count + 0.5);
  }
});

test('what is beyond an axis is a triangle or ends below it, and a note says so', () => {
  const values = [70, 0.9, 1, 1.1, 1.2, 50, 1.3, 1.4, 1.5];
  const { parallel, best } = searched(values.map((value) => ({ value })));
  const [triangles] = layersWith(best, { shape: 'triangle-up' });
  expect(triangles.values.map(({ number }) => number)).toEqual([1, 6]);
  expect(best.caption).toContain('Above the axis (triangles): 2 settings.');
  // The axis shows the differences of the others.
  const [{ encoding, values: dots }] = layersWith(best, { type: 'circle' });
  expect((encoding.y as { scale: { domain: number[] } }).scale.domain[1]).toBeLessThan(5);
  expect(dots).toHaveLength(7);
  // Their lines end below the last axis, where a label says what they have.
  expect(endsOf(parallel).slice(0, 2)).toEqual([-0.06, -0.06]);
  expect(Math.min(...endsOf(parallel).slice(2))).toBe(0);
  expect(textsOf(parallel)).toContain('50 to 70');
  expect(parallel.caption).toContain('Below it: 2 far worse values.');
  expect(searched(three).parallel.caption).not.toContain('Below it');
});

test('the last axis holds what has a value, unless it is far worse than most', () => {
  const { parallel } = searched([0.04, 0.039, 0.035, 0.41].map((value) => ({ value })));
  expect(endsOf(parallel)).toEqual([0, expect.closeTo(0.987, 3), expect.closeTo(0.989, 3), 1]);
  expect(textsOf(parallel)).toContain('0.41');
});

test('of very many settings the best are drawn, with the axis and all the colours for them', () => {
  const { parallel } = searched(Array.from({ length: 2000 }, (_, index) => ({ value: 1 + index / 100 })));
  const [lines, best] = layersWith(parallel, { type: 'line' });
  expect(lines.values).toHaveLength(299);
  expect(best.values).toHaveLength(1);
  const { domain } = (lines.encoding.color as { scale: { domain: string[] } }).scale;
  expect(domain).toHaveLength(6);
  expect([...new Set(lines.values.map(({ series }) => series))].sort()).toEqual(domain.slice(1).sort());
  expect(textsOf(parallel)).toContain('3.99');
  expect(endsOf(parallel)[0]).toBe(0);
  expect(parallel.caption).toContain('Drawn: the 300 best of 2000.');
});

test('of very many settings some have dots, among them all that were the best so far', () => {
  const values = Array.from({ length: 5000 }, (_, index) => (index % 997 === 1 ? 5 - index / 1000 : 9));
  const { best } = searched(values.map((value) => ({ value })));
  const [{ values: dots }] = layersWith(best, { type: 'circle' });
  expect(dots).toHaveLength(1007);
  expect(dots.map(({ number }) => number)).toEqual(
    expect.arrayContaining([1, 2, 999, 1996, 2993, 3990, 4987]),
  );
  expect(best.caption).toContain(
    'Dots: 1007 of 5000 settings, evenly spaced, with all that were the best so far.',
  );
});

test('a logarithmic axis has labels between powers of ten, written as in tables', async () => {
  const { best } = searched([1, 20, 300, 900].map((value) => ({ value: value * 1e9 })));
  const { axis } = layersOf(best)[0].encoding.y as { axis: SpecPart };
  expect(axis.values).toEqual([1e9, 3e9, 1e10, 3e10, 1e11, 3e11, 1e12]);
  const svg = await toSvg(best.spec);
  expect(svg).toContain('>3e10<');
  const linear = await toSvg(searched([1.2, 1.6, 2].map((value) => ({ value: value * 1e11 }))).best.spec);
  expect(linear).toContain('>1.6e11<');
});

test('notes and tooltips have short numbers, and say how many settings are as good', () => {
  const long = [0.000123456789, 0.3333333333333333].map((learningRate) => ({
    settings: { learningRate },
    value: 0.123456789,
  }));
  const interactive = { ...usualLook, interactive: true };
  const { parallel, best } = searched(long, {}, interactive);
  expect(parallel.caption).toContain(
    `Best: setting 1 of 2, learning rate 0.0001235, activation relu; ${deciding.title} 0.123 (1 other has the same).`,
  );
  for (const figure of [parallel, best]) {
    const labels = layersOf(figure).flatMap(({ values }) => values.flatMap(({ label }) => label ?? []));
    expect(labels).toContain(`setting 2: learning rate 0.3333, activation relu; ${deciding.title} 0.123`);
  }
});

describe('settings that were stopped', () => {
  const stoppedAt = (place: number, round: number, diverged = 0): StoppedResult => ({
    place,
    settings: { learningRate: 0.5, activation: 'tanh', epochs: 9 } satisfies Record<string, Setting>,
    last: { round, epochs: 3 ** (round - 1), seeds: 1, diverged, mean: diverged > 0 ? null : 0.4 },
    after: round === 1 ? '1 epoch' : `${3 ** (round - 1)} epochs`,
  });
  const seriesOf = (figure: Figure): unknown =>
    (layersWith(figure, { type: 'line' })[0].encoding.color as { scale: { domain: unknown } }).scale.domain;

  test('say after how many epochs each was', () => {
    const stopped = [stoppedAt(0, 1), stoppedAt(2, 2), stoppedAt(4, 1, 1)];
    const { parallel } = searched(three, { stopped });
    expect(seriesOf(parallel)).toEqual([
      ...['best: 0.1', '0.2', '0.3'],
      ...['stopped after 3 epochs', 'stopped after 1 epoch', 'diverged'],
    ]);
    expect(textsOf(parallel)).toEqual(
      expect.arrayContaining(['after 3 epochs', 'after 1 epoch', 'diverged']),
    );
    const [lines] = layersWith(parallel, { type: 'line' });
    expect(lines.values.map(({ label }) => label)).toEqual(
      expect.arrayContaining([
        `setting 1: learning rate 0.5, activation tanh; stopped after 1 epoch, ${deciding.title} 0.4`,
        'setting 5: learning rate 0.5, activation tanh; diverged within 1 epoch',
      ]),
    );
    expect(parallel.caption).toContain(
      '3 of 6 settings were stopped early (rounds.csv), of which 1 diverged.',
    );
  });

  test('have no figure of the best so far if they had fewer epochs, and a note says so', () => {
    const { parallel, best } = searched(three, { stopped: [stoppedAt(0, 1)] });
    expect(best).toBeUndefined();
    expect(parallel.caption).toContain(
      'No figure of the best so far: values after different numbers of epochs cannot be compared.',
    );
    const one = stoppedAt(0, 1);
    expect(searched(three, { stopped: [{ ...one, last: { ...one.last, epochs: 9 } }] }).best).toBeDefined();
  });

  test('are told apart by their rounds, the first ones together if there are many', () => {
    const stopped = [1, 2, 3, 4, 5, 6].map((round, place) => stoppedAt(place, round));
    expect(seriesOf(searched(three, { stopped }).parallel)).toEqual(
      expect.arrayContaining([
        ...['stopped after 243 epochs', 'stopped after 81 epochs', 'stopped after 27 epochs'],
        'stopped after at most 9 epochs',
      ]),
    );
  });
});

describe('a label', () => {
  const sideOf = (ticks: Parameters<typeof tickLabels>[0], best: readonly number[], step = 200) =>
    tickLabels(ticks, best, { step, unit: 300 }, { x: {}, y: {} })
      .filter(({ mark }) => (mark as SpecPart).color === '#222222')
      .flatMap((layer) => {
        const { align } = layer.mark as { align: string };
        const { values } = layer.data as { values: { text: string }[] };
        return values.map(({ text }) => [text, align === 'right' ? 'left' : 'right']);
      });

  test('does not hide the best line if the other side of its axis is free', () => {
    // The line comes from below and ends above.
    const tick = { x: 1, y: 0.5, text: '0.001' };
    expect(sideOf([tick], [0.5, 0.5, 1])).toEqual([['0.001', 'right']]);
    expect(sideOf([tick], [1, 0.5, 0.5])).toEqual([['0.001', 'left']]);
    expect(sideOf([tick], [0.5, 0.5, 0.5])).toEqual([['0.001', 'left']]);
    expect(sideOf([{ ...tick, x: 2 }], [0.5, 0.5, 0.5])).toEqual([['0.001', 'right']]);
  });

  test('does not move onto the label of the next axis', () => {
    const ticks = [
      { x: 1, y: 0.5, text: '0.001' },
      { x: 2, y: 0.51, text: 'glorot uniform' },
    ];
    const best = [0.5, 0.5, 1, 1];
    expect(sideOf(ticks, best, 92)).toContainEqual(['0.001', 'left']);
    expect(sideOf(ticks, best, 200)).toContainEqual(['0.001', 'right']);
  });
});
