import type { Setting } from '../experiment/options.ts';
import { greatest } from '../stats/describe.ts';
import { type CellContent, cellText, tickTexts } from './cell-text.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import { type Colors, colorScale, inkOn } from './colors.ts';
import type { SpecPart } from './figure.ts';
import { condensed, figureWidth, fontSize, labelLimit, textWidth } from './style.ts';

export interface HeatMapCell extends CellContent {
  readonly row: Setting;
  readonly column: Setting;
  /** Whether it is the best of its panel, which gets a frame. */
  readonly best: boolean;
  /** CellContent when the pointer is over the cell. */
  readonly detail: string;
}

export interface HeatMapAxis {
  readonly title: string;
  readonly ticks: readonly Setting[];
}

export interface HeatMapPanel {
  /** The lines above the panel. */
  readonly title: readonly string[];
  readonly rows: HeatMapAxis;
  readonly columns: HeatMapAxis;
  readonly cells: readonly HeatMapCell[];
  readonly colors: Colors;
  /** Whether the key of the colours is below it. */
  readonly key: boolean;
}

const rowHeight = 34;
const gap = 14;
/** Panels of a metric share limits because their limits are equal. Vega-Lite would also merge the scales of two metrics. */
const ownColors = { resolve: { scale: { color: 'independent' } } };

/** How many panels fit side by side in one column of print, with cells as wide as their text. */
export function panelsPerLine(panels: readonly HeatMapPanel[]): number {
  const [{ columns }] = panels;
  const each = columns.ticks.length * narrowestCell(panels) + gap;
  return Math.max(1, Math.floor((figureWidth - rowLabelsWidth(panels) + gap) / each));
}

/** Lines of annotated heat maps, with row labels to the left of a line and column labels below the last line. */
export function heatMaps(lines: readonly (readonly HeatMapPanel[])[]): { body: SpecPart; width: number } {
  const panels = lines.flat();
  const [{ columns }] = panels;
  const most = greatest(lines.map((line) => line.length));
  const room = figureWidth - rowLabelsWidth(panels) - gap * (most - 1);
  const cellWidth = Math.max(
    narrowestCell(panels),
    Math.min(100, Math.floor(room / (most * columns.ticks.length))),
  );
  const width = rowLabelsWidth(panels) + most * (cellWidth * columns.ticks.length + gap) - gap;
  const vconcat = lines.map((line) => ({
    hconcat: line.map((panel, place) =>
      panelSpec(panel, cellWidth, {
        rowLabels: place === 0,
        columnLabels: line.some((other) => other.key),
      }),
    ),
    spacing: gap,
    ...ownColors,
  }));
  return { body: { vconcat, ...ownColors }, width: Math.max(figureWidth, width) };
}

function narrowestCell(panels: readonly HeatMapPanel[]): number {
  const texts = panels.flatMap(({ cells, colors }) => cells.flatMap((cell) => cellText(cell, colors)));
  const ticks = panels.flatMap(({ columns }) => tickTexts(columns.ticks));
  const widths = [
    ...texts.map((text) => condensed.width * textWidth(text) + 1),
    ...ticks.map((text) => Math.min(labelLimit, textWidth(text)) + 4),
  ];
  return Math.ceil(Math.max(24, greatest(widths)));
}

function rowLabelsWidth(panels: readonly HeatMapPanel[]): number {
  const ticks = panels.flatMap(({ rows }) => tickTexts(rows.ticks));
  return Math.ceil(Math.min(labelLimit, greatest(ticks.map((text) => textWidth(text)))) + fontSize + 12);
}

function panelSpec(
  { title, rows, columns, cells, colors, key }: HeatMapPanel,
  cellWidth: number,
  labels: { rowLabels: boolean; columnLabels: boolean },
): SpecPart {
  const [rowTexts, columnTexts] = [tickTexts(rows.ticks), tickTexts(columns.ticks)];
  const rowText = new Map(rows.ticks.map((tick, i) => [tick, rowTexts[i]]));
  const columnText = new Map(columns.ticks.map((tick, i) => [tick, columnTexts[i]]));
  const width = cellWidth * columns.ticks.length;
  const rowsOf = (members: readonly HeatMapCell[]): CellRow[] =>
    members.map((cell) => ({
      row: rowText.get(cell.row),
      column: columnText.get(cell.column),
      value: cell.value === null ? null : clampToAxis(cell.value),
      state: cell.state,
      text: cellText(cell, colors),
      ink: inkOn(cell.value, colors),
      best: cell.best,
      detail: cell.detail,
    }));
  const axis = (name: string, shown: boolean) =>
    shown ? { title: name, domain: false, ticks: false, labelAngle: 0, labelPadding: 5 } : null;
  return {
    title: { text: title, fontWeight: 'normal', offset: 4, anchor: 'middle' },
    width,
    height: rowHeight * rows.ticks.length,
    encoding: {
      x: {
        field: 'column',
        type: 'ordinal',
        scale: { domain: columnTexts },
        axis: axis(columns.title, labels.columnLabels),
      },
      y: {
        field: 'row',
        type: 'ordinal',
        scale: { domain: rowTexts },
        axis: axis(rows.title, labels.rowLabels),
      },
    },
    layer: layers(rowsOf(cells), colors, key ? keyOf(colors, width) : null, cellWidth),
  };
}

/** The data of a cell in the specification. */
interface CellRow extends SpecPart {
  readonly state: HeatMapCell['state'];
  readonly best: boolean;
  readonly ink: string;
}

function layers(
  rows: readonly CellRow[],
  colors: Colors,
  legend: SpecPart | null,
  cellWidth: number,
): SpecPart[] {
  const tooltip = { field: 'detail', type: 'nominal' };
  const text = { field: 'text', type: 'nominal' };
  const diverged = rows.filter(({ state }) => state === 'diverged');
  const parts: [readonly CellRow[], SpecPart, SpecPart][] = [
    [
      rows.filter(({ state }) => state === 'value'),
      { type: 'rect' },
      { color: { field: 'value', type: 'quantitative', scale: colorScale(colors), legend }, tooltip },
    ],
    [
      rows.filter(({ state }) => state !== 'value'),
      { type: 'rect', fill: '#f4f4f4', stroke: '#bbbbbb' },
      { tooltip },
    ],
    [
      diverged,
      {
        type: 'point',
        shape: hatch(cellWidth / rowHeight),
        size: rowHeight ** 2,
        stroke: '#b0b0b0',
        strokeWidth: 1,
      },
      {},
    ],
    [
      diverged,
      { type: 'text', stroke: '#f4f4f4', strokeWidth: 5, strokeJoin: 'round', aria: false },
      { text },
    ],
    [rows.filter(({ best }) => best), { type: 'rect', fill: null, stroke: '#56B4E9', strokeWidth: 3 }, {}],
    ...['#ffffff', '#000000'].map((color): [CellRow[], SpecPart, SpecPart] => [
      rows.filter((row) => row.ink === color),
      { type: 'text', lineHeight: fontSize, baseline: 'middle', font: condensed.font, color },
      { text, tooltip },
    ]),
  ];
  return parts
    .filter(([values]) => values.length > 0)
    .map(([values, mark, encoding]) => ({ data: { values }, mark, encoding }));
}

function keyOf({ kind }: Colors, width: number): SpecPart {
  return {
    orient: 'bottom',
    direction: 'horizontal',
    title: null,
    gradientLength: width,
    gradientThickness: 8,
    offset: 8,
    tickCount: 3,
    format: kind === 'magma' ? '.2~g' : '+.2~g',
  };
}

/** The path of diagonal lines over a cell that is `aspect` times as wide as high, as a Vega symbol: y from -1 to 1. */
function hatch(aspect: number): string {
  const lines: string[] = [];
  for (let shift = -aspect - 0.5; shift < aspect + 1; shift += 0.5) {
    const [left, right] = [Math.max(-aspect, shift - 1), Math.min(aspect, shift + 1)];
    if (left < right)
      lines.push(`M${round(left)},${round(shift - left)}L${round(right)},${round(shift - right)}`);
  }
  return lines.join('');
}

function round(x: number): number {
  return Number(x.toFixed(3));
}
