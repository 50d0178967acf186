import { counted, printable, quote, UserError } from '../errors.ts';
import type { Task } from '../stats/metrics.ts';
import type { Dataset } from './dataset.ts';
import { isMissingAt, isText, placeOf, type RawColumn, type RawTable } from './raw-table.ts';
import type { Missing } from './table-choices.ts';
import { checkTableSize } from './table-file.ts';
import { type InputColumn, inputColumn, inputNames, inputsOf, tableInputs } from './table-inputs.ts';

/** Everything that the rows of a table depend on. */
export interface TableConfig {
  readonly dataset: 'table';
  /** SHA-256 of the file's unpacked bytes. */
  readonly sha256: string;
  readonly target: string;
  readonly task: Task;
  /** Absent: every column but the target. */
  readonly features?: readonly string[];
  /** Features of numbers that are categories; absent: none. */
  readonly categorical?: readonly string[];
  readonly missing: Missing;
  readonly decimalComma: boolean;
}

/** The rows of a table as models are trained on them. */
export interface TableDataset extends Dataset {
  readonly config: TableConfig;
  readonly inputs: Float64Array;
  readonly featureNames: readonly string[];
  readonly targetName: string;
  /** What the inputs come from, in order. */
  readonly inputColumns: readonly InputColumn[];
  /** What was done about missing values, in sentences without a full stop. */
  readonly notes: readonly string[];
}

/**
 * The rows of a table that a config describes. Errors: UserError for missing values where they are not allowed, and for what
 * does not fit in memory.
 */
export function tableDataset(table: RawTable, config: TableConfig, path: string): TableDataset {
  const { target: targetName, task, categorical = [] } = config;
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const target = byName.get(targetName)!;
  const features = featuresOf(table, config).map((name) => byName.get(name)!);
  const { rows, notes } = usedRows(table, features, target, config, path);
  const inputColumns = features.map((column) => inputColumn(column, categorical.includes(column.name), rows));
  const columns = inputColumns.reduce((sum, column) => sum + inputsOf(column), 0);
  checkTableSize(path, rows.length, columns);
  const inputs = tableInputs(table, inputColumns, rows, path);
  const { hasMissing, largest } = surveyOf(inputs);
  const classNames = task === 'regression' ? null : (inputColumn(target, true, rows).levels ?? []);
  if (classNames?.length === 1) throw oneClass(path, targetName, classNames[0]);
  const { trainRows } = table;
  return {
    name: 'table',
    config,
    task,
    rows: rows.length,
    columns,
    inputs,
    hasMissing,
    largest,
    targets: targetsOf(target, rows, classNames),
    classes: classNames?.length ?? 1,
    canonicalTrainRows: trainRows === undefined ? null : rows.filter((row) => row < trainRows).length,
    featureNames: inputColumns.flatMap(inputNames),
    targetName,
    ...(classNames === null ? {} : { classNames }),
    inputColumns,
    notes,
  };
}

/** The names of the features of a config, in the order of the file if it names none. */
export function featuresOf(table: RawTable, { features, target }: TableConfig): readonly string[] {
  return features ?? table.columns.map(({ name }) => name).filter((name) => name !== target);
}

interface UsedRows {
  readonly rows: Int32Array;
  readonly notes: readonly string[];
}

/** The rows that are used. Errors: none is left, or a value is missing that has to be there. */
function usedRows(
  table: RawTable,
  features: readonly RawColumn[],
  target: RawColumn,
  { missing }: TableConfig,
  path: string,
): UsedRows {
  if (missing === 'error') {
    checkComplete(table, [...features, target], path);
    return { rows: Int32Array.from({ length: table.rows }, (_, row) => row), notes: [] };
  }
  const needed = missing === 'drop' ? [...features, target] : [target];
  const isIncomplete = new Uint8Array(table.rows);
  for (const column of needed) {
    for (let row = 0; row < table.rows; row++) if (isMissingAt(column, row)) isIncomplete[row] = 1;
  }
  const rows = Int32Array.from(
    (function* () {
      for (let row = 0; row < table.rows; row++) if (isIncomplete[row] === 0) yield row;
    })(),
  );
  if (rows.length === 0) {
    throw new UserError({
      what: `every row of ${path} has a missing value, so that {missing} drop leaves none`,
      expected: 'at least one row without missing values',
      remedy: `use {missing} mean, or leave out columns with {drop}: ${mostMissing(table, features)}`,
    });
  }
  const dropped = table.rows - rows.length;
  const of = missing === 'drop' ? 'with missing values' : 'without a target';
  const notes =
    dropped === 0
      ? []
      : [`${dropped} of ${counted(table.rows, 'row')}, ${of}, ${dropped === 1 ? 'is' : 'are'} left out`];
  if (missing === 'drop') return { rows, notes };
  const filled = features
    .map((column) => ({ column, count: missingIn(column, rows) }))
    .filter(({ count }) => count > 0);
  const count = filled.reduce((sum, one) => sum + one.count, 0);
  const places = filled.length === 1 ? quote(filled[0].column.name) : counted(filled.length, 'column');
  return {
    rows,
    notes:
      count === 0
        ? notes
        : [
            ...notes,
            `${counted(count, 'missing value')} in ${places}: the mean of the training rows is put in ${count === 1 ? 'its' : 'their'} place`,
          ],
  };
}

function missingIn(column: RawColumn, rows: Int32Array): number {
  let count = 0;
  for (const row of rows) if (isMissingAt(column, row)) count++;
  return count;
}

function mostMissing(table: RawTable, columns: readonly RawColumn[]): string {
  const every = Int32Array.from({ length: table.rows }, (_, row) => row);
  const counts = columns.map((column) => ({ name: column.name, count: missingIn(column, every) }));
  const [most] = counts.toSorted((a, b) => b.count - a.count);
  return `${printable(most.name)} lacks ${most.count} of ${table.rows}`;
}

function checkComplete(table: RawTable, columns: readonly RawColumn[], path: string): void {
  const every = Int32Array.from({ length: table.rows }, (_, row) => row);
  const lacking = columns.filter((column) => missingIn(column, every) > 0);
  if (lacking.length === 0) return;
  const [first] = lacking
    .map((column) => ({ column, row: every.find((row) => isMissingAt(column, row))! }))
    .toSorted((a, b) => a.row - b.row);
  const count = lacking.reduce((sum, column) => sum + missingIn(column, every), 0);
  const named = lacking
    .slice(0, 6)
    .map((column) => `${printable(column.name)} (${missingIn(column, every)})`);
  const more = lacking.length > 6 ? `, and ${lacking.length - 6} more columns` : '';
  throw new UserError({
    what: `${path} has missing values: the first is in ${placeOf(table, first.row)}, column ${quote(first.column.name)}`,
    expected: 'a value in every cell that is used',
    received: `${counted(count, 'missing value')} in ${lacking.length === 1 ? printable(first.column.name) : `${named.join(', ')}${more}`}`,
    remedy:
      'use {missing} drop to leave out these rows, {missing} mean to fill them, or {drop} to leave out columns',
  });
}

/** Numbers as they are, or the places of classes in the list of their names. */
function targetsOf(column: RawColumn, rows: Int32Array, classNames: readonly string[] | null): Float64Array {
  const targets = new Float64Array(new SharedArrayBuffer(8 * rows.length));
  const places = new Map(classNames?.map((name, place) => [name, place]));
  rows.forEach((row, n) => {
    if (isText(column)) targets[n] = places.get(column.levels[column.codes[row]])!;
    else targets[n] = classNames === null ? column.numbers[row] : places.get(String(column.numbers[row]))!;
  });
  return targets;
}

function surveyOf(inputs: Float64Array): { hasMissing: boolean; largest: number } {
  let [hasMissing, largest] = [false, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < inputs.length; i++) {
    if (inputs[i] > largest) largest = inputs[i];
    else if (Number.isNaN(inputs[i])) hasMissing = true;
  }
  return { hasMissing, largest: Number.isFinite(largest) ? largest : 0 };
}

function oneClass(path: string, target: string, name: string): UserError {
  return new UserError({
    what: `the rows of ${path} that are left have one class only`,
    expected: `at least two values of ${quote(target)}`,
    received: name,
    remedy: 'use {missing} mean, or leave out the columns with missing values by {drop}',
  });
}
