import { printable } from '../errors.ts';
import { linePieces } from './lines.ts';
import type { Table, Value } from './table.ts';

/**
 * The table as LaTeX, for \input in a document that loads booktabs. Numbers are right-aligned; a missing value is empty.
 *
 * Source: booktabs, "Publication quality tables in LaTeX".
 */
export function toLatex(table: Table): string {
  return [...latexLines(table), ''].join('\n');
}

/** The same in pieces. */
export function latexPieces(table: Table): AsyncGenerator<string> {
  return linePieces(latexLines(table));
}

function* latexLines({ columns, description, rows }: Table): Generator<string> {
  const align = columns.map(({ type }) => (type === 'number' || type === 'integer' ? 'r' : 'l')).join('');
  const line = (cells: readonly string[]) => `${cells.join(' & ')} \\\\`;
  yield `% ${description.replace(/\s+/g, ' ')}; needs \\usepackage{booktabs}`;
  yield `\\begin{tabular}{${align}}`;
  yield '\\toprule';
  yield line(columns.map(({ name }) => escapeLatex(name)));
  yield '\\midrule';
  for (const row of rows) yield line(row.map(cellText));
  yield '\\bottomrule';
  yield '\\end{tabular}';
}

function cellText(value: Value): string {
  if (value === null) return '';
  // In math mode, the hyphen is typeset as a minus sign.
  if (typeof value === 'number' && value < 0) return `$${value}$`;
  return escapeLatex(String(value));
}

const namedEscapes: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
};

function escapeLatex(text: string): string {
  return printable(text.replace(/\s+/g, ' ')).replace(
    /[\\~^<>|#$%&_{}]/g,
    (letter) => namedEscapes[letter] ?? `\\${letter}`,
  );
}
