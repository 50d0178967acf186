/** The functions of d3-dsv that are used here; the package brings no types. */
declare module 'd3-dsv' {
  /** The records of a text in CSV (RFC 4180), the header among them, each as its fields. */
  export function csvParseRows(text: string): string[][];
  /** The records of a text in CSV (RFC 4180), the header among them, each as its fields, made by `row`. */
  export function csvParseRows<T>(text: string, row: (cells: string[], index: number) => T): T[];
  /** Records as a text in CSV, without a line end after the last. */
  export function csvFormatRows(rows: readonly (readonly string[])[]): string;
}
