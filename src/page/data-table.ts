import { type Html, html, textOf } from './html.ts';

/** A column of a table whose rows become cards where the table is wider than its place. */
export interface Column {
  readonly title: string;
  /** number: aligned right, never broken; word: never broken; text: wraps. */
  readonly kind: 'number' | 'word' | 'text';
  /** Its cells name the row, for screen readers; on a card, the name `name` is a line of its own. */
  readonly heads?: 'row' | 'name';
}

export interface Row {
  readonly cells: readonly (string | Html)[];
  /** For the filter of the table's rows. */
  readonly value?: string;
  /** The target of links to the row. */
  readonly id?: string;
}

/** Widths of places, in rem, at which tables turn into cards: from a phone to the widest page. */
export const cardWidths = [16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60] as const;

/**
 * A table that never needs scrolling: where it is wider than its place, each row becomes a card of named values, by the
 * style sheet alone, on paper too.
 */
export function dataTable(label: string, columns: readonly Column[], rows: readonly Row[], id = ''): Html {
  const head = columns.map(
    ({ title, kind }) =>
      html`<th scope="col"${kind === 'number' ? html` class="number"` : null}>${title}</th>`,
  );
  const body = rows.map(
    (row) =>
      html`<tr${row.value === undefined ? null : html` data-value="${row.value}"`}>${columns.map(
        (column, index) => cell(column, row.cells[index], column.heads === 'name' ? row.id : undefined),
      )}</tr>\n`,
  );
  const width = widthOf(columns, rows);
  const place = cardWidths.find((limit) => limit >= width) ?? 'always';
  return html`<div class="place"><table aria-label="${label}" class="data cards-${place}"${id === '' ? null : html` id="${id}"`}><thead><tr>${head}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}

function cell({ title, kind, heads }: Column, content: string | Html, id?: string): Html {
  const attributes = html`${id === undefined ? null : html` id="${id}"`}${kind === 'text' ? null : html` class="${kind}"`}${
    heads === 'name' ? null : html` data-label="${title}"`
  }`;
  return heads === undefined
    ? html`<td${attributes}>${content}</td>`
    : html`<th scope="row"${attributes}${heads === 'name' ? html` data-name` : null}>${content}</th>`;
}

/** The most letters of a wrapping text on a line that do not make a table wider. */
const lineLetters = 18;
/** A letter and the space around a cell, in rem; a little more than needed, since fonts differ. */
const letter = 0.56;
const space = 1.4;

/** An estimate of the narrowest width, in rem, in which a table is easy to read. */
function widthOf(columns: readonly Column[], rows: readonly Row[]): number {
  return columns.reduce((sum, { title, kind }, index) => {
    const words = [...title.split(' ')].map((word) => word.length);
    const lengths = rows.map(({ cells }) => textOf(cells[index]).length);
    const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
    const content = kind === 'text' ? Math.min(lineLetters, longest) : longest;
    return sum + letter * Math.max(...words, content) + space;
  }, 0);
}
