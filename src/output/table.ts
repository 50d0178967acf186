import type { ReaderTable } from './reader-table.ts';

/** A cell: null means "not applicable". */
export type Value = string | number | boolean | null;

/**
 * Why a cell of a number column has no number. Formats for people show it; formats for programs leave the cell empty, and
 * the column `status` says why.
 */
const missingReasons = ['diverged', 'not run'] as const;
/** How a trial, or all seeds of a cell, ended. */
export type TrialStatus = 'done' | (typeof missingReasons)[number];

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
  /** The layout for people, in formats that they read; left out, that of the columns and rows. */
  readers?: ReaderTable;
}

/** A row as programs read it: without words in number columns. Throws on a wrong row, which is a bug in the program. */
export function dataRow(table: Table, row: readonly Value[], index: number): Value[] {
  checkLength(table, row, index);
  return row.map((value, place) => dataValue(table, value, place, index));
}

export function checkLength({ name, columns }: Table, row: readonly Value[], index: number): void {
  if (row.length === columns.length) return;
  throw new Error(`${name}, row ${index}: ${row.length} cells, but there are ${columns.length} columns`);
}

/** The same of the value at one place of a row. */
export function dataValue({ name, columns }: Table, value: Value, place: number, index: number): Value {
  const column = columns[place];
  if (column.type === 'string' || column.type === 'boolean') {
    if (value === null || typeof value === column.type) return value;
  } else {
    if (value === null || missingReasons.includes(value as (typeof missingReasons)[number])) return null;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  }
  throw new Error(`${name}, row ${index}, ${column.name}: ${value} cannot be written as ${column.type}`);
}

/** Any table as people read it: in the layout that it has for them, or its columns as they are. */
export function forReaders({ readers, columns, rows }: Table): ReaderTable {
  if (readers !== undefined) return readers;
  return {
    caption: null,
    label: null,
    columns: columns.map(({ name, type }, index) => ({
      heading: name,
      group: null,
      kind: type === 'number' || type === 'integer' ? 'number' : 'word',
      names: index === 0,
    })),
    rows: {
      *[Symbol.iterator]() {
        for (const row of rows) {
          yield { block: null, cells: row.map((value) => (value === null ? '' : String(value))) };
        }
      },
    },
  };
}

/** Rows that are created one at a time, on each iteration. */
export function rowsOf<T>(items: Iterable<T>, row: (item: T) => Value[]): Iterable<Value[]> {
  return {
    *[Symbol.iterator]() {
      for (const item of items) yield row(item);
    },
  };
}
