import type { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';

/** How the records of a text are separated. */
export interface CsvForm {
  /** One character; a blank: any number of blanks and tabs. */
  readonly separator: string;
  readonly lineEnd: '\n' | '\r';
  /** Whether lines that start with # are comments. */
  readonly comments: boolean;
}

/** Why a text is not CSV, and in which line. */
export class BadCsv extends Error {
  readonly line: number;
  readonly advice: Advice;
  constructor(problem: string, line: number, advice: Advice) {
    super(problem);
    this.line = line;
    this.advice = advice;
  }
}

/** What would be correct, and what to do about it. */
interface Advice {
  readonly expected: string;
  readonly remedy: string;
}

const aboutQuotes: Advice = {
  expected: 'quotes around whole cells only, doubled within them: "5"" pipe"',
  remedy: 'correct this line, or write the file again with a program that quotes cells',
};

/** The longest record in characters. A record is in memory as a whole. */
export const longestRecord = 2 ** 24;

/** Gets a record and the line in which it starts, from 1 on. */
export type VisitRecord = (cells: string[], line: number) => void;

/**
 * Calls `visit` with each record of a text that comes in pieces. Empty lines are no records. Pieces without quotes are only
 * split, which is several times faster; the others go through csv-parse.
 * Errors: BadCsv for a misplaced quote, one that is never closed, and a record of more than 16 MiB.
 */
export async function forEachRecord(
  pieces: AsyncIterable<string> | Iterable<string>,
  form: CsvForm,
  visit: VisitRecord,
): Promise<void> {
  const reader = createRecordReader(form, visit);
  for await (const piece of pieces) reader.add(piece);
  reader.end();
}

function createRecordReader(form: CsvForm, visit: VisitRecord) {
  let [pending, wanted, line] = ['', 0, 1];
  const parse = (text: string, isLast: boolean): boolean => {
    const lines = text.includes('"')
      ? parseQuoted(text, form, line, visit, isLast)
      : splitLines(text, form, line, visit);
    if (lines === null) return false;
    line += lines;
    return true;
  };
  return {
    add(piece: string): void {
      pending += piece;
      if (pending.length < wanted) return;
      const end = pending.lastIndexOf(form.lineEnd) + 1;
      if (end > 0 && parse(pending.slice(0, end), false)) {
        pending = pending.slice(end);
        wanted = 0;
      } else {
        if (pending.length > longestRecord) throw tooLong(pending, line);
        // The record continues: try again when there is twice as much, so that the time stays in proportion.
        wanted = 2 * pending.length;
      }
    },
    end(): void {
      if (pending.length > 2 * longestRecord) throw tooLong(pending, line);
      if (pending !== '') parse(pending, true);
    },
  };
}

/** The records of text without quotes. Returns its number of line ends. */
function splitLines(
  text: string,
  { separator, lineEnd, comments }: CsvForm,
  first: number,
  visit: VisitRecord,
): number {
  const lines = text.split(lineEnd);
  const isBlank = separator === ' ';
  for (let i = 0; i < lines.length; i++) {
    let line = lines[i];
    if (lineEnd === '\n' && line.endsWith('\r')) line = line.slice(0, -1);
    if (line === '' || (comments && line.startsWith('#'))) continue;
    if (line.length > longestRecord) throw tooLong(line, first + i);
    if (!isBlank) visit(line.split(separator), first + i);
    else {
      const cells = line.split(/[ \t]+/).filter((cell) => cell !== '');
      if (cells.length > 0) visit(cells, first + i);
    }
  }
  return lines.length - 1;
}

/** The records of text with quotes; null, and none visited, if a quoted cell is still open at its end, which is not the last. */
function parseQuoted(
  text: string,
  { separator, lineEnd, comments }: CsvForm,
  first: number,
  visit: VisitRecord,
  isLast: boolean,
): number | null {
  const isBlank = separator === ' ';
  const records: { cells: string[]; line: number }[] = [];
  try {
    parse(text, {
      delimiter: isBlank ? [' ', '\t'] : separator,
      record_delimiter: lineEnd === '\n' ? ['\r\n', '\n'] : ['\r'],
      comment: comments ? '#' : null,
      comment_no_infix: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: longestRecord,
      on_record: (record: string[], { lines }) => {
        const cells = isBlank ? record.filter((cell) => cell !== '') : record;
        const inside = cells.reduce((sum, cell) => sum + lineEndsIn(cell, lineEnd), 0);
        if (cells.length > 0) records.push({ cells, line: first + lines - 1 - inside });
        return null;
      },
    });
  } catch (error) {
    if (!isCsvError(error)) throw error;
    const { code } = error;
    if (code === 'CSV_QUOTE_NOT_CLOSED' && !isLast) return null;
    for (const { cells, line } of records) visit(cells, line); // what is wrong before comes first
    const opened = (records.at(-1)?.line ?? first - 1) + 1;
    if (code === 'CSV_QUOTE_NOT_CLOSED')
      throw new BadCsv('a quoted cell is never closed', opened, aboutQuotes);
    if (code === 'CSV_MAX_RECORD_SIZE') throw tooLong(text, opened);
    throw new BadCsv('a quote is in the wrong place', first + error.lines - 1, aboutQuotes);
  }
  for (const { cells, line } of records) visit(cells, line);
  return lineEndsIn(text, lineEnd);
}

function lineEndsIn(text: string, lineEnd: string): number {
  let count = 0;
  for (let at = text.indexOf(lineEnd); at !== -1; at = text.indexOf(lineEnd, at + 1)) count++;
  return count;
}

/** The error for the record that starts in a line; `text` is what was read of it. */
export function tooLong(text: string, line: number): BadCsv {
  const size = `${longestRecord / 2 ** 20} MiB`;
  if (text.includes('"')) {
    const problem = `a row has more than ${size}: perhaps a quoted cell is never closed`;
    return new BadCsv(problem, line, aboutQuotes);
  }
  return new BadCsv(`a row has more than ${size}`, line, {
    expected: `rows of at most ${size}, with line ends between them`,
    remedy: 'see whether the file is a table',
  });
}

function isCsvError(error: unknown): error is CsvError & { readonly lines: number } {
  return error instanceof Error && 'lines' in error && typeof error.lines === 'number';
}
