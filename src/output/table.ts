/** A cell: null means "not applicable"; 'diverged' and 'not run' may replace a number. */
export type Value = string | number | boolean | null;

export interface Column {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean';
  description: string;
}

/** The shape of every view: named, typed columns, and rows with one cell per column. */
export interface Table {
  /** The file name without its ending: 'trials' becomes trials.csv. */
  name: string;
  description: string;
  columns: Column[];
  /** Names of the columns that together identify a row. */
  primaryKey: string[];
  /** Can be iterated several times. The rows of a large grid are created while they are written. */
  rows: Iterable<readonly Value[]>;
}

/** The texts of cells without a value, with their meaning. A missing number is never written as 0. */
export const missingValues = [
  { value: '', label: 'not applicable' },
  { value: 'diverged', label: 'the training ended because its loss was no longer finite' },
  { value: 'not run', label: 'the trial has no record yet' },
] as const;

/** Rows that are created one at a time, on each iteration. */
export function rowsOf<T>(items: Iterable<T>, row: (item: T) => Value[]): Iterable<Value[]> {
  return {
    *[Symbol.iterator]() {
      for (const item of items) yield row(item);
    },
  };
}
