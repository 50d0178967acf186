/** One cell: null is "not applicable"; 'diverged' and 'not run' may stand where a number was to be. */
export type Value = string | number | boolean | null;

export interface Column {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean';
  description: string;
}

/** The one shape of every view: named, typed columns, and rows of exactly as many cells. */
export interface Table {
  /** Stem of the file's name: 'trials' becomes trials.csv. */
  name: string;
  description: string;
  columns: Column[];
  /** Names of the columns that together tell each row from every other. */
  primaryKey: string[];
  /** Can be gone through several times; of a large grid they are made while they are written. */
  rows: Iterable<readonly Value[]>;
}

/** What stands in a cell that has no value, and why it has none; an absent number is never written as 0. */
export const missingValues = [
  { value: '', label: 'not applicable' },
  { value: 'diverged', label: 'the training ended because its loss was no longer finite' },
  { value: 'not run', label: 'the trial has no record yet' },
] as const;

/** Rows that are made one after the other, each time they are gone through. */
export function rowsOf<T>(items: Iterable<T>, row: (item: T) => Value[]): Iterable<Value[]> {
  return {
    *[Symbol.iterator]() {
      for (const item of items) yield row(item);
    },
  };
}
