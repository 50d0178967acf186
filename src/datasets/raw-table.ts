/** A column of numbers, or one of text, which is stored as places in the list of its levels. */
export type RawColumn = NumberColumn | TextColumn;

export interface NumberColumn {
  readonly name: string;
  /** [rows], NaN where the value is missing; never infinite. */
  readonly numbers: Float64Array;
  /** The first cell whose decimal mark may separate thousands: each cell is like 3.386 or has at most three digits. */
  readonly grouped?: string;
}

export interface TextColumn {
  readonly name: string;
  /** The distinct texts, in the order of their code points. */
  readonly levels: readonly string[];
  /** [rows] places in `levels`, -1 where the value is missing. */
  readonly codes: Int32Array;
  /** What of it looks like numbers; absent if nothing does. */
  readonly mixed?: MixedCells;
}

/** Numbers among the cells of a column of text. */
export interface MixedCells {
  /** Cells that are numbers. */
  readonly numbers: number;
  /** Cells that would be numbers if the decimal mark were a comma, such as 3,14. */
  readonly decimalCommas: number;
  /** The first cell that is no number. */
  readonly first: { readonly row: number; readonly text: string };
}

/** What every table format is read to: named columns of equal length, in the order of the file. */
export interface RawTable {
  readonly rows: number;
  /** At least one; their names are not empty and all different. */
  readonly columns: readonly RawColumn[];
  /** SHA-256 (hex) of the file's unpacked bytes. */
  readonly sha256: string;
  /** [rows] the line of the file in which each row begins, from 1 on; absent if the file has no lines. */
  readonly lines?: Int32Array;
  /** Of separated text, the character between cells. */
  readonly separator?: string;
  /** What was found out about the file, each one sentence without a full stop: "the separator is a semicolon". */
  readonly notes: readonly string[];
  /** The column that the file itself says is the target: the array y next to an array X. */
  readonly target?: string;
  /** The number of leading rows that the file itself says are for training; the others are for testing. */
  readonly trainRows?: number;
}

export function isText(column: RawColumn): column is TextColumn {
  return 'levels' in column;
}

/** Where a row is in the file: "line 17" or, counted from 1, "row 16". */
export function placeOf({ lines }: Pick<RawTable, 'lines'>, row: number): string {
  return lines === undefined ? `row ${row + 1}` : `line ${lines[row]}`;
}

/** Whether a value is missing. */
export function isMissingAt(column: RawColumn, row: number): boolean {
  return isText(column) ? column.codes[row] === -1 : Number.isNaN(column.numbers[row]);
}
