import type { Curve, CurvePanel } from './curve.ts';
import { panelAxis } from './curve-axis.ts';
import { colorOf, dashOf, type Key, keyOf, type SeriesTitle, shapeOf } from './curve-key.ts';
import { endMarks, endShapes, type Mark, nameMarks } from './curve-marks.ts';
import type { SpecPart } from './figure.ts';
import type { Look } from './look.ts';
import { palette } from './style.ts';
import { drawnOn, scaleOf, ticksOf, type ValueAxis } from './value-axis.ts';
import { type CurveUnit, epochAxis, type XAxis, xChannel } from './x-axis.ts';

export interface CurvesOptions {
  readonly panels: readonly CurvePanel[];
  readonly seriesTitle: SeriesTitle;
  /** Whether to draw bands over the seeds. */
  readonly bands: boolean;
  readonly look: Look;
  /** The horizontal axis of all panels, or the unit of each one's own: epochs or iterations. */
  readonly x: XAxis | CurveUnit;
}

const heights = [210, 170, 140, 120];
/** Pixels for the labels to the left of a panel. */
const labels = 75;

/** Panels below each other: lines over epochs or a setting, bands over seeds, and diamonds for the report's last values. */
export function curves(options: CurvesOptions): SpecPart {
  const { panels, look } = options;
  const key = keyOf(panels, options.seriesTitle);
  const height = Math.round(look.stretch * heights[Math.min(panels.length, heights.length) - 1]);
  return {
    vconcat: panels.map((panel, index) => ({
      title: { text: panel.title, fontWeight: 'normal', offset: 4, anchor: 'middle' },
      width: Math.max(60, look.width - labels),
      height,
      layer: panelLayers(panel, key, options, index === panels.length - 1),
    })),
    spacing: 10,
  };
}

function panelLayers(panel: CurvePanel, key: Key, options: CurvesOptions, isLast: boolean): SpecPart[] {
  const { bands, look } = options;
  const { curves: members } = panel;
  const axis = panelAxis(panel, options.panels, look.log);
  const xAxis = typeof options.x === 'string' ? epochAxis(members, look, options.x) : options.x;
  const x = xChannel(xAxis, isLast);
  const y = {
    field: 'value',
    type: 'quantitative',
    scale: scaleOf(axis),
    axis: { title: panel.valueTitle, ...ticksOf(axis) },
  };
  const named = key.field === 'series' && key.series.length > 1;
  const color = colorOf(key, look.width);
  const detail = ['series', 'split'].map((field) => ({ field, type: 'nominal' }));
  const faded = look.interactive ? { opacity: { condition: { param: 'shown', value: 1 }, value: 0.08 } } : {};
  const lines = pointRows(members, axis);
  const alone = xAxis.discrete ? members : members.filter(({ points }) => points.length === 1);
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
      mark: { type: 'line', clip: true, strokeWidth: key.series.length > palette.length ? 1.5 : 2 },
      encoding: { x, y, color, detail, strokeDash: dashOf(key, look.width), ...faded },
      ...(look.interactive && { params: [legendToggle(key)] }),
    },
    ...(named
      ? nameLayers(nameMarks(members, axis, xAxis.discrete ? 'points' : 'spread'), key, look, {
          x,
          y,
          ...faded,
        })
      : []),
    // A curve of one epoch has no line; over a setting, its values have points.
    ...(alone.length > 0 && !named
      ? [
          {
            // What is beyond the axis is not in the panel.
            data: {
              values: pointRows(alone, axis).filter(({ value }) => value >= axis.low && value <= axis.high),
            },
            mark: { type: 'point', filled: true, size: 60 },
            encoding: { x, y, color },
          },
        ]
      : []),
    ...endLayers(endMarks(members, axis), { x, y, color }),
    ...(look.interactive ? [hoverLayer(lines, axis, { x, y, color }, bands, xAxis.title)] : []),
  ];
}

/** The marks of the series. Those of training are hollow. */
function nameLayers(values: readonly Mark[], key: Key, { width }: Look, channels: SpecPart): SpecPart[] {
  const encoding = { ...channels, color: colorOf(key, width), shape: shapeOf(key, width) };
  const train = values.filter(({ split }) => split === 'train');
  const others = values.filter(({ split }) => split !== 'train');
  const common = { type: 'point', size: 46, opacity: 1, aria: false };
  return [
    { data: { values: train }, mark: { ...common, fill: 'white', strokeWidth: 1.5 }, encoding },
    { data: { values: others }, mark: { ...common, filled: true }, encoding },
  ].filter(({ data }) => data.values.length > 0);
}

/** Diamonds for the report's values, crosses where training diverged, and arrows where a curve leaves the axis. */
function endLayers(values: readonly Mark[], channels: SpecPart): SpecPart[] {
  const tooltip = [
    { field: 'what', type: 'nominal', title: ' ' },
    { field: 'exact', type: 'quantitative', title: 'value' },
  ];
  return Object.entries(endShapes)
    .map(([what, shape]) => ({
      data: { values: values.filter((mark) => mark.what === what) },
      mark: {
        type: 'point',
        shape,
        size: 90,
        strokeWidth: 2.5,
        filled: false,
        opacity: 1,
        yOffset: { expr: 'datum.down || 0' },
      },
      encoding: { ...channels, tooltip },
    }))
    .filter(({ data }) => data.values.length > 0);
}

/** Shows the values under the pointer, for a page. Points beyond the axis are not among them. */
function hoverLayer(
  lines: readonly PointRow[],
  { low, high }: ValueAxis,
  channels: SpecPart,
  bands: boolean,
  xTitle: string,
): SpecPart {
  return {
    data: { values: lines.filter(({ value }) => value > low && value < high) },
    params: [
      { name: 'hover', select: { type: 'point', on: 'pointerover', nearest: true, clear: 'pointerout' } },
    ],
    mark: { type: 'point', filled: true, size: 60, clip: true },
    encoding: {
      ...channels,
      opacity: { condition: { param: 'hover', empty: false, value: 1 }, value: 0 },
      tooltip: [
        ...['series', 'split'].map((field) => ({ field, type: 'nominal' })),
        { field: 'x', type: 'nominal', title: xTitle },
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

interface PointRow extends SpecPart {
  readonly value: number;
}

function pointRows(members: readonly Curve[], axis: ValueAxis): PointRow[] {
  const drawn = (value: number) => drawnOn(axis, value);
  return members.flatMap(({ series, split, points }) =>
    points.map(({ x, value, low, high }) => ({
      series,
      split,
      x,
      value: drawn(value),
      ...(low < high && { low: drawn(low), high: drawn(high) }),
    })),
  );
}
