import { greatest } from '../stats/describe.ts';
import { significant } from '../stats/significant.ts';
import type { SpecPart } from './figure.ts';
import { dashes, figureWidth, fontSize, keyLimit, palette, textWidth } from './style.ts';

export interface Point {
  readonly epoch: number;
  readonly value: number;
  /** Lowest and highest over the seeds. */
  readonly low: number;
  readonly high: number;
}

export interface Curve {
  /** The cell of the experiment, such as "relu"; empty if there is only one. */
  readonly series: string;
  /** train or test. */
  readonly split: string;
  readonly points: readonly Point[];
  /** The report's value after the last epoch; null if it has none. */
  readonly published: number | null;
  readonly diverged: boolean;
}

export interface CurvePanel {
  readonly title: string;
  readonly valueTitle: string;
  readonly curves: readonly Curve[];
}

export interface CurvesOptions {
  readonly panels: readonly CurvePanel[];
  /** The title of the key: "activation". */
  readonly seriesTitle: string;
  /** Whether to draw bands over the seeds. */
  readonly bands: boolean;
  /** For a page: shows the values under the pointer, and a click on the key switches curves on and off. */
  readonly interactive: boolean;
}

/** A key of colours and dashes that all panels share. */
interface Key {
  readonly field: 'series' | 'split';
  readonly title: string;
  readonly names: readonly string[];
  /** Distinguished by line width if colours and dashes already distinguish the series. */
  readonly splits: readonly string[] | null;
}

const heights = [210, 170, 140, 120];

/** Panels below each other: lines over epochs, bands over seeds, and diamonds for the report's last values. */
export function curves(options: CurvesOptions): SpecPart {
  const { panels } = options;
  const key = keyOf(options);
  const height = heights[Math.min(panels.length, heights.length) - 1];
  return {
    vconcat: panels.map((panel, index) => ({
      title: { text: panel.title, fontWeight: 'normal', offset: 4, anchor: 'middle' },
      width: figureWidth - 75,
      height,
      layer: panelLayers(panel, key, options, index === panels.length - 1),
    })),
    spacing: 10,
  };
}

function keyOf({ panels, seriesTitle }: CurvesOptions): Key {
  const all = panels.flatMap((panel) => panel.curves);
  const series = [...new Set(all.map((curve) => curve.series))];
  const splits = [...new Set(all.map(({ split }) => split))];
  if (series.length === 1) return { field: 'split', title: '', names: splits, splits: null };
  const mixed = panels.some((panel) => new Set(panel.curves.map(({ split }) => split)).size > 1);
  return { field: 'series', title: seriesTitle, names: series, splits: mixed ? splits : null };
}

function panelLayers(
  { valueTitle, curves: members }: CurvePanel,
  key: Key,
  { bands, interactive }: CurvesOptions,
  epochTitle: boolean,
): SpecPart[] {
  const [low, high] = valueLimits(members);
  const x = {
    field: 'epoch',
    type: 'quantitative',
    scale: { nice: false, domain: [0, lastEpoch(members)] },
    axis: { title: epochTitle ? 'epoch' : null, tickCount: 6, format: 'd', labelFlush: false },
  };
  const scale = { domain: [low, high], nice: false, zero: false };
  const y = { field: 'value', type: 'quantitative', scale, axis: { title: valueTitle, tickCount: 5 } };
  const color = {
    field: key.field,
    type: 'nominal',
    sort: null,
    scale: { domain: key.names, range: key.names.map((_, i) => palette[i % palette.length]) },
    legend: legendOf(key.title, key.names),
  };
  const detail = [
    { field: 'series', type: 'nominal' },
    { field: 'split', type: 'nominal' },
  ];
  const strokeDash = dashOf(key);
  const opacity = interactive ? { opacity: { condition: { param: 'shown', value: 1 }, value: 0.08 } } : {};
  const lines = pointRows(members);
  return [
    ...(bands
      ? [
          {
            data: { values: lines },
            mark: { type: 'area', opacity: 0.2, clip: true, aria: false },
            encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color, detail },
          },
        ]
      : []),
    {
      data: { values: lines },
      mark: { type: 'line', clip: true },
      encoding: { x, y, color, detail, strokeDash, strokeWidth: widthOf(key), ...opacity },
      ...(interactive && { params: [legendToggle(key)] }),
    },
    ...endMarks(members, { x, y, color }),
    ...(interactive ? [hoverLayer(lines, { x, y, color }, bands)] : []),
  ];
}

/** Diamonds for the report's values after its last epoch, and crosses where training diverged. */
function endMarks(members: readonly Curve[], channels: SpecPart): SpecPart[] {
  const last = lastEpoch(members);
  const values = members.flatMap(({ series, split, published, diverged, points }) => [
    ...(published === null
      ? []
      : [{ series, split, epoch: last, value: published, what: "the report's value" }]),
    ...(diverged && points.length > 0
      ? [
          {
            series,
            split,
            epoch: points[points.length - 1].epoch,
            value: points[points.length - 1].value,
            what: 'diverged',
          },
        ]
      : []),
  ]);
  if (values.length === 0) return [];
  return [
    {
      data: { values },
      mark: { type: 'point', size: 90, strokeWidth: 2, filled: false, opacity: 1 },
      encoding: {
        ...channels,
        shape: {
          field: 'what',
          type: 'nominal',
          scale: { domain: ["the report's value", 'diverged'], range: ['diamond', 'cross'] },
          legend: null,
        },
        tooltip: [
          { field: 'what', type: 'nominal', title: ' ' },
          { field: 'value', type: 'quantitative' },
        ],
      },
    },
  ];
}

/** Shows the values under the pointer, for a page. */
function hoverLayer(values: readonly SpecPart[], channels: SpecPart, bands: boolean): SpecPart {
  return {
    data: { values },
    params: [
      { name: 'hover', select: { type: 'point', on: 'pointerover', nearest: true, clear: 'pointerout' } },
    ],
    mark: { type: 'point', filled: true, size: 60, clip: true },
    encoding: {
      ...channels,
      opacity: { condition: { param: 'hover', empty: false, value: 1 }, value: 0 },
      tooltip: [
        ...['series', 'split', 'epoch'].map((field) => ({ field, type: 'nominal' })),
        ...['value', ...(bands ? ['low', 'high'] : [])].map((field) => ({
          field,
          type: 'quantitative',
          format: '.4g',
        })),
      ],
    },
  };
}

function legendToggle({ field }: Key): SpecPart {
  return { name: 'shown', select: { type: 'point', fields: [field], toggle: 'true' }, bind: 'legend' };
}

function dashOf({ names, field, title }: Key): SpecPart {
  return {
    field,
    type: 'nominal',
    sort: null,
    scale: { domain: names, range: names.map((_, i) => dashes[dashIndex(i, names.length)]) },
    legend: legendOf(title, names),
  };
}

/** Thin lines for training and thick lines for test, if colours and dashes distinguish something else. */
function widthOf({ splits }: Key): SpecPart {
  if (splits === null) return { value: 2 };
  const range = splits.map((_, i) => 1 + (1.6 * i) / Math.max(1, splits.length - 1));
  return {
    field: 'split',
    type: 'ordinal',
    sort: splits,
    scale: { domain: splits, range },
    legend: legendOf('', splits),
  };
}

/** A few curves each have their own dash. Many curves change dash each time the colours are used up. */
function dashIndex(index: number, count: number): number {
  return (count <= dashes.length ? index : Math.floor(index / palette.length)) % dashes.length;
}

/** The largest number of series that colours and dashes can distinguish. With more, there is no key. */
export const mostNamed = palette.length * dashes.length;

function legendOf(title: string, names: readonly string[]): SpecPart | null {
  if (names.length > mostNamed) return null;
  const widest = Math.min(keyLimit, greatest(names.map((name) => textWidth(name)))) + 40;
  return {
    title: title === '' ? null : title,
    titleOrient: 'left',
    orient: 'top',
    direction: 'horizontal',
    symbolType: 'stroke',
    symbolSize: 400,
    symbolOpacity: 1,
    columns: Math.max(1, Math.floor((figureWidth - 75 - textWidth(title)) / widest)),
    rowPadding: 2,
    columnPadding: fontSize,
  };
}

/** The lowest and the highest value, with a margin. First values far above 95 % of all values are cut off. */
function valueLimits(members: readonly Curve[]): [number, number] {
  const values = members.flatMap(({ points, published }) => [
    ...points.flatMap(({ low, high }) => [low, high]),
    ...(published === null ? [] : [published]),
  ]);
  const sorted = values.sort((a, b) => a - b);
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const usual = sorted[Math.floor(0.95 * (sorted.length - 1))];
  const top = usual > low ? Math.min(high, usual + 10 * (usual - low)) : high;
  const margin = top > low ? 0.04 * (top - low) : 1;
  return [low - margin, top + margin];
}

/** Whether part of a curve is outside the limits. */
export function isCutOff({ curves: members }: CurvePanel): boolean {
  const [low, high] = valueLimits(members);
  return members.some(({ points }) => points.some((point) => point.high > high || point.low < low));
}

function lastEpoch(members: readonly Curve[]): number {
  return greatest(members.map(({ points }) => points[points.length - 1].epoch));
}

function pointRows(members: readonly Curve[]): SpecPart[] {
  return members.flatMap(({ series, split, points }) =>
    points.map(({ epoch, value, low, high }) => ({
      series,
      split,
      epoch,
      value: short(value),
      ...(low < high && { low: short(low), high: short(high) }),
    })),
  );
}

/** Five digits are finer than any pixel; curves.csv has all of them. */
function short(value: number): number {
  return significant(value, 5);
}
