import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { counted, UserError } from '../errors.ts';
import { type ColumnBuilder, createColumnBuilder, growing } from './column-builder.ts';
import { type CsvDialect, findDialect, separatorNote } from './csv-dialect.ts';
import { BadCsv, forEachRecord, longestRecord, tooLong } from './csv-records.ts';
import { dateNotes } from './date-like.ts';
import { numberLikeNotes } from './number-like.ts';
import type { RawTable } from './raw-table.ts';
import {
  checkColumnCount,
  checkTableSize,
  type TableOptions,
  tableFormatsInWords,
  unreadable,
} from './table-file.ts';
import { BinaryData, type Encoding, encodingOf, encodings, NotEncoded, textOf } from './table-text.ts';
import { uniqueNames } from './unique-names.ts';

/** The text that is looked at before the file is read: at least this many characters, and some lines. */
const sampleLength = 2 ** 18;
const sampleLines = 5;

/**
 * Reads a table of comma-separated values: the separator, the names of the columns and the encoding are found out. Columns of
 * which some cell is neither a number nor missing are text.
 *
 * Its rows are never in memory as text. Errors: UserError that names the file, the line and what to do.
 * Source: RFC 4180, and what programs write in its place.
 */
export async function readCsvTable(
  path: string,
  start: Uint8Array,
  options: TableOptions,
): Promise<RawTable> {
  try {
    return await readInEncoding(path, encodingOf(start), options);
  } catch (error) {
    if (!(error instanceof NotEncoded)) throw inWords(path, error);
  }
  try {
    return await readInEncoding(path, 'windows-1252', options);
  } catch (error) {
    throw inWords(path, error);
  }
}

async function readInEncoding(path: string, encoding: Encoding, options: TableOptions): Promise<RawTable> {
  const { text, isWhole } = await startOf(path, encoding);
  const dialect = await findDialect(text);
  const { form, columns, names } = dialect;
  if (names !== null && names.length !== columns) throw otherNames(path, names, columns);
  checkColumnCount(path, columns);
  const expectedRows = await expectedRowsOf(path, text, isWhole, dialect);
  const mixed = new Set<number>();
  let table = await readRows(path, encoding, dialect, options, expectedRows, mixed);
  table.builders.forEach(({ isMixed }, place) => {
    if (isMixed) mixed.add(place);
  });
  // The texts of cells that are numbers are not kept. Where they turn out to be text, the file is read again.
  if (mixed.size > 0) table = await readRows(path, encoding, dialect, options, table.rows, mixed);
  const unique = uniqueNames(names ?? Array(columns).fill(''));
  const encodingNote = encoding === 'utf-8' ? [] : [`the text is read as ${encodings[encoding]}`];
  const separator = separatorNote(form, columns);
  const read = table.builders.map((builder, place) => builder.column(unique.names[place], table.rows));
  return {
    rows: table.rows,
    columns: read,
    sha256: table.sha256,
    lines: table.lines,
    separator: form.separator,
    notes: [
      ...encodingNote,
      ...(separator === null ? [] : [separator]),
      ...dialect.notes,
      ...unique.notes,
      ...numberLikeNotes(read, options.decimalComma),
      ...dateNotes(read),
    ],
  };
}

/** The text at the start of a file, whole lines of it. Errors: UserError for a file without any; BadCsv for an endless line. */
export async function startOf(path: string, encoding: Encoding): Promise<{ text: string; isWhole: boolean }> {
  let [text, lines] = ['', 0];
  for await (const piece of textOf(path, encoding, null)) {
    text += piece;
    lines += piece.split(/\r\n|\n|\r/, sampleLines + 1).length - 1;
    if (text.length < sampleLength || (lines < sampleLines && text.length < 2 * longestRecord)) continue;
    const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
    if (end === 0) throw tooLong(text, 1);
    return { text: text.slice(0, end), isWhole: false };
  }
  if (text.trim() !== '') return { text, isWhole: true };
  throw new UserError({
    what: `${path} is empty`,
    expected: 'a table: names of columns, and rows',
    remedy: 'download or write the file again',
  });
}

/** About how many rows the file has. Errors: a table that does not fit in memory. */
async function expectedRowsOf(
  path: string,
  text: string,
  isWhole: boolean,
  { form, columns }: CsvDialect,
): Promise<number> {
  const lines = text.split(form.lineEnd).length;
  if (isWhole) return lines;
  // Of a compressed file this says too little, so the size is also watched while it is read.
  const { size } = await stat(path);
  const rows = Math.ceil((lines * size) / Buffer.byteLength(text));
  checkTableSize(path, rows, columns);
  return rows;
}

interface Rows {
  readonly rows: number;
  readonly builders: readonly ColumnBuilder[];
  readonly lines: Int32Array;
  readonly sha256: string;
}

async function readRows(
  path: string,
  encoding: Encoding,
  { form, columns, skipped, endsWithSeparator }: CsvDialect,
  { decimalComma }: TableOptions,
  expectedRows: number,
  asText: ReadonlySet<number>,
): Promise<Rows> {
  const builders = Array.from({ length: columns }, (_, place) =>
    createColumnBuilder(decimalComma, asText.has(place), expectedRows),
  );
  const lines = growing((length) => new Int32Array(length), expectedRows);
  const hash = createHash('sha256');
  let [rows, toSkip] = [0, skipped];
  const pieces = async function* () {
    for await (const text of textOf(path, encoding, hash)) {
      yield text;
      const textBytes = builders.reduce((sum, { textBytes }) => sum + textBytes, 0);
      checkTableSize(path, rows, columns, textBytes);
      await setImmediate(); // so that Ctrl-C works
    }
  };
  await forEachRecord(pieces(), form, (cells, line) => {
    if (toSkip > 0) {
      toSkip--;
      return;
    }
    if (cells.length !== columns) {
      const isEnded = endsWithSeparator && cells.length === columns + 1 && cells[columns].trim() === '';
      if (!isEnded) throw ragged(path, cells, columns, line);
    }
    for (let place = 0; place < columns; place++) builders[place].add(cells[place], rows);
    lines.set(rows, line);
    rows++;
  });
  if (rows === 0) throw noRows(path);
  return { rows, builders, lines: lines.values.slice(0, rows), sha256: hash.digest('hex') };
}

export function ragged(path: string, cells: readonly string[], columns: number, line: number): UserError {
  return new UserError({
    what: `line ${line} of ${path} has ${counted(cells.length, 'cell')}, and the table has ${counted(columns, 'column')}`,
    expected: `${counted(columns, 'cell')} in each line`,
    received: cells.slice(0, 20).join(' | '),
    remedy:
      cells.length > columns
        ? 'put cells that contain the separator in double quotes; remove titles above and remarks below the table'
        : 'complete the line or remove it; missing values are empty cells between separators',
  });
}

export function otherNames(path: string, names: readonly string[], columns: number): UserError {
  return new UserError({
    what: `the first line of ${path} has ${counted(names.length, 'name')}, and most rows have ${counted(columns, 'cell')}`,
    expected: 'one name for each column',
    received: names.slice(0, 20).join(' | '),
    remedy: `complete the ${names.length < columns ? 'names' : 'rows'}, or quote cells that contain the separator`,
  });
}

export function noRows(path: string): UserError {
  return new UserError({
    what: `${path} has the names of columns and no rows`,
    expected: 'at least one row below the names',
    remedy: 'write the table again, with its rows',
  });
}

/** What is wrong with a file, as an error for the user; other errors as they are. */
export function inWords(path: string, error: unknown): unknown {
  if (error instanceof UserError) return error;
  if (error instanceof BadCsv) {
    return new UserError({
      what: `${path} is not a table that can be read: in line ${error.line} ${error.message}`,
      ...error.advice,
    });
  }
  if (error instanceof BinaryData) {
    return new UserError({
      what: `${path} holds binary data of an unknown format`,
      expected: tableFormatsInWords,
      remedy: 'export the table as CSV',
    });
  }
  if (error instanceof NotEncoded) {
    return new UserError({
      what: `${path} is damaged: it starts like text in UTF-16 and continues as something else`,
      expected: 'text in one encoding',
      remedy: 'save the file as UTF-8',
    });
  }
  return unreadable(path, error);
}
