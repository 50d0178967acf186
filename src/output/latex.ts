import { printable } from '../errors.ts';
import { linePieces } from './lines.ts';
import {
  numberText,
  powerOfTen,
  type ReaderColumn,
  type ReaderNumber,
  type ReaderRow,
  type ReaderTable,
} from './reader-table.ts';
import { forReaders, type Table } from './table.ts';

interface Size {
  readonly command: string;
  /** The width of the text on an A4 page in letters, a little less than measured: letters differ in width. */
  readonly page: number;
  /** The space between two columns in letters. */
  readonly space: number;
}

/** From the largest. */
const sizes: readonly Size[] = [
  { command: '\\small', page: 70, space: 2.7 },
  { command: '\\footnotesize\\setlength{\\tabcolsep}{4pt}', page: 76, space: 2 },
  { command: '\\scriptsize\\setlength{\\tabcolsep}{3pt}', page: 82, space: 1.6 },
];
/** Wrapping text gets this share of a line. */
const textShare = 0.4;
/** More rows than this do not fit on a page with a heading and a caption. */
const pageRows = 36;

/**
 * The table as LaTeX, for \input in a document that loads the packages that its first line names. A table that is wider
 * than a page is split by columns, a long one by rows.
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

function* latexLines(table: Table): Generator<string> {
  const readers = forReaders(table);
  const { caption, label } = readers;
  const { count, widths } = measure(readers);
  // A table that fits in no size is split, and need not be in the smallest.
  const size = sizes.find((one) => partsOf(readers, widths, one).length === 1) ?? sizes[1];
  const parts = partsOf(readers, widths, size);
  const long = count * parts.length > pageRows;
  const wraps = readers.columns.some(({ kind }) => kind === 'text');
  const packages = ['booktabs', ...(long ? ['longtable'] : []), ...(wraps ? ['array'] : [])];
  yield `% ${oneLine(caption ?? table.description)}`;
  yield `% needs \\usepackage{${packages.join(',')}}`;
  const title = caption === null ? null : `\\caption{${typeset(caption)}}`;
  const target = label === null ? null : `\\label{${label}}`;
  const floats = title !== null && !long;
  const start = title === null ? '' : `${title}${target ?? ''}`;
  if (floats) yield* ['\\begin{table}[htbp]', '\\centering', size.command, start, '\\par\\medskip'];
  else if (long || size !== sizes[0]) yield `{${size.command}`;
  for (const [number, part] of parts.entries()) {
    if (long) yield* longTable(readers, part, number === 0 && start !== '' ? `${start}\\\\` : null);
    else yield* [...(number > 0 ? ['', '\\medskip'] : []), ...shortTable(readers, part)];
  }
  if (floats) yield '\\end{table}';
  else if (long || size !== sizes[0]) yield '}';
}

function* shortTable({ columns, rows }: ReaderTable, part: Part): Generator<string> {
  yield `\\begin{tabular}{${alignment(columns, part)}}`;
  yield* ['\\toprule', ...heading(columns, part), '\\midrule'];
  yield* bodyLines(rows, part);
  yield* ['\\bottomrule', '\\end{tabular}'];
}

/** A table that continues over pages, each with the heading. */
function* longTable({ columns, rows }: ReaderTable, part: Part, caption: string | null): Generator<string> {
  const head = ['\\toprule', ...heading(columns, part), '\\midrule'];
  yield `\\begin{longtable}{${alignment(columns, part)}}`;
  if (caption !== null) yield caption;
  yield* [...head, '\\endfirsthead', ...head, '\\endhead', '\\bottomrule', '\\endfoot'];
  yield* bodyLines(rows, part);
  yield '\\end{longtable}';
}

/** The places of the columns that are printed side by side. */
type Part = readonly number[];

/** Splits the columns into as few parts as fit on a page, each with the columns that name the rows. */
function partsOf({ columns }: ReaderTable, widths: readonly number[], { page, space }: Size): Part[] {
  const places = columns.map((_, place) => place);
  const names = places.filter((place) => columns[place].names);
  const others = places.filter((place) => !columns[place].names);
  const widthOf = (part: Part) => part.reduce((sum, place) => sum + widths[place] + space, 0);
  const parts: number[][] = [];
  for (const place of others) {
    const last = parts.at(-1);
    if (last !== undefined && widthOf([...names, ...last, place]) <= page) last.push(place);
    else parts.push([place]);
  }
  if (parts.length === 0) return [names];
  return parts.map((part) => [...names, ...part]);
}

/** The number of rows, and the width of each column in letters. */
function measure({ columns, rows }: ReaderTable): { count: number; widths: number[] } {
  const widths = columns.map(({ heading: text, kind }) =>
    kind === 'text' ? textShare * sizes[0].page : Math.max(...headingLines(text).map((part) => part.length)),
  );
  let count = 0;
  for (const { cells } of rows) {
    count++;
    for (const [place, cell] of cells.entries()) {
      if (columns[place].kind === 'text') continue;
      widths[place] = Math.max(widths[place], letters(cell));
    }
  }
  return { count, widths };
}

function letters(cell: string | ReaderNumber): number {
  if (typeof cell === 'string') return cell.length;
  const { value, spread, exponent } = numberText(cell);
  return value.length + (spread === null ? 0 : spread.length + 3) + (exponent === null ? 0 : 6);
}

function alignment(columns: readonly ReaderColumn[], part: Part): string {
  const letter = {
    number: 'r',
    word: 'l',
    text: `>{\\raggedright\\arraybackslash}p{${textShare}\\linewidth}`,
  };
  return part.map((place) => letter[columns[place].kind]).join('');
}

/** The line of shared headings with rules below them, if there are any, and the line of headings. */
function* heading(columns: readonly ReaderColumn[], part: Part): Generator<string> {
  const spans: { group: string | null; from: number; to: number }[] = [];
  for (const [index, place] of part.entries()) {
    const { group } = columns[place];
    const last = spans.at(-1);
    if (last !== undefined && last.group === group) last.to = index + 1;
    else spans.push({ group, from: index + 1, to: index + 1 });
  }
  const groups = spans.filter(({ group }) => group !== null);
  if (groups.length > 0) {
    const cells = spans.map(({ group, from, to }) =>
      group === null ? ' & '.repeat(to - from) : `\\multicolumn{${to - from + 1}}{c}{${typeset(group)}}`,
    );
    yield `${cells.join(' & ')} \\\\`;
    yield groups.map(({ from, to }) => `\\cmidrule(lr){${from}-${to}}`).join(' ');
  }
  yield line(
    part.map((place) => {
      const { heading: text, kind } = columns[place];
      const exponent = powerOfTen(text);
      if (exponent !== null && kind === 'number') return `$10^{${exponent}}$`;
      const lines = headingLines(text).map(typeset);
      return lines.length === 1 ? lines[0] : `\\shortstack[r]{${lines.join('\\\\')}}`;
    }),
  );
}

/** "test R2, bootstrap mean" on two lines. */
function headingLines(text: string): string[] {
  return text.length > 14 ? text.split(/(?<=,) /) : [text];
}

function* bodyLines(rows: Iterable<ReaderRow>, part: Part): Generator<string> {
  let block: string | null = null;
  for (const row of rows) {
    if (row.block !== block && row.block !== null) {
      if (block !== null) yield '\\midrule';
      yield `\\multicolumn{${part.length}}{l}{\\emph{${typeset(row.block)}}} \\\\`;
    }
    block = row.block;
    yield line(part.map((place) => cellText(row.cells[place])));
  }
}

function line(cells: readonly string[]): string {
  return `${cells.join(' & ')} \\\\`;
}

function cellText(cell: string | ReaderNumber): string {
  if (typeof cell === 'string') {
    // In math mode, the hyphen is typeset as a minus sign.
    return /^-\d/.test(cell) && Number.isFinite(Number(cell)) ? `$${cell}$` : escapeLatex(cell);
  }
  const { value, spread, exponent } = numberText(cell);
  const sum = spread === null ? value : `${value} \\pm ${spread}`;
  const inner = spread !== null && exponent !== null ? `(${sum})` : sum;
  const text = exponent === null ? inner : `${inner} \\times 10^{${exponent}}`;
  return cell.best ? `$\\mathbf{${text}}$` : `$${text}$`;
}

/** Text with R² and multiplication signs, without a command of its own. */
function typeset(text: string): string {
  return escapeLatex(text)
    .replace(/\bR2\b/g, '$R^2$')
    .replace(/(?<=[a-z]{2}) x (?=[a-z]{2})/g, ' $\\times$ ');
}

const namedEscapes: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '±': '$\\pm$',
  '×': '$\\times$',
  '−': '$-$',
  '–': '--',
  '’': "'",
};

/** Letters outside the Latin alphabets become question marks: pdfLaTeX stops at letters that its fonts lack. */
function escapeLatex(text: string): string {
  return oneLine(text).replace(/[\\~^<>|#$%&_{}]|[^\p{ASCII}]/gu, (letter) => {
    if (letter in namedEscapes) return namedEscapes[letter];
    if (/\p{ASCII}/u.test(letter)) return `\\${letter}`;
    return /[\u00C0-\u017F]/.test(letter) ? letter : '?';
  });
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '));
}
