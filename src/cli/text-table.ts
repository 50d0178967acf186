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
      draw(from, found); // fills in those that were null
      return found as number[];
    }),
  );
  return starts.map((from) => withoutTrailingSpaces(draw(from, [...widths]))).join('\n');
}

/** The time that cli-table3 takes grows with the square of the rows: many are drawn in pieces of so many. */
const pieceRows = 200;

function widestOf(pieces: readonly (readonly number[])[]): number[] {
  return pieces[0].map((_, column) => pieces.reduce((widest, piece) => Math.max(widest, piece[column]), 0));
}

function withoutTrailingSpaces(text: string): string {
  const lines = text.split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** Text of other people never moves the cursor, breaks a row, or hides itself. */
function plain(cell: string): string {
  return printable(stripVTControlCharacters(cell));
}

/** Width of each column, or null where it is as wide as its widest cell. */
function foldedWidths(rows: string[][], limit: number): (number | null)[] {
  const columns = rows[0]?.map((_, column) => rows.map((row) => stripVTControlCharacters(row[column] ?? '')));
  const longest = (texts: readonly string[]) => texts.reduce((most, { length }) => Math.max(most, length), 0);
  const widths = (columns ?? []).map(longest);
  const excess = widths.reduce((sum, width) => sum + width + gap.length, -gap.length) - limit;
  const widest = widths.indexOf(Math.max(...widths));
  if (excess <= 0) return widths.map(() => null);
  // Never narrower than its longest word, which would be cut.
  const words = (columns?.[widest] ?? []).flatMap((cell) => cell.split(' '));
  const folded = Math.max(longest(words), (widths[widest] ?? 0) - excess);
  return widths.map((_, column) => (column === widest ? folded : null));
}
