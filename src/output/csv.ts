import { checkLength, dataValue, type Table, type Value } from './table.ts';

/**
 * The table as CSV (RFC 4180 with '\n' between records): a header, then one record per row.
 * A number is the shortest text that reads back to the same float64; null is an empty cell. Text that a spreadsheet
 * would read as a formula (= + - @ tab CR) gets an apostrophe in front; numbers never do.
 * Throws on NaN, an infinity, or a row of the wrong length: these are bugs in the program.
 * Source: RFC 4180; OWASP, "CSV Injection".
 */
export async function toCsv(table: Table): Promise<string> {
  let text = '';
  for await (const piece of csvPieces(table)) text += piece;
  return text;
}

/** Equal to no cell, not even to one that is undefined by mistake. */
const nothingAbove = Symbol('nothing above');

/** A piece has about this many characters. */
const pieceLength = 2 ** 15;

/** The same in pieces, so that a large table is never in memory as a whole. */
export async function* csvPieces(table: Table): AsyncGenerator<string> {
  const recordText = await csvRecord();
  const cellText = await csvCell();
  let text = recordText(table.columns.map(({ name }) => name));
  // Most cells of a table of many trials equal the ones above them.
  const above: (Value | symbol)[] = table.columns.map(() => nothingAbove);
  const texts = table.columns.map(() => '');
  let index = 0;
  for (const row of table.rows) {
    checkLength(table, row, index);
    for (let place = 0; place < row.length; place++) {
      if (Object.is(row[place], above[place])) continue;
      texts[place] = cellText(dataValue(table, row[place], place, index));
      above[place] = row[place];
    }
    text += `${texts.join(',')}\n`;
    index++;
    if (text.length < pieceLength) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** Returns the function that writes a record; a header is one too. */
export async function csvRecord(): Promise<(row: readonly Value[]) => string> {
  const cellText = await csvCell();
  return (row) => `${row.map(cellText).join(',')}\n`;
}

/**
 * Returns the function that writes a cell.
 *
 * A table of many trials is mostly numbers and words that need no quotes, which are written as they are. All other text goes
 * through csv-stringify.
 */
async function csvCell(): Promise<(value: Value) => string> {
  const { stringify } = await import('csv-stringify/sync');
  const quoted = (value: string): string =>
    stringify([[value]], {
      eof: false,
      record_delimiter: '\n',
      // Otherwise a lone CR would not be quoted, and readers would take it for the end of a record.
      quote_record_delimiter: true,
      escape_formulas: true,
    });
  return (value) => {
    if (value === null) return '';
    if (typeof value === 'number') return shortestText(value);
    if (typeof value === 'boolean') return String(value);
    return plain.test(value) ? value : quoted(value);
  };
}

/** Text that means the same in every reader of CSV. */
const plain = /^[a-z0-9][a-z0-9_.: -]*$/i;

/** The shortest text of a number. String(x) alone drops the sign of -0; of fractions it keeps thousands in memory, which JSON does not. */
function shortestText(x: number): string {
  if (!Number.isInteger(x)) return JSON.stringify(x);
  return Object.is(x, -0) ? '-0' : String(x);
}
