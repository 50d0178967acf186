import type { Table, Value } from './table.ts';

/** The table as GitHub's Markdown, numbers to the right; a missing value is an empty cell. */
export function toMarkdown({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map(({ type }) => (type === 'number' || type === 'integer' ? '---:' : '---'));
  const body = Array.from(rows, (row) => line(row.map(cellText)));
  return `${[line(columns.map(({ name }) => escaped(name))), line(rule), ...body].join('\n')}\n`;
}

function cellText(value: Value): string {
  return value === null ? '' : escaped(String(value));
}

function escaped(text: string): string {
  return text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/\s+/g, ' ');
}
