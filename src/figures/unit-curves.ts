import type { BandPoint } from '../stats/mean-curve.ts';
import type { UnitPoint } from '../stats/ranking.ts';
import { colorOf } from './curve-key.ts';
import type { SpecPart } from './figure.ts';
import type { Look } from './look.ts';
import { faint, palette } from './style.ts';

export interface UnitSeries {
  readonly name: string;
  readonly points: readonly BandPoint[];
}

export interface UnitCurves {
  readonly series: readonly UnitSeries[];
  readonly title: string;
  /** Dotted lines to compare with, such as the diagonal. */
  readonly references: readonly (readonly UnitPoint[])[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly bands: boolean;
  /** Whether the points are few, and drawn. */
  readonly points: boolean;
  /** The width of the top left corner that is drawn enlarged in a panel of its own; null for none. */
  readonly corner: number | null;
  readonly look: Look;
}

/** Pixels to the left of a panel. */
const labels = 75;

/** Curves in the unit square. */
export function unitCurves(curves: UnitCurves): SpecPart {
  const { corner, look } = curves;
  const width = Math.max(60, look.width - labels);
  const height = Math.round(look.stretch * (corner === null ? 330 : 250));
  const domains: [readonly number[], readonly number[], string | null][] = [
    [[0, 1], [0, 1], null],
    ...(corner === null
      ? []
      : [[[0, corner], [1 - corner, 1], 'top left corner, enlarged'] as [number[], number[], string]]),
  ];
  return {
    vconcat: domains.map(([x, y, title]) => ({
      ...(title !== null && { title: { text: title, fontWeight: 'normal', offset: 4, anchor: 'middle' } }),
      width,
      height,
      layer: layersOf(curves, x, y),
    })),
    spacing: 10,
  };
}

function layersOf(
  { series, title, references, xTitle, yTitle, bands, points, look }: UnitCurves,
  xDomain: readonly number[],
  yDomain: readonly number[],
): SpecPart[] {
  const axis = { tickCount: 6, grid: true, labelFlush: false };
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: { domain: xDomain, nice: false },
    axis: { ...axis, title: xTitle },
  };
  const y = {
    field: 'y',
    type: 'quantitative',
    scale: { domain: yDomain, nice: false },
    axis: { ...axis, title: yTitle },
  };
  const names = series.map(({ name }) => name);
  const several = names.length > 1;
  const known = colorOf({ field: 'series', title, series: names, splits: [], ordered: false }, look.width);
  const legend =
    known.legend === null ? null : { ...(known.legend as SpecPart), symbolType: 'stroke', symbolSize: 400 };
  const color = { ...known, legend };
  const dash = {
    field: 'series',
    type: 'nominal',
    sort: null,
    scale: { domain: names, range: names.map((_, i) => (i < palette.length ? [] : [5, 3])) },
    legend,
  };
  const rows = series.flatMap(({ name, points: own }, index) =>
    own.map((point, order) => ({ series: name, index, order, ...point })),
  );
  const encoding = { x, y, color: several ? color : { value: palette[0] }, order: { field: 'order' } };
  const detail = { field: 'series', type: 'nominal' };
  return [
    {
      data: { values: references.flatMap((line, index) => line.map((p, order) => ({ ...p, index, order }))) },
      mark: { type: 'line', clip: true, color: faint, strokeWidth: 1.5, strokeDash: [2, 3], aria: false },
      encoding: { x, y, detail: { field: 'index', type: 'nominal' }, order: { field: 'order' } },
    },
    ...(bands
      ? [
          {
            data: { values: rows },
            mark: { type: 'area', opacity: 0.2, clip: true, aria: false },
            encoding: {
              x,
              y: { ...y, field: 'low' },
              y2: { field: 'high' },
              color: encoding.color,
              // An area is in the order of x by itself; a channel for it would cut it into pieces.
              detail,
            },
          },
        ]
      : []),
    {
      data: { values: rows },
      mark: { type: 'line', clip: true, strokeWidth: 2 },
      encoding: { ...encoding, detail, ...(several && { strokeDash: dash }) },
    },
    ...(points || look.interactive
      ? [
          {
            data: { values: rows },
            mark: { type: 'point', filled: true, clip: xDomain[1] < 1, size: 46, opacity: points ? 1 : 0 },
            encoding: {
              ...encoding,
              tooltip: [
                ...(several ? [{ field: 'series', type: 'nominal', title }] : []),
                { field: 'x', type: 'quantitative', title: xTitle, format: '.3g' },
                { field: 'y', type: 'quantitative', title: yTitle, format: '.3g' },
              ],
            },
          },
        ]
      : []),
  ];
}
