import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { presentName } from '../experiment/options.ts';
import { NotCsv, readCsv } from '../files/csv.ts';
import { readRegular } from '../files/regular-file.ts';
import { isUnchanged, type WrittenFiles } from '../output/earlier-run.ts';
import { parseNumber } from '../parsing/value-list.ts';
import { changedResults, damagedResults, otherVersion } from './folder-errors.ts';

/** A record of a table that is read from a results folder. */
export interface Row {
  /** "ffnn/trials.csv, record 2"; the header is record 1. */
  readonly where: () => string;
  /** The text in one of the requested columns. */
  readonly cell: (column: string) => string;
}

export async function readText(folder: string, file: string): Promise<string> {
  try {
    return await readRegular(join(folder, file));
  } catch {
    throw unreadable(folder, file);
  }
}

/**
 * The rows of a CSV file, one by one. A column that the file lacks is read from that of an option's older name, and else has
 * the text that `defaults` gives it.
 *
 * `written` are the files that runs wrote to the folder. Other quotes and line ends, as spreadsheets write them, are no change.
 *
 * Errors: a file that was cut off, one of another version, which lacks other columns, and, after the last row, one with
 * other cells than a run wrote.
 */
export async function* readTable(
  folder: string,
  file: string,
  columns: readonly string[],
  written: WrittenFiles,
  defaults: ReadonlyMap<string, string> = new Map(),
): AsyncGenerator<Row> {
  const path = join(folder, file);
  const records = readCsv(path, { wholeLines: true });
  try {
    const { value: header } = await records.next();
    if (header === undefined) throw damagedResults(folder, `${file} is empty`);
    const places = placesOf(columns, header);
    const missing = columns.find((name) => places.get(name) === -1 && !defaults.has(name));
    if (missing !== undefined) throw otherVersion(folder, `${file} without the column ${missing}`);
    const digest = createHash('sha256').update(line(header));
    let record = 1;
    for await (const cells of records) {
      digest.update(line(cells));
      const number = ++record;
      if (cells.length < header.length) {
        throw damagedResults(
          folder,
          `in ${file} record ${number} has ${cells.length} cells, the header ${header.length}`,
        );
      }
      const cell = (column: string) => cells[places.get(column)!] ?? defaults.get(column)!;
      yield { where: () => `${path}, record ${number}`, cell };
    }
    const allowed = written[file];
    const found = digest.digest('hex');
    if (allowed === undefined || allowed.some(({ sha256 }) => sha256 === found)) return;
    if ((await isUnchanged(path, allowed)) === false) throw changedResults(folder, file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw error instanceof NotCsv
      ? damagedResults(folder, `in ${file} ${error.message}`)
      : unreadable(folder, file);
  }
}

/** A record as runs write it. */
function line(cells: readonly string[]): string {
  const quoted = cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(',')}\n`;
}

function placesOf(columns: readonly string[], header: readonly string[]): ReadonlyMap<string, number> {
  const present = header.map((name) => (columns.includes(name) ? name : presentName(name)));
  return new Map(columns.map((name) => [name, present.indexOf(name)]));
}

function unreadable(folder: string, file: string): UserError {
  return damagedResults(folder, `${file} is missing or cannot be read`);
}

/** Parses a cell. Errors: the UserError of `parse`, with the cell's place instead of an option. */
export function parseCell<T>(row: Row, column: string, parse: (text: string, name: string) => T): T {
  try {
    return parse(row.cell(column), column);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError({
      ...error.parts,
      what: `${row.where()}: ${column} has a value that no run writes`,
      remedy: 'run the experiment again, or use another copy of its folder',
    });
  }
}

const missingTexts = new Set(['', 'diverged', 'not run']);

/** The number of a cell; null for an empty cell and for the words that mean a missing number. */
export function numberOf(row: Row, column: string): number | null {
  return missingTexts.has(row.cell(column)) ? null : parseCell(row, column, parseNumber);
}
