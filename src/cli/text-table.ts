import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import CliTable from 'cli-table3';
import { printable } from '../errors.ts';

export interface TextTableOptions {
  /** One per column; left by default. */
  align?: ('left' | 'right')[];
  /** Bold header and a drawn rule. Without colour the table is plain ASCII if its cells are. */
  color: boolean;
  /** Colours a cell if `color` is set. Control characters of the cells themselves never reach the terminal. */
  paint?: (cell: string, row: number, column: number) => string;
  /** Width of the terminal. In a wider table, the widest column is wrapped between words. Default 80. */
  width?: number;
}

const gap = '  ';

/** No frame, only the rule under the header and gaps between the columns. */
const borders = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', 'mid-mid': gap, right: '', 'right-mid': '', middle: gap },
};

/**
 * An aligned text table with a thin rule under the header, no frame and no trailing spaces.
 * Control characters in the cells become '?', and colours in them are removed. There is no newline at the end.
 */
export function renderTable(header: string[], rows: string[][], options: TextTableOptions): string {
  const { align = [], color, paint = plain, width = 80 } = options;
  const chalk = new Chalk({ level: color ? 2 : 0 });
  const head = header.map(plain);
  const body = rows.map((cells, row) =>
    cells.map((cell, column) => (color ? paint(plain(cell), row, column) : plain(cell))),
  );
  const folded = foldedWidths([head, ...body], width);
  const bold = head.map((cell) => chalk.bold(cell));
  const draw = (from: number, widths: (number | null)[]): string => {
    const table = new CliTable({
      head: from === 0 ? bold : [],
      colAligns: header.map((_, column) => align[column] ?? 'left'),
      colWidths: widths,
      wordWrap: true,
      chars: { ...borders, mid: color ? '─' : '-' },
      style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    });
    table.push(...body.slice(from, from + pieceRows));
    return table.toString();
  };
  const starts = Array.from({ length: Math.ceil(body.length / pieceRows) }, (_, piece) => piece * pieceRows);
  if (starts.length <= 1) return withoutTrailingSpaces(draw(0, folded));
  const widths = widestOf(
    starts.map((from) => {
      const found = [...folded];
      draw(from, found); // replaces null by the width that was used
      return found as number[];
    }),
  );
  return starts.map((from) => withoutTrailingSpaces(draw(from, [...widths]))).join('\n');
}

/** Rows per piece: the time of cli-table3 grows with the square of the rows, so long tables are drawn in pieces. */
const pieceRows = 200;

function widestOf(pieces: readonly (readonly number[])[]): number[] {
  return pieces[0].map((_, column) => pieces.reduce((widest, piece) => Math.max(widest, piece[column]), 0));
}

function withoutTrailingSpaces(text: string): string {
  const lines = text.split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** Foreign text that cannot move the cursor, break a row or be invisible. */
function plain(cell: string): string {
  return printable(stripVTControlCharacters(cell));
}

/** The width of each column, or null if it is as wide as its widest cell. The widest columns are folded first. */
function foldedWidths(rows: string[][], limit: number): (number | null)[] {
  const columns = (rows[0] ?? []).map((_, column) =>
    rows.map((row) => stripVTControlCharacters(row[column] ?? '')),
  );
  const longest = (texts: readonly string[]) => texts.reduce((most, { length }) => Math.max(most, length), 0);
  const full = columns.map(longest);
  // Never narrower than the longest word, which would be truncated.
  const least = columns.map((cells) => longest(cells.flatMap((cell) => cell.split(' '))));
  const widths = [...full];
  let excess = widths.reduce((sum, width) => sum + width + gap.length, -gap.length) - limit;
  while (excess > 0) {
    const foldable = widths.map((width, column) => (width > least[column] ? width : 0));
    const widest = foldable.indexOf(Math.max(...foldable));
    if (widest < 0 || foldable[widest] === 0) break;
    widths[widest]--;
    excess--;
  }
  return widths.map((width, column) => (width === full[column] ? null : width));
}
