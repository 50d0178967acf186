import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { presentName } from '../experiment/options.ts';
import { NotCsv, readCsvParts } from '../files/csv.ts';
import { readRegular } from '../files/regular-file.ts';
import { isUnchanged, type WrittenFiles } from '../output/earlier-run.ts';
import { parseNumber } from '../parsing/value-list.ts';
import { changedResults, damagedResults, otherVersion } from './folder-errors.ts';

/** A record of a table that is read from a results folder. */
export interface Row {
  /** "ffnn/trials.csv, record 2"; the header is record 1. */
  where(): string;
  /** The text in one of the requested columns. */
  cell(column: string): string;
}

export async function readText(folder: string, file: string): Promise<string> {
  try {
    return await readRegular(join(folder, file));
  } catch {
    throw unreadable(folder, file);
  }
}

/** What is read of a CSV file of a run. */
export interface TableColumns {
  readonly columns: readonly string[];
  /** The text of columns that the file lacks, in older versions. */
  readonly defaults?: ReadonlyMap<string, string>;
}

/**
 * Reads the rows of a CSV file, one by one. A column that the file lacks is read from that of an option's older name, and else has
 * the text that `defaults` gives it.
 *
 * `written` are the files that runs wrote to the folder. Other quotes and line ends, as spreadsheets write them, are no change.
 *
 * Errors: a file that was cut off, one of another version, which lacks other columns, and, after the last row, one with
 * other cells than a run wrote.
 */
export async function readTable(
  folder: string,
  file: string,
  { columns, defaults = new Map() }: TableColumns,
  written: WrittenFiles,
  take: (row: Row) => void,
): Promise<void> {
  const path = join(folder, file);
  const digest = createHash('sha256');
  const parts = readCsvParts(path, { wholeLines: true, seen: (bytes) => digest.update(bytes) });
  let places: Places | null = null;
  let record = 0;
  try {
    for await (const records of parts) {
      for (const cells of records) {
        record++;
        if (places === null) {
          places = placesOf(columns, cells, defaults);
          const missing = columns.find((name) => !places!.at.has(name) && !defaults.has(name));
          if (missing !== undefined) throw otherVersion(folder, `${file} without the column ${missing}`);
          continue;
        }
        if (cells.length < places.width) {
          throw damagedResults(
            folder,
            `in ${file} record ${record} has ${cells.length} cells, the header ${places.width}`,
          );
        }
        take(new FileRow(path, record, cells, places));
      }
    }
    if (places === null) throw damagedResults(folder, `${file} is empty`);
    const allowed = written[file];
    const isOne = (found: string) => allowed.some(({ sha256 }) => sha256 === found);
    if (allowed === undefined || isOne(digest.digest('hex')) || isOne(await digestOfCells(path))) return;
    if ((await isUnchanged(path, allowed)) === false) throw changedResults(folder, file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw error instanceof NotCsv
      ? damagedResults(folder, `in ${file} ${error.message}`)
      : unreadable(folder, file);
  }
}

/** The digest of a file as if a run had written its cells. */
async function digestOfCells(path: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const records of readCsvParts(path)) for (const cells of records) digest.update(line(cells));
  return digest.digest('hex');
}

/** A record as runs write it. */
function line(cells: readonly string[]): string {
  const quoted = cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(',')}\n`;
}

/** Where the columns of a table are, and what those have that it lacks. */
interface Places {
  readonly at: ReadonlyMap<string, number>;
  readonly width: number;
  readonly defaults: ReadonlyMap<string, string>;
}

class FileRow implements Row {
  private readonly path: string;
  private readonly record: number;
  private readonly cells: readonly string[];
  private readonly places: Places;

  constructor(path: string, record: number, cells: readonly string[], places: Places) {
    this.path = path;
    this.record = record;
    this.cells = cells;
    this.places = places;
  }

  where(): string {
    return `${this.path}, record ${this.record}`;
  }

  cell(column: string): string {
    const place = this.places.at.get(column);
    return place === undefined ? this.places.defaults.get(column)! : this.cells[place];
  }
}

function placesOf(
  columns: readonly string[],
  header: readonly string[],
  defaults: ReadonlyMap<string, string>,
): Places {
  const present = header.map((name) => (columns.includes(name) ? name : presentName(name)));
  const found = columns.filter((name) => present.includes(name));
  return {
    at: new Map(found.map((name) => [name, present.indexOf(name)])),
    width: header.length,
    defaults,
  };
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

/** A text of its own: a part of a longer one would keep that in memory, and ids of all rows the whole file. */
export const copied = (text: string): string => Buffer.from(text).toString();
