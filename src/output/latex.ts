import { printable } from '../errors.ts';
import type { Table, Value } from './table.ts';

/**
 * The table as LaTeX, for \input in a document that loads booktabs; numbers to the right, a missing value is empty.
 *
 * Source: booktabs, "Publication quality tables in LaTeX".
 */
export function toLatex({ columns, description, rows }: Table): string {
  const align = columns.map(({ type }) => (type === 'number' || type === 'integer' ? 'r' : 'l')).join('');
  const line = (cells: readonly string[]) => `${cells.join(' & ')} \\\\`;
  return [
    `% ${description.replace(/\s+/g, ' ')}; needs \\usepackage{booktabs}`,
    `\\begin{tabular}{${align}}`,
    '\\toprule',
    line(columns.map(({ name }) => escaped(name))),
    '\\midrule',
    ...Array.from(rows, (row) => line(row.map(cellText))),
    '\\bottomrule',
    '\\end{tabular}',
    '',
  ].join('\n');
}

function cellText(value: Value): string {
  if (value === null) return '';
  // A hyphen before a number is a minus sign.
  if (typeof value === 'number' && value < 0) return `$${value}$`;
  return escaped(String(value));
}

const named: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
};

function escaped(text: string): string {
  return printable(text.replace(/\s+/g, ' ')).replace(
    /[\\~^<>|#$%&_{}]/g,
    (letter) => named[letter] ?? `\\${letter}`,
  );
}
