import type { Setting } from '../experiment/options.ts';
import { greatest } from '../stats/describe.ts';
import { type CellContent, cellText, tickTexts } from './cell-text.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import { colorKey } from './color-key.ts';
import { type Colors, colorScale, inkOn } from './colors.ts';
import type { SpecPart } from './figure.ts';
import type { Look } from './look.ts';
import { condensed, fontSize, labelLimit, textWidth } from './style.ts';

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
  /** The title of the key of the colours. */
  readonly key: string;
}

/** Pixels of a row: at least two lines of text. */
function rowHeight({ stretch }: Look): number {
  return Math.round(Math.max(30, 34 * stretch));
}
const gap = 14;
/** Narrower keys have no room for their title. */
const narrowestKey = 170;
/** Panels of a metric share limits because their limits are equal. Vega-Lite would also merge the scales of two metrics. */
const ownColors = { resolve: { scale: { color: 'independent', x: 'independent', y: 'independent' } } };

/** How many panels fit side by side in the width, with cells as wide as their text. */
export function panelsPerLine(panels: readonly HeatMapPanel[], width: number): number {
  const [{ columns }] = panels;
  const each = columns.ticks.length * narrowestCell(panels) + gap;
  return Math.max(1, Math.floor((width - rowLabelsWidth(panels) + gap) / each));
}

/**
 * Lines of annotated heat maps, with row labels to the left of a line and column labels below the last panel of each
 * place. Below the last line with a colour scale is its key.
 */
export function heatMaps(
  lines: readonly (readonly HeatMapPanel[])[],
  look: Look,
): { body: SpecPart; width: number } {
  const full = look.width;
  const panels = lines.flat();
  const [{ columns }] = panels;
  const most = greatest(lines.map((line) => line.length));
  const room = full - rowLabelsWidth(panels) - gap * (most - 1);
  const cellWidth = Math.max(
    narrowestCell(panels),
    Math.min(100, Math.floor(room / (most * columns.ticks.length))),
  );
  const width = rowLabelsWidth(panels) + most * (cellWidth * columns.ticks.length + gap) - gap;
  const labelsWidth = rowLabelsWidth(panels) - fontSize - 6;
  const vconcat = lines.flatMap((line, index) => {
    const rest = lines.slice(index + 1);
    const ending = line.filter(({ colors }) => !rest.flat().some((other) => other.colors === colors));
    const keyed = ending.filter(
      (panel, i) =>
        ending.findIndex(({ colors }) => colors === panel.colors) === i &&
        severalValues(panel.colors, panels),
    );
    const maps = line.map((panel, place) =>
      panelSpec(panel, cellWidth, {
        rowLabels: place === 0 ? labelsWidth : null,
        columnLabels: ending.length > 0 || (rest[0]?.length ?? 0) <= place,
        look,
      }),
    );
    return [sideBySide(maps), ...keyLines(keyed, line.length, cellWidth, { labelsWidth, full })];
  });
  return { body: { vconcat, ...ownColors }, width: Math.max(full, width) };
}

/** One cell alone has no use for a key. */
function severalValues(colors: Colors, panels: readonly HeatMapPanel[]): boolean {
  const alike = panels.filter((panel) => panel.colors === colors).flatMap(({ cells }) => cells);
  return alike.filter(({ value }) => value !== null).length > 1;
}

function sideBySide(parts: readonly SpecPart[]): SpecPart {
  return { hconcat: parts, spacing: gap, ...ownColors };
}

/** The keys of some colour scales: each below its panel if all panels differ and there is room, else one below the other. */
function keyLines(
  panels: readonly HeatMapPanel[],
  perLine: number,
  cellWidth: number,
  { labelsWidth, full }: { labelsWidth: number; full: number },
): SpecPart[] {
  const panelWidth = ({ columns }: HeatMapPanel) => cellWidth * columns.ticks.length;
  const key = ({ colors, key: title }: HeatMapPanel, width: number, isFirst: boolean) =>
    colorKey(colors, title, width, isFirst ? { ...rowAxis(' ', labelsWidth), labels: false } : null);
  const together =
    panels.length === perLine &&
    panels.length > 1 &&
    panels.every((panel) => panelWidth(panel) >= Math.max(narrowestKey, textWidth(panel.key)));
  if (together) return [sideBySide(panels.map((panel, i) => key(panel, panelWidth(panel), i === 0)))];
  return panels.map((panel) => {
    const line = perLine * (panelWidth(panel) + gap) - gap;
    return sideBySide([
      key(panel, Math.max(100, Math.min(260, Math.max(line, narrowestKey), full - 60)), true),
    ]);
  });
}

function narrowestCell(panels: readonly HeatMapPanel[]): number {
  const texts = panels.flatMap(({ cells, colors }) => cells.flatMap((cell) => cellText(cell, colors)));
  const ticks = panels.flatMap(({ columns }) => tickTexts(columns.ticks));
  const [{ columns }] = panels;
  const titles = panels.flatMap(({ title }) => title).map((line) => textWidth(line) / columns.ticks.length);
  const widths = [
    ...texts.map((text) => condensed.width * textWidth(text) + 1),
    ...ticks.map((text) => Math.min(labelLimit, textWidth(text)) + 4),
    Math.min(labelLimit, greatest([...titles, textWidth(columns.title) / columns.ticks.length])) - gap / 2,
  ];
  return Math.ceil(Math.max(24, greatest(widths)));
}

function rowLabelsWidth(panels: readonly HeatMapPanel[]): number {
  const ticks = panels.flatMap(({ rows }) => tickTexts(rows.ticks));
  return Math.ceil(Math.min(labelLimit, greatest(ticks.map((text) => textWidth(text)))) + fontSize + 12);
}

/** A y axis with a fixed width, so that everything beneath each other begins at one place. */
function rowAxis(title: string, width: number): SpecPart {
  return { title, domain: false, ticks: false, labelPadding: 5, minExtent: width, maxExtent: width };
}

function panelSpec(
  { title, rows, columns, cells, colors }: HeatMapPanel,
  cellWidth: number,
  { look, ...labels }: { rowLabels: number | null; columnLabels: boolean; look: Look },
): SpecPart {
  const [rowTexts, columnTexts] = [tickTexts(rows.ticks), tickTexts(columns.ticks)];
  const rowText = new Map(rows.ticks.map((tick, i) => [tick, rowTexts[i]]));
  const columnText = new Map(columns.ticks.map((tick, i) => [tick, columnTexts[i]]));
  const width = cellWidth * columns.ticks.length;
  const rowsOf = (members: readonly HeatMapCell[]): CellRow[] =>
    members.map((cell) => ({
      row: rowText.get(cell.row),
      column: columnText.get(cell.column),
      value: cell.value === null ? null : drawnValue(cell.value, colors),
      state: cell.state,
      text: cellText(cell, colors),
      ink: inkOn(cell.value, colors),
      best: cell.best,
      detail: cell.detail,
    }));
  return {
    title: { text: title, fontWeight: 'normal', offset: 4, anchor: 'middle' },
    width,
    height: rowHeight(look) * rows.ticks.length,
    encoding: {
      x: {
        field: 'column',
        type: 'ordinal',
        scale: { domain: columnTexts },
        axis: labels.columnLabels
          ? { title: columns.title, domain: false, ticks: false, labelAngle: 0, labelPadding: 5 }
          : null,
      },
      y: {
        field: 'row',
        type: 'ordinal',
        scale: { domain: rowTexts },
        axis: labels.rowLabels === null ? null : rowAxis(rows.title, labels.rowLabels),
      },
    },
    layer: layers(rowsOf(cells), colors, cellWidth, rowHeight(look)),
  };
}

/** A logarithmic scale has no colour for zero and negative values: they get that of its lower end. */
function drawnValue(value: number, { low, log }: Colors): number {
  return log ? Math.max(low, clampToAxis(value)) : clampToAxis(value);
}

/** The data of a cell in the specification. */
interface CellRow extends SpecPart {
  readonly state: HeatMapCell['state'];
  readonly best: boolean;
  readonly ink: string;
}

/** Cells have one line of text or two, in the middle. */
const twoLines = {
  font: condensed.font,
  baseline: 'middle',
  lineHeight: fontSize,
  dy: { expr: `isArray(datum.text) ? ${-fontSize / 2} : 0` },
};

function layers(rows: readonly CellRow[], colors: Colors, cellWidth: number, height: number): SpecPart[] {
  const tooltip = { field: 'detail', type: 'nominal' };
  const text = { field: 'text', type: 'nominal' };
  const diverged = rows.filter(({ state }) => state === 'diverged');
  const parts: [readonly CellRow[], SpecPart, SpecPart][] = [
    [
      rows.filter(({ state }) => state === 'value'),
      // Black cells have an outline too, also on a dark page.
      { type: 'rect', stroke: '#888888', strokeWidth: 0.5 },
      { color: { field: 'value', type: 'quantitative', scale: colorScale(colors), legend: null }, tooltip },
    ],
    [
      rows.filter(({ state }) => state === 'diverged'),
      { type: 'rect', fill: '#f4f4f4', stroke: '#bbbbbb' },
      { tooltip },
    ],
    [
      rows.filter(({ state }) => ['not run', 'no value', 'stopped'].includes(state)),
      { type: 'rect', fill: '#ffffff', stroke: '#888888', strokeDash: [3, 3] },
      { tooltip },
    ],
    [
      rows.filter(({ state }) => state === 'not in the report'),
      { type: 'rect', fill: '#f4f4f4' },
      { tooltip },
    ],
    [
      diverged,
      {
        type: 'point',
        shape: hatch(cellWidth / height),
        size: height ** 2,
        stroke: '#b0b0b0',
        strokeWidth: 1,
      },
      {},
    ],
    [
      diverged,
      { type: 'text', stroke: '#f4f4f4', strokeWidth: 5, strokeJoin: 'round', aria: false, ...twoLines },
      { text },
    ],
    [rows.filter(({ best }) => best), { type: 'rect', fill: null, stroke: '#56B4E9', strokeWidth: 3 }, {}],
    ...['#ffffff', '#000000'].map((color): [CellRow[], SpecPart, SpecPart] => [
      rows.filter((row) => row.ink === color),
      { type: 'text', color, ...twoLines },
      { text, tooltip },
    ]),
  ];
  return parts
    .filter(([values]) => values.length > 0)
    .map(([values, mark, encoding]) => ({ data: { values }, mark, encoding }));
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
