import { printable } from '../errors.ts';
import { linePieces } from './lines.ts';
import type { Table, Value } from './table.ts';

type Align = 'left' | 'right';

/** A table in GitHub's Markdown. Foreign text in a cell cannot start another cell, a link or HTML. */
export function markdownTable(
  header: readonly string[],
  rows: Iterable<readonly string[]>,
  align: readonly Align[] = [],
): string {
  return [...markdownLines(header, rows, align)].join('\n');
}

/** The table as Markdown. Numbers are right-aligned; a missing value is an empty cell. */
export function toMarkdown(table: Table): string {
  return [...tableLines(table), ''].join('\n');
}

/** The same in pieces. */
export function markdownPieces(table: Table): AsyncGenerator<string> {
  return linePieces(tableLines(table));
}

function tableLines({ columns, rows }: Table): Iterable<string> {
  const align = columns.map(
    ({ type }): Align => (type === 'number' || type === 'integer' ? 'right' : 'left'),
  );
  return markdownLines(
    columns.map(({ name }) => name),
    textRows(rows),
    align,
  );
}

function* textRows(rows: Table['rows']): Generator<string[]> {
  for (const row of rows) yield row.map(cellText);
}

function cellText(value: Value): string {
  return value === null ? '' : String(value);
}

function* markdownLines(
  header: readonly string[],
  rows: Iterable<readonly string[]>,
  align: readonly Align[],
): Generator<string> {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  yield line(header.map(markdownText));
  yield line(header.map((_, column) => (align[column] === 'right' ? '---:' : '---')));
  for (const cells of rows) yield line(cells.map(markdownText));
}

/** Foreign text as one cell, escaped so that it cannot start a cell, a link (GitHub links bare addresses), an image or HTML. */
export function markdownText(text: string): string {
  const marks = /[\\|`*_~<>&[\]@]|:(?=\/\/)|(?<=www)\./gi;
  return printable(text.replace(/\s+/g, ' ')).replace(marks, '\\$&');
}
