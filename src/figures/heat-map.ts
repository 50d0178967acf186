import type { Setting } from '../experiment/options.ts';
import { robustLimits } from '../stats/describe.ts';
import { twoFigures } from '../stats/two-figures.ts';
import type { SpecPart } from './figure.ts';
import { condensed, figureWidth, fontSize, textWidth } from './style.ts';

export interface HeatMapCell {
  readonly row: Setting;
  readonly column: Setting;
  /** null where there is none: then `state` says why. */
  readonly value: number | null;
  readonly state: 'value' | 'diverged' | 'not run';
  /** Of several seeds some diverged: the value is the others' mean. */
  readonly partly: boolean;
  /** Framed: the best of its panel. */
  readonly best: boolean;
  /** For the reader who points at it. */
  readonly detail: string;
}

export interface HeatMapAxis {
  readonly title: string;
  readonly ticks: readonly Setting[];
}

export interface HeatMapPanel {
  /** Lines over the panel. */
  readonly title: readonly string[];
  readonly rows: HeatMapAxis;
  readonly columns: HeatMapAxis;
  readonly cells: readonly HeatMapCell[];
  readonly colors: Colors;
  /** Whether the key to the colours stands under it. */
  readonly key: boolean;
}

/** The values at the two ends of the colours. */
export interface Colors {
  readonly low: number;
  readonly high: number;
  readonly kind: 'magma' | 'difference';
}

const rowHeight = 34;
const gap = 14;
/** Panels of one metric have the same limits by their numbers; Vega-Lite would join those of two metrics. */
const ownColors = { resolve: { scale: { color: 'independent' } } };

/** Shared limits; one value far off, as a nearly diverged trial has, does not take the whole scale. */
export function magmaColors(values: readonly number[]): Colors {
  return { ...robustLimits(values), kind: 'magma' };
}

/** Limits of the same size to both sides of 0. */
export function differenceColors(values: readonly number[]): Colors {
  const { high } = robustLimits(values.map(Math.abs));
  return { low: -high, high, kind: 'difference' };
}

export function isClipped({ low, high }: Colors, values: readonly number[]): boolean {
  return values.some((value) => value < low || value > high);
}

/** How many panels fit beside each other in one column of print, their cells as wide as their text. */
export function panelsPerLine(panels: readonly HeatMapPanel[]): number {
  const [{ columns }] = panels;
  const each = columns.ticks.length * narrowestCell(panels) + gap;
  return Math.max(1, Math.floor((figureWidth - rowLabelsWidth(panels) + gap) / each));
}

/** Panels in lines, each an annotated heat map; row labels at the left of a line, column labels under the last line. */
export function heatMaps(lines: readonly (readonly HeatMapPanel[])[]): { body: SpecPart; width: number } {
  const panels = lines.flat();
  const [{ columns }] = panels;
  const most = Math.max(...lines.map((line) => line.length));
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
    ...ticks.map((text) => textWidth(text) + 4),
  ];
  return Math.ceil(Math.max(24, ...widths));
}

function rowLabelsWidth(panels: readonly HeatMapPanel[]): number {
  const ticks = panels.flatMap(({ rows }) => tickTexts(rows.ticks));
  return Math.ceil(Math.max(...ticks.map((text) => textWidth(text))) + fontSize + 12);
}

function panelSpec(
  { title, rows, columns, cells, colors, key }: HeatMapPanel,
  cellWidth: number,
  labels: { rowLabels: boolean; columnLabels: boolean },
): SpecPart {
  const [rowTexts, columnTexts] = [tickTexts(rows.ticks), tickTexts(columns.ticks)];
  const width = cellWidth * columns.ticks.length;
  const rowsOf = (members: readonly HeatMapCell[]): CellRow[] =>
    members.map((cell) => ({
      row: rowTexts[rows.ticks.indexOf(cell.row)],
      column: columnTexts[columns.ticks.indexOf(cell.column)],
      value: cell.value,
      state: cell.state,
      text: cellText(cell, colors),
      ink: inkOn(cell, colors),
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

/** What stands in the specification for each cell. */
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

function colorScale({ low, high, kind }: Colors): SpecPart {
  // One value, or none, has no range of its own.
  const domain = high > low ? [low, high] : [low - 1, high + 1];
  const colors =
    kind === 'magma' ? { scheme: 'magma' } : { range: ['#56B4E9', '#f7f7f7', '#E69F00'], interpolate: 'rgb' };
  return { domain: kind === 'magma' ? domain : [domain[0], 0, domain[1]], clamp: true, ...colors };
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

/** Black on light cells, white on dark ones: at 0.6 of magma both have the same contrast (WCAG 2.2). */
function inkOn({ value, state }: HeatMapCell, { low, high, kind }: Colors): string {
  if (state !== 'value' || value === null || kind === 'difference') return '#000000';
  const place = high > low ? (value - low) / (high - low) : 0.5;
  return place < 0.6 ? '#ffffff' : '#000000';
}

/** Two significant figures, as in the report; lines of text where there is no number. */
function cellText({ value, state, partly }: HeatMapCell, colors: Colors): string | string[] {
  if (state === 'diverged') return 'div.';
  if (state === 'not run' || value === null) return ['not', 'run'];
  const short =
    colors.kind === 'difference' ? decimal(value, colors) : twoFigures(value).replace(/e\+?(-?)0?/, 'e$1');
  return partly ? `${short}†` : short;
}

/** As many decimals for every difference as show the largest of them with two figures; two at the least below 10. */
function decimal(value: number, { high }: Colors): string {
  const decimals = high > 0 ? Math.min(20, Math.max(high < 10 ? 2 : 0, 1 - Math.floor(Math.log10(high)))) : 0;
  return value.toFixed(decimals).replace(/^-(0\.?0*)$/, '$1');
}

/** Powers of ten as 10⁻⁴ where one of them is long; all else as it is given. */
export function tickTexts(ticks: readonly Setting[]): string[] {
  const exponents = ticks.map((tick) =>
    typeof tick === 'number' && tick > 0 ? Math.log10(tick) : Number.NaN,
  );
  const powers = exponents.every((exponent, i) => Number(`1e${Math.round(exponent)}`) === ticks[i]);
  const long = ticks.some((tick) => String(tick).length > 5);
  if (!powers || !long) return ticks.map((tick) => String(tick).replaceAll('_', ' '));
  return exponents.map((exponent) => `10${superscript(Math.round(exponent))}`);
}

function superscript(exponent: number): string {
  return [...String(exponent)].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])).join('');
}

/** Diagonal lines over a cell `aspect` times as wide as high, in the box of a Vega symbol: y from -1 to 1. */
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
