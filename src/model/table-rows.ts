import { openCsvParts } from '../datasets/csv-parts.ts';
import type { CellRules } from '../datasets/number-like.ts';
import { placeOf, type RawTable } from '../datasets/raw-table.ts';
import type { TableOptions } from '../datasets/table-file.ts';
import { formatOf, readTable, tableFormats, tableStart } from '../datasets/table-formats.ts';
import { type InputColumn, inputsOf, tableInputs } from '../datasets/table-inputs.ts';
import { counted, quote, UserError } from '../errors.ts';
import { classLevels, isClassifier, type SavedModel } from './saved-model.ts';

/** Some rows of a table as a model takes them. */
export interface ModelRows {
  /** [rows][columns] */
  readonly inputs: Float64Array;
  /** [rows] numbers, or the places of classes; NaN where it is missing or no class that the model knows. null without a target. */
  readonly targets: Float64Array | null;
}

/** A table whose rows a model can take. */
export interface ModelTable {
  /** What was found out, one sentence without a full stop each. */
  readonly notes: readonly string[];
  readonly hasTargets: boolean;
  forEach(visit: (rows: ModelRows) => Promise<void>): Promise<void>;
}

/** Rows that are in memory at once, at least. */
const partRows = 4096;

/**
 * Opens a table of any format for a model. Columns are found by their names, in any order; of a table without names, by
 * their places. CSV is read a part at a time. Errors: UserError for columns that the table lacks, and, with its line, for a value that
 * the model cannot take.
 */
export async function openModelTable(
  model: SavedModel,
  path: string,
  options: TableOptions,
): Promise<ModelTable> {
  const start = await tableStart(path);
  const rules: CellRules = {
    ...options,
    mayBeEmpty: (name) => fillsMissing(model) || name === model.target.name,
  };
  if (formatOf(start) !== tableFormats.csv) {
    const table = await readTable(path, options);
    const names = table.columns.map(({ name }) => name);
    const found = matchColumns(
      model,
      names,
      names.every((name) => /^column_\d+$/.test(name)),
      path,
    );
    return {
      notes: [...table.notes, ...found.notes],
      hasTargets: found.target !== null,
      forEach: async (visit) => {
        for (let from = 0; from < table.rows; from += partRows) {
          const count = Math.min(partRows, table.rows - from);
          await visit(
            rowsOf(
              model,
              found,
              table,
              Int32Array.from({ length: count }, (_, n) => from + n),
              path,
              rules,
            ),
          );
        }
      },
    };
  }
  const csv = await openCsvParts(path, start, rules);
  const found = matchColumns(model, csv.names, !csv.hasNames, path);
  const kinds = new Map(found.columns.map(({ column, name }) => [name, kindOf(column.levels)]));
  if (found.target !== null) kinds.set(found.target, kindOf(levelsOf(model)));
  return {
    notes: found.notes,
    hasTargets: found.target !== null,
    forEach: (visit) =>
      csv.forEach(kinds, partRows, (part) => {
        const every = Int32Array.from({ length: part.rows }, (_, row) => row);
        return visit(rowsOf(model, found, part, every, path, rules));
      }),
  };
}

/** Categories that are numbers are read as such: 1.0 is 1. */
function kindOf(levels: readonly string[] | null): 'numbers' | 'text' {
  const areNumbers = levels === null || levels.every((level) => String(Number(level)) === level);
  return areNumbers ? 'numbers' : 'text';
}

function levelsOf(model: SavedModel): readonly string[] | null {
  return isClassifier(model) ? classLevels(model) : null;
}

/** The columns that a model takes, by what they are called in a table. */
interface Matched {
  readonly columns: readonly { readonly column: InputColumn; readonly name: string }[];
  readonly target: string | null;
  readonly notes: readonly string[];
}

function matchColumns(
  { inputs, target }: SavedModel,
  names: readonly string[],
  areMadeUp: boolean,
  path: string,
): Matched {
  const wanted =
    inputs.table ??
    (inputs.names ?? Array.from({ length: inputs.columns }, (_, d) => `column_${d + 1}`)).map(
      (name): InputColumn => ({ name, levels: null }),
    );
  const missing = wanted.filter(({ name }) => !names.includes(name));
  if (missing.length > 0 && (areMadeUp || inputs.names === null)) {
    // Images as rows of pixels have a column of labels next to them.
    const label = inputs.names === null && names.includes(target.name ?? '') ? target.name : null;
    const others = names.filter((name) => name !== label);
    if (others.length !== wanted.length) throw otherCount(path, others.length, wanted);
    const columns = wanted.map((column, place) => ({ column, name: others[place] }));
    return { columns, target: label, notes: ['the columns of inputs are taken in their order'] };
  }
  if (missing.length > 0) throw lacksColumns(path, names, missing, wanted);
  const columns = wanted.map((column) => ({ column, name: column.name }));
  const found = target.name !== null && names.includes(target.name) ? target.name : null;
  const others = names.filter((name) => name !== found && !wanted.some((column) => column.name === name));
  const shown = others.slice(0, 5).map((name) => quote(name));
  const more = others.length > shown.length ? `, and ${others.length - shown.length} more` : '';
  const ignored = `the model does not use ${counted(others.length, 'column')}: ${shown.join(', ')}${more}`;
  return { columns, target: found, notes: others.length === 0 ? [] : [ignored] };
}

function rowsOf(
  model: SavedModel,
  { columns, target }: Matched,
  table: RawTable,
  rows: Int32Array,
  path: string,
  rules: CellRules,
): ModelRows {
  const wanted = columns.map(({ column, name }) => ({ ...column, name }));
  const inputs = tableInputs(table, wanted, rows, path, rules);
  if (!fillsMissing(model)) checkComplete(inputs, wanted, table, rows, path);
  return { inputs, targets: target === null ? null : targetsOf(model, table, target, rows) };
}

function fillsMissing({ preprocessing }: SavedModel): boolean {
  return preprocessing.some(({ step }) => step === 'fill');
}

function checkComplete(
  inputs: Float64Array,
  columns: readonly InputColumn[],
  table: RawTable,
  rows: Int32Array,
  path: string,
): void {
  const at = inputs.findIndex(Number.isNaN);
  if (at === -1) return;
  const names = columns.flatMap((column) => Array<string>(inputsOf(column)).fill(column.name));
  throw new UserError({
    what: `${placeOf(table, rows[Math.floor(at / names.length)])} of ${path} has no value in column ${quote(names[at % names.length])}`,
    expected: 'a value in each column that the model uses: there were none missing when it was trained',
    remedy: 'fill in the value or remove the row; a model trained with {missing} mean fills them itself',
  });
}

function targetsOf(model: SavedModel, table: RawTable, name: string, rows: Int32Array): Float64Array {
  const column = table.columns.find((one) => one.name === name)!;
  const levels = levelsOf(model);
  if ('levels' in column) {
    const places = column.levels.map((level) => levels?.indexOf(level) ?? -1);
    return Float64Array.from(rows, (row) => placeOrNaN(places[column.codes[row]]));
  }
  if (levels === null) return Float64Array.from(rows, (row) => column.numbers[row]);
  return Float64Array.from(rows, (row) => placeOrNaN(levels.indexOf(String(column.numbers[row]))));
}

function placeOrNaN(place: number | undefined): number {
  return place === undefined || place < 0 ? Number.NaN : place;
}

function otherCount(path: string, received: number, wanted: readonly InputColumn[]): UserError {
  return new UserError({
    what: `${path} does not have as many columns as the model takes, which are taken in their order`,
    expected: `${counted(wanted.length, 'column')}: ${namesIn(wanted)}`,
    received: counted(received, 'column'),
    remedy: 'leave out columns that are no inputs',
  });
}

function lacksColumns(
  path: string,
  names: readonly string[],
  missing: readonly InputColumn[],
  wanted: readonly InputColumn[],
): UserError {
  return new UserError({
    what: `${path} lacks ${counted(missing.length, 'column')} that the model takes: ${namesIn(missing)}`,
    expected: `${counted(wanted.length, 'column')}, in any order: ${namesIn(wanted)}`,
    received: names.slice(0, 20).join(', '),
    remedy: 'add the columns, or rename those that hold them',
  });
}

function namesIn(columns: readonly InputColumn[]): string {
  const shown = columns.slice(0, 12).map(({ name }) => quote(name));
  return `${shown.join(', ')}${columns.length > shown.length ? ', …' : ''}`;
}
