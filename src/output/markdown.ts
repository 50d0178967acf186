import { printable } from '../errors.ts';
import { linePieces } from './lines.ts';
import { numberText, type ReaderNumber } from './reader-table.ts';
import { forReaders, type Table } from './table.ts';

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

function* tableLines(table: Table): Generator<string> {
  const { caption, columns, rows } = forReaders(table);
  if (caption !== null) yield* [`**${markdownText(typeset(caption))}**`, ''];
  const hasBlocks = table.readers !== undefined && [...first(rows)].some(({ block }) => block !== null);
  const shown = hasBlocks ? [{ heading: 'metric', group: null, kind: 'word' }, ...columns] : columns;
  yield line(
    shown.map(({ heading, group }, place) =>
      markdownText(
        typeset(group === null || shown[place - 1]?.group === group ? heading : `${group} ${heading}`),
      ),
    ),
  );
  yield line(shown.map(({ kind }) => (kind === 'number' ? '---:' : '---')));
  for (const { block, cells } of rows) {
    const own = cells.map((cell) => (typeof cell === 'string' ? markdownText(cell) : shownNumber(cell)));
    yield line(hasBlocks ? [markdownText(typeset(block ?? '')), ...own] : own);
  }
}

/** The first item, or none. */
function* first<T>(items: Iterable<T>): Generator<T> {
  for (const item of items) {
    yield item;
    return;
  }
}

function shownNumber(number: ReaderNumber): string {
  const { value, spread, exponent } = numberText(number);
  const sum = spread === null ? value : `${value} ± ${spread}`;
  const inner = spread !== null && exponent !== null ? `(${sum})` : sum;
  const text = exponent === null ? inner : `${inner} × 10<sup>${exponent}</sup>`;
  return number.best ? `**${text.replace(/^-/, '−')}**` : text.replace(/^-/, '−');
}

/** Text with R² and multiplication signs between words, not in formulas. */
function typeset(text: string): string {
  return text.replace(/\bR2\b/g, 'R²').replace(/(?<=[a-z]{2}) x (?=[a-z]{2})/g, ' × ');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function* markdownLines(
  header: readonly string[],
  rows: Iterable<readonly string[]>,
  align: readonly Align[],
): Generator<string> {
  yield line(header.map(markdownText));
  yield line(header.map((_, column) => (align[column] === 'right' ? '---:' : '---')));
  for (const cells of rows) yield line(cells.map(markdownText));
}

/** Foreign text as one cell, escaped so that it cannot start a cell, a link (GitHub links bare addresses), an image or HTML. */
export function markdownText(text: string): string {
  const marks = /[\\|`*_~<>&[\]@]|:(?=\/\/)|(?<=www)\./gi;
  return printable(text.replace(/\s+/g, ' ')).replace(marks, '\\$&');
}
