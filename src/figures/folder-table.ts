import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { readRegular } from '../files/regular-file.ts';
import { parseNumber } from '../parsing/value-list.ts';
import { damaged, foreign } from './folder-errors.ts';

/** A record of a table that was read back. */
export interface Row {
  /** "ffnn/trials.csv, record 2": the header is the first. */
  readonly where: () => string;
  /** Its text in each of the columns that were asked for. */
  readonly cells: Readonly<Record<string, string>>;
}

export async function readText(folder: string, file: string): Promise<string> {
  try {
    return await readRegular(join(folder, file));
  } catch {
    throw damaged(folder, `${file} is missing or cannot be read`);
  }
}

/** The rows of a CSV file; a file of another version lacks columns. */
export async function readTable(folder: string, file: string, columns: readonly string[]): Promise<Row[]> {
  const { csvParseRows } = await import('d3-dsv');
  const text = await readText(folder, file);
  const [header = [], ...records] = csvParseRows(text);
  const places = columns.map((name) => header.indexOf(name));
  const missing = columns.find((_, column) => places[column] === -1);
  if (text !== '' && missing !== undefined) throw foreign(folder, `${file} without the column ${missing}`);
  if (!text.endsWith('\n') || records.some((record) => record.length < header.length)) {
    throw damaged(folder, `${file} ends within a row`);
  }
  return records.map((record, index) => ({
    where: () => `${join(folder, file)}, record ${index + 2}`,
    cells: Object.fromEntries(columns.map((name, column) => [name, record[places[column]]])),
  }));
}

/** What `parse` makes of a cell. Errors: UserError with the cell's place, where `parse` names an option. */
export function parseCell<T>(row: Row, column: string, parse: (text: string, name: string) => T): T {
  try {
    return parse(row.cells[column], column);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError({
      ...error.parts,
      what: `${row.where()}: ${column} has a value that no run writes`,
      remedy: 'run the experiment again, or take another copy of its folder',
    });
  }
}

const absent = new Set(['', 'diverged', 'not run']);

/** The number of a cell; null for the words that stand where there is none. */
export function numberOf(row: Row, column: string): number | null {
  return absent.has(row.cells[column]) ? null : parseCell(row, column, parseNumber);
}
