import { greatest, least } from '../stats/describe.ts';
import { colorScale, differenceColors } from './colors.ts';
import type { Figure, SpecPart } from './figure.ts';
import type { Look } from './look.ts';
import { cutNote, drawnRows, namesIn, partColors, partWords, wordsOfTrial } from './residuals-figure.ts';
import type { Results } from './results.ts';
import { ink, namedColors, palette, wholeSpec } from './style.ts';
import type { FittedPoint, TrialPredictions } from './trial-predictions.ts';

/** The fitted curve with the rows of the data, or the fitted surface, next to the true function where it is known. */
export function fittedFigure(results: Results, look: Look): Figure | null {
  const trial = results.trials.find(({ predictions }) => (predictions?.fitted.length ?? 0) > 0);
  if (trial === undefined) return null;
  const { model, about } = wordsOfTrial(results, trial);
  const predictions = trial.predictions!;
  const isCurve = predictions.fitted[0].y === null;
  const isKnown = predictions.fitted.every(({ target }) => target !== null);
  const title = `${model}: the fitted ${isCurve ? 'curve' : 'surface'}`;
  const notes = isCurve
    ? cutNote(predictions.rows)
    : [isKnown ? 'Target: the function without noise.' : 'Over the range of the inputs.'];
  const { inputs, target = 'target' } = namesIn(results);
  const [x, y] = inputs?.length === (isCurve ? 1 : 2) ? inputs : ['x', 'y'];
  const names = { x, y, target };
  const body = isCurve
    ? curve(predictions, isKnown, names, look)
    : surfaces(predictions.fitted, isKnown, names, look);
  return {
    name: 'fitted',
    title,
    caption: `${title} (${about}). ${notes.join(' ')}`.trim(),
    spec: wholeSpec({ title, context: about, notes, description: `${title}. ${about}.`, look }, body),
  };
}

const fittedName = 'fitted';
const truthName = 'function without noise';

/** The titles of the axes. */
interface Names {
  readonly x: string;
  readonly y: string;
  readonly target: string;
}

function curve({ rows, fitted }: TrialPredictions, isKnown: boolean, names: Names, look: Look): SpecPart {
  const drawn = drawnRows(rows).filter(({ x }) => x !== null);
  const parts = [...new Set(drawn.map(({ part }) => part))];
  const series = [
    { name: fittedName, color: palette[0] },
    ...(isKnown ? [{ name: truthName, color: ink }] : []),
    ...parts.map((part) => ({ name: partWords[part], color: partColors[part] })),
  ];
  const color = namedColors(series, 2);
  const number = (field: string, words: string): SpecPart => ({
    field,
    type: 'quantitative',
    scale: { zero: false, nice: field === 'value' },
    axis: { tickCount: 6, labelFlush: false, titleLimit: 300, title: words },
  });
  const encoding = { x: number('x', names.x), y: number('value', names.target), color };
  const line = (
    name: string,
    values: readonly { x: number; value: number | null }[],
    strokeDash: number[],
  ) => ({
    data: { values: values.map((point, order) => ({ ...point, series: name, order })) },
    mark: { type: 'line', strokeWidth: 2, strokeDash },
    encoding: { ...encoding, order: { field: 'order' } },
  });
  return {
    width: Math.max(120, look.width - 80),
    height: Math.round(300 * look.stretch),
    layer: [
      {
        data: { values: drawn.map(({ x, target, part }) => ({ x, value: target, series: partWords[part] })) },
        mark: { type: 'circle', size: 28, opacity: 0.7 },
        encoding,
      },
      ...(isKnown
        ? [
            line(
              truthName,
              fitted.map(({ x, target }) => ({ x, value: target })),
              [5, 4],
            ),
          ]
        : []),
      line(
        fittedName,
        fitted.map(({ x, prediction }) => ({ x, value: prediction })),
        [],
      ),
    ],
  };
}

interface Cell {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
  readonly value: number;
}

/** Heat maps of the prediction, of the target in the same colours, and of their difference. */
function surfaces(points: readonly FittedPoint[], isKnown: boolean, names: Names, look: Look): SpecPart {
  const cellsOf = cellsAround(points);
  const fitted = cellsOf(({ prediction }) => prediction);
  const known = isKnown ? cellsOf(({ target }) => target!) : [];
  const values = [...fitted, ...known].map(({ value }) => value);
  const domain = [least(values), greatest(values)];
  const scale = {
    domain: domain[0] < domain[1] ? domain : [domain[0] - 1, domain[1] + 1],
    scheme: 'viridis',
  };
  const size = Math.max(120, Math.floor((look.width - 110) / (isKnown ? 2 : 1)));
  const side = isKnown ? size : Math.min(size, 320);
  const legend = { orient: 'bottom', title: null, gradientLength: side, tickCount: 4 };
  const panel = (title: string, cells: readonly Cell[], colors: SpecPart, first: boolean): SpecPart => ({
    title: { text: title, fontWeight: 'normal', offset: 4, anchor: 'middle' },
    width: side,
    height: Math.round(side * look.stretch),
    data: { values: cells },
    mark: { type: 'rect', strokeWidth: 0 },
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        scale: { zero: false, nice: false },
        axis: { title: names.x, titleLimit: 300, tickCount: 4, grid: false },
      },
      x2: { field: 'x2' },
      y: {
        field: 'y',
        type: 'quantitative',
        scale: { zero: false, nice: false },
        axis: { title: first ? names.y : null, titleLimit: 300, tickCount: 4, grid: false },
      },
      y2: { field: 'y2' },
      color: { field: 'value', type: 'quantitative', scale: colors, legend },
    },
  });
  const own = { resolve: { scale: { color: 'independent' }, legend: { color: 'independent' } } };
  if (!isKnown) return panel('prediction', fitted, scale, true);
  const errors = cellsOf(({ prediction, target }) => prediction - target!);
  const difference = differenceColors(errors.map(({ value }) => value));
  return {
    vconcat: [
      {
        hconcat: [panel('prediction', fitted, scale, true), panel(names.target, known, scale, false)],
        spacing: 20,
        ...own,
      },
      panel(`prediction - ${names.target}`, errors, colorScale(difference), true),
    ],
    ...own,
  };
}

/** Makes a rectangle of each point, which reaches halfway to its neighbours, and a little further so that no gaps are seen. */
function cellsAround(points: readonly FittedPoint[]): (value: (point: FittedPoint) => number) => Cell[] {
  const halfOf = (all: readonly number[]) => {
    const distinct = [...new Set(all)];
    const step = distinct.length < 2 ? 1 : (greatest(distinct) - least(distinct)) / (distinct.length - 1);
    return 0.56 * step;
  };
  const halfX = halfOf(points.map(({ x }) => x));
  const halfY = halfOf(points.map(({ y }) => y!));
  return (value) =>
    points.map((point) => ({
      x: point.x - halfX,
      x2: point.x + halfX,
      y: point.y! - halfY,
      y2: point.y! + halfY,
      value: value(point),
    }));
}
