import { counted, quote } from '../errors.ts';
import { isMissing, isMissingAmongNumbers, numberIn } from './cells.ts';
import { BadCsv, type CsvForm, forEachRecord } from './csv-records.ts';

/** How a file of CSV is read. */
export interface CsvDialect {
  readonly form: CsvForm;
  /** Records before the rows: the names of the columns, and what is no row. */
  readonly skipped: number;
  /** The names in the file, which may be empty or occur twice; null if it has none. */
  readonly names: readonly string[] | null;
  /** The cells of a row. */
  readonly columns: number;
  /** Whether each row ends with a separator, after which there is no cell. */
  readonly endsWithSeparator: boolean;
  readonly notes: readonly string[];
}

/** Each with its name in sentences. */
const separators: Readonly<Record<string, string>> = {
  ',': 'a comma',
  ';': 'a semicolon',
  '\t': 'a tab',
  '|': 'a vertical bar',
  ' ': 'blanks',
};

/** The records that are looked at to find the separator. */
const mostRecords = 200;

/** Finds out how the text is written from its start, which ends with a line unless it is the whole text. Errors: BadCsv. */
export async function findDialect(sample: string): Promise<CsvDialect> {
  const lineEnd = sample.includes('\n') || !sample.includes('\r') ? '\n' : '\r';
  // A line that starts with a colour such as #ff0000 is no comment.
  const comments = /^\s*#/.test(sample) || /^#(?:[\s#]|$)/m.test(sample);
  const given = /^sep=(.)\r?$/m.exec(sample.slice(0, 8))?.[1];
  const candidates = [];
  for (const separator of given === undefined ? Object.keys(separators) : [given]) {
    candidates.push(await tryForm(sample, { separator, lineEnd, comments }));
  }
  const best = candidates.reduce((best, next) => (next.score > best.score ? next : best));
  if (best.fault !== null) throw best.fault;
  const records = given === undefined ? best.records : best.records.slice(1);
  const { form } = best;
  return {
    form,
    ...layoutOf(
      records,
      best.columns,
      comments ? lastComment(sample, form) : null,
      given === undefined ? 0 : 1,
    ),
  };
}

interface Candidate {
  readonly form: CsvForm;
  readonly records: string[][];
  /** The usual number of cells. */
  readonly columns: number;
  /** The share of records with this number of cells, times one and the share of cells that are numbers or missing. */
  readonly score: number;
  readonly fault: BadCsv | null;
}

async function tryForm(sample: string, form: CsvForm): Promise<Candidate> {
  const records: string[][] = [];
  let fault: BadCsv | null = null;
  try {
    await forEachRecord([firstLines(sample, form)], form, (cells) => records.push(cells));
  } catch (error) {
    if (!(error instanceof BadCsv)) throw error;
    // The start may end within a quoted cell.
    if (records.length === 0) fault = error;
  }
  const columns = usualLength(records);
  const regular = records.filter(({ length }) => length === columns);
  const share = regular.length / Math.max(1, records.length);
  if (columns < 2 || share < 0.5)
    return { form, records, columns: 1, score: fault === null ? 0.5 : 0, fault };
  const isNumber = (cell: string) =>
    isMissing(cell.trim()) ||
    !Number.isNaN(numberIn(cell.trim(), false)) ||
    !Number.isNaN(numberIn(cell.trim(), true));
  const numbers = regular.reduce((sum, cells) => sum + cells.filter(isNumber).length / columns, 0);
  return {
    form,
    records,
    columns,
    score: fault === null ? share * (1 + numbers / regular.length) : 0,
    fault,
  };
}

/** Of a text, the lines of the first records. */
function firstLines(text: string, { lineEnd }: CsvForm): string {
  let end = 0;
  for (let lines = 0; lines < mostRecords; lines++) {
    const next = text.indexOf(lineEnd, end);
    if (next === -1) return text;
    end = next + 1;
  }
  return text.slice(0, end);
}

/** The commonest number of cells; of equally common ones that of the last rows, since the first may be titles. */
function usualLength(records: readonly string[][]): number {
  const counts = new Map<number, number>();
  for (const { length } of records) counts.set(length, (counts.get(length) ?? 0) + 1);
  let [usual, most] = [1, 0];
  for (const [length, count] of counts) if (count >= most) [usual, most] = [length, count];
  return usual;
}

/** The cells of the last comment before the rows, in which NumPy writes the names of the columns. */
function lastComment(sample: string, { separator, lineEnd }: CsvForm): string[] | null {
  const comments = [];
  for (const line of sample.split(lineEnd)) {
    if (line.trim() !== '' && !line.startsWith('#')) break;
    if (line.startsWith('#')) comments.push(line.replace(/^#+/, '').trim());
  }
  const last = comments.at(-1);
  if (last === undefined) return null;
  return last.split(separator === ' ' ? /[ \t]+/ : separator).map((name) => name.trim());
}

type Layout = Omit<CsvDialect, 'form'>;

function layoutOf(
  all: readonly string[][],
  columns: number,
  comment: readonly string[] | null,
  skippedBefore: number,
): Layout {
  const notes: string[] = [];
  let records = all.map((cells) => cells.map((cell) => cell.trim()));
  let skipped = skippedBefore;
  const preamble = scikitPreamble(records, columns);
  if (preamble !== null) {
    notes.push(preamble);
    records = records.slice(1);
    skipped++;
  }
  const titles = titlesOf(records, columns);
  if (titles.length > 0) {
    notes.push(
      `${titles.length === 1 ? 'the first line is a title' : `the first ${titles.length} lines are titles`}: ${quote(titles[0])}`,
    );
    records = records.slice(titles.length);
    skipped += titles.length;
  }
  const [first] = records;
  const rest = records.slice(1);
  const layout = { skipped, columns, names: null, endsWithSeparator: false };
  if (first === undefined) return { ...layout, notes };
  if (comment !== null && comment.length === columns && comment.every(isText) && !isHeader(first, rest)) {
    return { ...layout, names: comment, notes: [...notes, 'the names of the columns are in a comment'] };
  }
  if (!isHeader(first, rest)) {
    return {
      ...layout,
      notes: [...notes, 'the first line has no names, so the columns are called column_1 and so on'],
    };
  }
  const hasNames = { ...layout, skipped: skipped + 1, names: first };
  const isShort = first.length === columns - 1 && rest.length > 0;
  if (isShort && rest.every((cells) => cells.length !== columns || cells[columns - 1] === '')) {
    return { ...hasNames, columns: columns - 1, endsWithSeparator: true, notes };
  }
  if (isShort) {
    // R's write.table writes the names of rows without a name for their column.
    notes.push(
      'the first line has one name less than the rows have cells: the first column holds names of rows',
    );
    return { ...hasNames, names: ['', ...first], notes };
  }
  // Spreadsheets write empty cells after the last name.
  const names = first.slice(columns).every((cell) => cell === '') ? first.slice(0, columns) : first;
  return { ...hasNames, names, notes };
}

function isText(cell: string): boolean {
  return !isMissing(cell) && !isMissingAmongNumbers(cell) && Number.isNaN(numberIn(cell, false));
}

/**
 * Whether the first record has the names of the columns. It has if all its cells are text; also if some cell is text over
 * numbers, or if its numbers count upwards, as years do and as pandas writes for columns without names.
 */
function isHeader(first: readonly string[], rest: readonly string[][]): boolean {
  const named = first.filter((cell) => cell !== '');
  if (named.length === 0) return false;
  if (named.every((cell) => Number.isNaN(numberIn(cell, false)) && Number.isNaN(numberIn(cell, true)))) {
    return named.some(isText);
  }
  if (rest.length > 0 && countsUp(named, rest[0], first.length)) return true;
  return first.some((cell, place) => {
    const below = rest
      .map((cells) => cells[place])
      .filter((below) => below !== undefined && !isMissing(below));
    return isText(cell) && below.length > 0 && below.every((below) => !Number.isNaN(numberIn(below, false)));
  });
}

/** Whether the numbers of a record are a row of names: years next to a text, or 0, 1, 2 without a continuation below. */
function countsUp(named: readonly string[], below: readonly string[], columns: number): boolean {
  const counts = named.filter((cell) => /^\d+$/.test(cell)).map(Number);
  const texts = named.filter(isText).length;
  if (counts.length < 3 - Math.min(1, texts) || counts.length + texts < named.length) return false;
  if (!counts.every((value, i) => i === 0 || value === counts[i - 1] + 1)) return false;
  return texts > 0 || named.length < columns || (counts[0] === 0 && Number(below[0]) !== counts.length);
}

/** The records of one cell above the names of the columns. */
function titlesOf(records: readonly string[][], columns: number): string[] {
  const filled = (cells: readonly string[]) => cells.filter((cell) => cell !== '');
  const end = records.findIndex((cells) => filled(cells).length > 1);
  if (columns < 2 || end < 1 || !filled(records[end]).every(isText) || records[end].length !== columns)
    return [];
  const titles = records.slice(0, end).map((cells) => filled(cells).join());
  return titles.every((title) => title === '' || isText(title)) ? titles : [];
}

/** What scikit-learn's own files start with: the numbers of rows and columns, and the names of the classes. */
function scikitPreamble(records: readonly string[][], columns: number): string | null {
  const [first = []] = records;
  const [rows, inputs, ...names] = first;
  const isCount = (cell: string | undefined) => cell !== undefined && /^\d+$/.test(cell);
  if (!isCount(rows) || !isCount(inputs) || Number(inputs) + 1 !== columns) return null;
  if (
    records.length < Math.min(Number(rows) + 1, mostRecords) ||
    names.some((name) => name !== '' && !isText(name))
  ) {
    return null;
  }
  const classes = names.filter((name) => name !== '');
  const named = classes.length === 0 ? '' : `, and the classes ${classes.join(', ')}`;
  return `the first line is no row: it states ${counted(Number(rows), 'row')} of ${counted(Number(inputs), 'input')}${named}`;
}

/** "the separator is a semicolon"; null for the usual one. */
export function separatorNote({ separator }: CsvForm, columns: number): string | null {
  if (columns === 1 || separator === ',') return null;
  return `the separator is ${separators[separator] ?? `"${separator}"`}`;
}
