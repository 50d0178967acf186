import type { Table, Value } from './table.ts';

/**
 * The table as CSV (RFC 4180 with '\n' between records): a header, then one record a row.
 * A number is the shortest text that reads back to the same float64; null is the empty cell. Text that a
 * spreadsheet would take for a formula (= + - @ tab CR) begins with an apostrophe instead; numbers never do.
 * Throws on NaN, an infinity, or a row of the wrong length: both are faults of the program.
 * Source: RFC 4180; OWASP, "CSV Injection".
 */
export async function toCsv(table: Table): Promise<string> {
  for (const [index, row] of table.rows.entries()) checkRow(table, row, index);
  const { stringify } = await import('csv-stringify/sync');
  return stringify(table.rows, {
    header: true,
    columns: table.columns.map(({ name }) => ({ key: name, header: name })),
    record_delimiter: '\n',
    // Else a lone CR would stand unquoted, and readers take it for the end of a record.
    quote_record_delimiter: true,
    escape_formulas: true,
    cast: { number: shortest, boolean: String },
  });
}

/** String(x) drops the sign of zero, the one float64 that it does not give back. */
function shortest(x: number): string {
  return Object.is(x, -0) ? '-0' : String(x);
}

function checkRow(table: Table, row: readonly Value[], index: number): void {
  if (row.length !== table.columns.length) {
    throw new Error(
      `${table.name}, row ${index}: ${row.length} cells, but there are ${table.columns.length} columns`,
    );
  }
  for (const [column, value] of row.entries()) {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new Error(
        `${table.name}, row ${index}, ${table.columns[column]?.name}: ${value} cannot be written`,
      );
    }
  }
}
