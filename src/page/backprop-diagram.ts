import { counted } from '../errors.ts';
import type { Exercise } from '../trace/exercise.ts';
import type { Place } from '../trace/quantities.ts';
import { sizesText } from '../trace/words.ts';
import { type Mark, marks, worstOf } from './backprop-marks.ts';
import { isSingle, type Span, spansOf } from './backprop-spans.ts';
import { type Html, html } from './html.ts';

// The network from the top down: a row for the inputs, for each layer and for the loss. Next to each are its quantities, in
// a column for each pass. It is narrow, so that a phone shows it at full size.

/** Pixels: columns are given by their left edge and the width of a mark. */
const width = 360;
const columns = { forward: [128, 48], backward: [186, 52], kernel: [250, 52], bias: [306, 52] } as const;
const unitsCentre = 60;
const [unitGap, unitRadius] = [24, 8];
const [top, labelHeight, markHeight, rowGap] = [22, 16, 20, 20];
const mostUnits = 5;
const mostLayers = 7;

type ColumnName = keyof typeof columns;

interface Row {
  readonly label: string;
  /** Circles; null for none. */
  readonly units: number | null;
  readonly columns: Readonly<Partial<Record<ColumnName, readonly Place[]>>>;
  /** For layers that are left out. */
  readonly hidden?: Mark;
}

/** The network of an exercise, with the mark of each of its quantities. `focus` is a layer that is drawn in any case. */
export function networkDiagram(
  exercise: Exercise,
  places: readonly Place[],
  markOf: (place: Place) => Mark,
  focus: number | null,
): Html {
  const rows = rowsOf(exercise, places, markOf, focus);
  let y = top;
  const placed = rows.map((row) => {
    const lines = Math.max(
      row.hidden === undefined ? 2 : 0,
      ...Object.values(row.columns).map((list) => list.length),
    );
    const at = { row, y, height: labelHeight + lines * markHeight };
    y += at.height + rowGap;
    return at;
  });
  const height = y - rowGap + 4;
  const circles = placed.map(({ row, y }) =>
    row.units === null ? [] : positionsOf(row.units).map((x) => [x, y + labelHeight + 14] as const),
  );
  const [start, end] = [top + labelHeight, height - 6];
  return html`<svg class="network" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="drawing-title drawing-text">
<title id="drawing-title">Network ${sizesText(exercise)}</title>
<desc id="drawing-text">${describe(rows, markOf)}</desc>
<g class="passes"><text x="${middle('forward')}" y="12">forward</text><text x="${middle('backward')}" y="12">backward</text><text x="${middle('kernel')}" y="12">new W</text><text x="${middle('bias')}" y="12">new b</text>
<path d="M${middle('forward')} ${start}V${end}M${middle('backward')} ${end}V${start}${placed.slice(1).map(({ y }) => html`M${middle('forward') - 5} ${y - 6}l5 6l5 -6M${middle('backward') - 5} ${y + 1}l5 -6l5 6`)}"/></g>
<g class="links">${circles.slice(1).map((below, i) => links(circles[i], below))}</g>
${placed.map(({ row, y }, i) => drawRow(row, y, circles[i], markOf))}
</svg>`;
}

const middle = (column: ColumnName): number => columns[column][0] + columns[column][1] / 2;

function rowsOf(
  exercise: Exercise,
  places: readonly Place[],
  markOf: (place: Place) => Mark,
  focus: number | null,
): Row[] {
  const { layers, x, loss } = exercise;
  const named = (...names: string[]) => places.filter(({ quantity }) => names.includes(quantity));
  const ofSpan = (span: Span): Row => {
    const own = places.filter(({ layer }) => layer !== null && span.from <= layer && layer <= span.to);
    if (!isSingle(span)) {
      const label = `layers ${span.from} to ${span.to}`;
      return { label, units: null, columns: {}, hidden: worstOf(own.map(markOf)) };
    }
    const { units, activation } = layers[span.from];
    const is = (...names: string[]) => own.filter(({ quantity }) => names.includes(quantity));
    const updated = (name: 'kernel' | 'bias') =>
      own.filter(({ quantity, parameter }) => parameter === name && !quantity.endsWith('_gradient'));
    return {
      label: `layer ${span.from}: ${counted(units, 'unit')}, ${activation}`,
      units,
      columns: {
        forward: is('z', 'a'),
        backward: is('delta', 'kernel_gradient', 'bias_gradient'),
        kernel: updated('kernel'),
        bias: updated('bias'),
      },
    };
  };
  return [
    { label: counted(x.shape[1], 'input'), units: x.shape[1], columns: { forward: named('x') } },
    ...spansOf(layers.length, focus, mostLayers).map(ofSpan),
    { label: `loss: ${loss.replaceAll('_', ' ')}`, units: null, columns: { forward: named('y', 'loss') } },
  ];
}

/** The places of circles; NaN where the rest are left out. */
function positionsOf(units: number): number[] {
  const count = Math.min(units, mostUnits);
  return Array.from({ length: count }, (_, i) =>
    units > mostUnits && i === Math.floor(mostUnits / 2)
      ? Number.NaN
      : unitsCentre + (i - (count - 1) / 2) * unitGap,
  );
}

type Point = readonly [number, number];

function links(above: readonly Point[], below: readonly Point[]): Html | null {
  const shown = ([x]: Point) => !Number.isNaN(x);
  const path = above
    .filter(shown)
    .flatMap(([x, y]) =>
      below.filter(shown).map(([to, down]) => `M${x} ${y + unitRadius}L${to} ${down - unitRadius}`),
    )
    .join('');
  return path === '' ? null : html`<path d="${path}"/>`;
}

function drawRow(row: Row, y: number, circles: readonly Point[], markOf: (place: Place) => Mark): Html {
  const label = html`<text class="layer" x="0" y="${y + 11}">${row.label}</text>`;
  if (row.hidden !== undefined) {
    const { sign, words } = marks[row.hidden];
    return html`${label}<text class="layer-left-out" x="${columns.forward[0]}" y="${y + 11}">not drawn: ${sign} ${words}</text>`;
  }
  const units = circles.map(([x, at]) =>
    Number.isNaN(x)
      ? html`<text class="more" x="${unitsCentre}" y="${at + 4}">⋯</text>`
      : html`<circle cx="${x}" cy="${at}" r="${unitRadius}"/>`,
  );
  const boxes = Object.entries(row.columns).flatMap(([column, places]) =>
    places.map((place, i) =>
      drawMark(place, markOf(place), column as ColumnName, y + labelHeight + i * markHeight),
    ),
  );
  return html`${label}<g class="units">${units}</g>${boxes}`;
}

function drawMark(place: Place, mark: Mark, column: ColumnName, y: number): Html {
  const [x, w] = columns[column];
  const { sign, words } = marks[mark];
  return html`<g class="lit ${mark}"><title>${place.quantity}: ${words}</title><rect x="${x}" y="${y}" width="${w}" height="${markHeight - 3}" rx="4"/><text x="${x + w / 2}" y="${y + 12.5}">${sign} ${letterOf(place)}</text></g>`;
}

/** The letter of a quantity in formulas. */
function letterOf({ quantity }: Place): string {
  const letters: Readonly<Record<string, string>> = {
    delta: 'δ',
    kernel_gradient: '∂C/∂W',
    bias_gradient: '∂C/∂b',
    kernel: 'W',
    bias: 'b',
  };
  return letters[quantity] ?? quantity.replace(/^(?:kernel|bias)_/, '');
}

/** What the drawing shows, in words. */
function describe(rows: readonly Row[], markOf: (place: Place) => Mark): string {
  return rows
    .map((row) => {
      if (row.hidden !== undefined) return `${row.label}: ${marks[row.hidden].words}.`;
      const all = Object.values(row.columns)
        .flat()
        .map((place) => `${place.quantity} ${marks[markOf(place)].words}`);
      return `${row.label}: ${all.join(', ')}.`;
    })
    .join(' ');
}
