import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import CliTable from 'cli-table3';
import { printable } from '../errors.ts';

export interface TextTableOptions {
  /** One a column; left where none is given. */
  align?: ('left' | 'right')[];
  /** Bold header and a drawn rule; without it the table is plain ASCII wherever its cells are. */
  color: boolean;
  /** Colours a cell, where colour is on: control characters of the cells themselves never reach the terminal. */
  paint?: (cell: string, row: number, column: number) => string;
  /** Columns of the terminal: in a wider table the widest column is folded between words. Default 80. */
  width?: number;
}

const gap = '  ';

/** No frame: only the rule under the header and the gaps between columns. */
const borders = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', 'mid-mid': gap, right: '', 'right-mid': '', middle: gap },
};

/**
 * An aligned table of text with a light rule under the header, no frame, and no spaces at the ends of lines.
 * Control characters in the cells become '?', and colours there are left out. No newline at the end.
 */
export function renderTable(header: string[], rows: string[][], options: TextTableOptions): string {
  const { align = [], color, paint = plain, width = 80 } = options;
  const chalk = new Chalk({ level: color ? 2 : 0 });
  const head = header.map(plain);
  const body = rows.map((cells, row) =>
    cells.map((cell, column) => (color ? paint(plain(cell), row, column) : plain(cell))),
  );
  const table = new CliTable({
    head: head.map((cell) => chalk.bold(cell)),
    colAligns: header.map((_, column) => align[column] ?? 'left'),
    colWidths: foldedWidths([head, ...body], width),
    wordWrap: true,
    chars: { ...borders, mid: color ? '─' : '-' },
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...body);
  const lines = table.toString().split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** Text of other people never moves the cursor, breaks a row, or hides itself. */
function plain(cell: string): string {
  return printable(stripVTControlCharacters(cell));
}

/** Width of each column, or null where it is as wide as its widest cell. */
function foldedWidths(rows: string[][], limit: number): (number | null)[] {
  const columns = rows[0]?.map((_, column) => rows.map((row) => stripVTControlCharacters(row[column] ?? '')));
  const widths = (columns ?? []).map((cells) => Math.max(...cells.map((cell) => cell.length)));
  const excess = widths.reduce((sum, width) => sum + width + gap.length, -gap.length) - limit;
  const widest = widths.indexOf(Math.max(...widths));
  if (excess <= 0) return widths.map(() => null);
  // Never narrower than its longest word, which would be cut.
  const words = (columns?.[widest] ?? []).flatMap((cell) => cell.split(' '));
  const folded = Math.max(...words.map((word) => word.length), (widths[widest] ?? 0) - excess);
  return widths.map((_, column) => (column === widest ? folded : null));
}
