import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { CsvError } from 'csv-parse';
import { openRegular } from './regular-file.ts';

/** Why a file is not CSV: "record 3 has a quoted cell that is never closed". */
export class NotCsv extends Error {}

/** The most bytes of a record, and of a line. Runs write far shorter ones, and one record is in memory as a whole. */
const longestRecord = 2 ** 20;

/**
 * The records of a CSV file one by one, the header first, each as its cells. A file of any size takes little memory.
 *
 * A byte-order mark is skipped, and lines may end with LF, CR LF or CR. How many cells a record has is not checked.
 * Errors: as openRegular; NotCsv for a misplaced quote, a record that is too long and, with `wholeLines`, a last record
 * without a line end: the file may have been cut off.
 * Source: RFC 4180.
 */
export async function* readCsv(path: string, { wholeLines = false } = {}): AsyncGenerator<string[]> {
  const { parse } = await import('csv-parse');
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: longestRecord,
  });
  const file = await openRegular(path);
  // Its errors are the parser's too, which the loop throws.
  const closed = pipeline(bytesOf(file, wholeLines), parser).catch(() => {});
  try {
    yield* parser;
  } catch (error) {
    throw isCsvError(error) ? new NotCsv(`record ${error.records + 1} has ${faultOf(error)}`) : error;
  } finally {
    await closed;
  }
}

async function* bytesOf(file: FileHandle, wholeLines: boolean): AsyncGenerator<Buffer> {
  try {
    let [read, lineStart] = [0, 0];
    for await (const bytes of file.createReadStream({ autoClose: false })) {
      const lineEnd = Math.max(bytes.lastIndexOf('\n'), bytes.lastIndexOf('\r'));
      if (lineEnd !== -1) lineStart = read + lineEnd + 1;
      read += bytes.length;
      if (read - lineStart > longestRecord) {
        throw new NotCsv(`the line from byte ${lineStart} on has more than ${longestRecord} bytes`);
      }
      yield bytes;
    }
    if (wholeLines && lineStart !== read) throw new NotCsv('the last record is cut off');
  } finally {
    await file.close();
  }
}

function isCsvError(error: unknown): error is CsvError & { readonly records: number } {
  return error instanceof Error && 'records' in error && typeof error.records === 'number';
}

function faultOf({ code }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quoted cell that is never closed';
  if (code === 'CSV_MAX_RECORD_SIZE') return `more than ${longestRecord} characters`;
  return 'a quote in the wrong place';
}
