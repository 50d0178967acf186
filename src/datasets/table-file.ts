import { counted, UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { DamagedGzip } from '../files/unpacked.ts';

/** How the cells of a table are read. */
export interface TableOptions {
  /** Whether 3,14 is a number, and 3.14 is none. */
  readonly decimalComma: boolean;
}

export const tableFormatsInWords = 'a table: CSV, TSV, .npy, .npz or Parquet';

export function unreadable(path: string, error: unknown): UserError {
  return new UserError({
    what: `${path} cannot be read: ${reasonOf(error)}`,
    expected: tableFormatsInWords,
    remedy:
      error instanceof DamagedGzip ? 'download or copy the file again' : 'check the path and its permissions',
  });
}

/** A table may need twice this: once as it is in the file, and once as the inputs of models. */
const mostGibibytes = 2;
/** More columns than this are a table whose rows and columns are exchanged. */
export const mostColumns = 100_000;

/** The memory of a table of numbers, in bytes. */
export function tableBytes(rows: number, columns: number): number {
  return 8 * rows * columns;
}

/** Refuses a table that does not fit in memory; `extraBytes` are those of its texts. Errors: UserError. */
export function checkTableSize(path: string, rows: number, columns: number, extraBytes = 0): void {
  const gibibytes = (tableBytes(rows, columns) + extraBytes) / 2 ** 30;
  if (gibibytes <= mostGibibytes) return;
  throw new UserError({
    what: `${path} would need ${extraBytes === 0 ? 'about' : 'more than'} ${gibibytes.toFixed(1)} GiB of memory`,
    expected: `a table of at most ${mostGibibytes} GiB in memory: 8 bytes a cell, and its distinct texts`,
    received: `${extraBytes === 0 ? 'about ' : ''}${rows} rows of ${counted(columns, 'column')}`,
    remedy: 'take a part of its rows or columns',
  });
}

/** Refuses more columns than there can be. Errors: UserError. */
export function checkColumnCount(path: string, columns: number): void {
  if (columns <= mostColumns) return;
  throw new UserError({
    what: `${path} has too many columns`,
    expected: `at most ${mostColumns}`,
    received: columns,
    remedy: 'take a part of the columns; if its rows and columns are exchanged, transpose it',
  });
}
