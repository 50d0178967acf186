import { counted, quote, UserError } from '../errors.ts';
import { type CellRules, cellRemedy, correctRemedy } from './number-like.ts';
import { isMissingAt, isText, placeOf, type RawColumn, type RawTable } from './raw-table.ts';

/** A column that a model takes its inputs from. */
export interface InputColumn {
  readonly name: string;
  /** The categories, in order; null for a number. */
  readonly levels: readonly string[] | null;
}

/** A column as models take it: its categories are those of the given rows. */
export function inputColumn(column: RawColumn, isCategorical: boolean, rows: Int32Array): InputColumn {
  const { name } = column;
  if (!isText(column)) return { name, levels: isCategorical ? numberLevels(column.numbers, rows) : null };
  const occurs = new Uint8Array(column.levels.length);
  for (const row of rows) if (column.codes[row] !== -1) occurs[column.codes[row]] = 1;
  return { name, levels: column.levels.filter((_, code) => occurs[code] === 1) };
}

/** The different numbers in some rows, in ascending order, as text. */
function numberLevels(numbers: Float64Array, rows: Int32Array): string[] {
  const seen = new Set<number>();
  for (const row of rows) if (!Number.isNaN(numbers[row])) seen.add(numbers[row]);
  return [...seen].sort((a, b) => a - b).map(String);
}

/** How many inputs a column is: a number is one, so are two categories; more categories are one each. */
export function inputsOf({ levels }: InputColumn): number {
  return levels === null || levels.length <= 2 ? 1 : levels.length;
}

/** The names of a column's inputs: "age", "sex=male" for the second of two categories, "port=Cork". */
export function inputNames({ name, levels }: InputColumn): string[] {
  if (levels === null) return [name];
  if (levels.length <= 2) return [`${name}=${levels.at(-1) ?? ''}`];
  return levels.map((level) => `${name}=${level}`);
}

/** Rows of the table that the columns were chosen from, of which every cell fits. */
const trained: CellRules = { decimalComma: false, mayBeEmpty: () => true };

/**
 * The inputs of some rows of a table, [rows][inputs]: numbers as they are; of two categories 0 for the first and 1 for the
 * second; of more, 1 for the one that a row has and 0 for the others. NaN where a value is missing.
 *
 * The columns are found by their names. Errors: UserError for a column that the table lacks, one that is text in place of
 * numbers, and a category that the columns do not have.
 */
export function tableInputs(
  table: RawTable,
  columns: readonly InputColumn[],
  rows: Int32Array,
  path: string,
  rules: CellRules = trained,
): Float64Array {
  const width = columns.reduce((sum, column) => sum + inputsOf(column), 0);
  const inputs = new Float64Array(new SharedArrayBuffer(8 * rows.length * width));
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const filled: Filled = { table, rows, inputs, width, path, rules };
  let first = 0;
  for (const column of columns) {
    const found = byName.get(column.name);
    if (found === undefined) throw lacks(path, column.name);
    if (column.levels === null) fillNumbers(filled, found, first);
    else fillCategories(filled, found, column.levels, first);
    first += inputsOf(column);
  }
  return inputs;
}

/** The inputs [rows][width] that are filled, and what errors need to know. */
interface Filled {
  readonly table: RawTable;
  readonly rows: Int32Array;
  readonly inputs: Float64Array;
  readonly width: number;
  readonly path: string;
  readonly rules: CellRules;
}

function fillNumbers(
  { table, rows, inputs, width, path, rules }: Filled,
  column: RawColumn,
  first: number,
): void {
  if (isText(column)) {
    const row = rows.find((row) => !isMissingAt(column, row));
    if (row === undefined) {
      for (let to = first; to < inputs.length; to += width) inputs[to] = Number.NaN;
      return;
    }
    throw new UserError({
      what: `column ${quote(column.name)} of ${path} is text, in ${placeOf(table, row)}`,
      expected: 'numbers',
      received: column.levels[column.codes[row]],
      remedy: cellRemedy(column.levels[column.codes[row]], column.name, rules),
    });
  }
  const { numbers } = column;
  for (let n = 0, to = first; n < rows.length; n++, to += width) inputs[to] = numbers[rows[n]];
}

function fillCategories(
  { table, rows, inputs, width, path, rules }: Filled,
  column: RawColumn,
  levels: readonly string[],
  first: number,
): void {
  const places = new Map(levels.map((level, place) => [level, place]));
  const placeAt = placesIn(column, places);
  const isOne = levels.length <= 2;
  for (let n = 0, to = first; n < rows.length; n++, to += width) {
    const row = rows[n];
    if (isMissingAt(column, row)) {
      inputs.fill(Number.NaN, to, to + (isOne ? 1 : levels.length));
      continue;
    }
    const place = placeAt(row);
    if (place === undefined) throw unknownLevel(table, column, row, levels, path, rules);
    if (!isOne) inputs[to + place] = 1;
    else inputs[to] = place === levels.length - 1 ? 1 : 0;
  }
}

/** The place of a row's category. */
function placesIn(
  column: RawColumn,
  places: ReadonlyMap<string, number>,
): (row: number) => number | undefined {
  if (!isText(column)) return (row) => places.get(String(column.numbers[row]));
  const ofCodes = column.levels.map((level) => places.get(level));
  return (row) => ofCodes[column.codes[row]];
}

function lacks(path: string, name: string): UserError {
  return new UserError({
    what: `${path} has no column ${quote(name)}`,
    expected: 'the columns that the model was trained on',
    remedy: 'add the column, or rename the one that holds it',
  });
}

function unknownLevel(
  table: RawTable,
  column: RawColumn,
  row: number,
  levels: readonly string[],
  path: string,
  rules: CellRules,
): UserError {
  return new UserError({
    what: `column ${quote(column.name)} of ${path} has an unknown category in ${placeOf(table, row)}`,
    expected: `one of ${counted(levels.length, 'category', 'categories')}: ${levels.slice(0, 12).join(', ')}`,
    received: isText(column) ? column.levels[column.codes[row]] : column.numbers[row],
    remedy: correctRemedy(rules.mayBeEmpty(column.name)),
  });
}
