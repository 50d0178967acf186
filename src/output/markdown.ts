import { printable } from '../errors.ts';
import type { Table, Value } from './table.ts';

/** The table as GitHub's Markdown, numbers to the right; a missing value is an empty cell. */
export function toMarkdown({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map(({ type }) => (type === 'number' || type === 'integer' ? '---:' : '---'));
  const body = Array.from(rows, (row) => line(row.map(cellText)));
  return `${[line(columns.map(({ name }) => markdownText(name))), line(rule), ...body].join('\n')}\n`;
}

function cellText(value: Value): string {
  return value === null ? '' : markdownText(String(value));
}

/** Text of other people as one cell: no cell, link (GitHub makes them of bare addresses too), image or HTML of its own. */
export function markdownText(text: string): string {
  const marks = /[\\|`*_~<>&[\]@]|:(?=\/\/)|(?<=www)\./gi;
  return printable(text.replace(/\s+/g, ' ')).replace(marks, '\\$&');
}
