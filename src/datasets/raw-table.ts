/** A column of numbers, or one of text, which is stored as places in the list of its levels. */
export type RawColumn = NumberColumn | TextColumn;

export interface NumberColumn {
  readonly name: string;
  /** [rows], NaN where the value is missing; never infinite. */
  readonly numbers: Float64Array;
}

export interface TextColumn {
  readonly name: string;
  /** The distinct texts, in the order of their code points. */
  readonly levels: readonly string[];
  /** [rows] places in `levels`, -1 where the value is missing. */
  readonly codes: Int32Array;
}

/** What every table format is read to: named columns of equal length, in the order of the file. */
export interface RawTable {
  readonly rows: number;
  /** At least one; their names are not empty and all different. */
  readonly columns: readonly RawColumn[];
  /** SHA-256 (hex) of the file's unpacked bytes. */
  readonly sha256: string;
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
