import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { CsvError } from 'csv-parse';
import { asUtf8, isUtf16 } from './encoding.ts';
import { plainLines, type Rest } from './plain-lines.ts';
import { openRegular } from './regular-file.ts';
import { DamagedGzip, unpacked } from './unpacked.ts';

/** The reason why a file is not CSV: "record 3 has a quoted cell that is never closed". */
export class NotCsv extends Error {
  readonly remedy: string | undefined;
  constructor(message: string, remedy?: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** The largest record, and the longest line, in bytes. Runs write far shorter ones. A record is in memory as a whole. */
const longestRecord = 2 ** 20;

/** What separates the cells of a record. */
export type Delimiter = ',' | ';' | '\t';

export interface CsvOptions {
  /** Whether the last line needs a line end: without one, the file may have been truncated. */
  readonly wholeLines?: boolean;
  readonly delimiter?: Delimiter;
  /** Is given all bytes in order, unpacked, before the records in them are yielded. */
  readonly seen?: (bytes: Buffer) => void;
}

/**
 * Yields the records of a CSV file as lists of cells, the header first. A file of any size takes little memory.
 *
 * The file may be compressed by gzip. A byte-order mark is skipped, and lines may end with LF, CR LF or CR. The number of
 * cells in a record is not checked.
 * Errors: those of openRegular; NotCsv for a misplaced quote, for a record that is too long and, with `wholeLines`, for a
 * last record without a line end: the file may have been truncated.
 * Source: RFC 4180.
 */
export async function* readCsv(path: string, options: CsvOptions = {}): AsyncGenerator<string[]> {
  for await (const records of readCsvParts(path, options)) yield* records;
}

/** The same, many records at once: of millions of records, waiting for each would take longer than reading them. */
export async function* readCsvParts(
  path: string,
  { wholeLines = false, delimiter = ',', seen = () => {} }: CsvOptions = {},
): AsyncGenerator<string[][]> {
  const bytes = bytesOf(await openRegular(path), wholeLines, seen);
  try {
    const rest = yield* plainLines(bytes, delimiter);
    if (rest.begun.length > 0) yield* parsed(bytes, rest, delimiter);
  } finally {
    await bytes.return(undefined);
  }
}

/** The records of what follows plain lines. */
async function* parsed(
  bytes: AsyncGenerator<Buffer>,
  { begun, lines }: Rest,
  delimiter: Delimiter,
): AsyncGenerator<string[][]> {
  const { parse } = await import('csv-parse');
  const parser = parse({
    bom: lines === 0,
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: longestRecord,
  });
  // Errors of the pipeline are also errors of the parser, which the loop throws.
  const closed = pipeline(continued(begun, bytes), parser).catch(() => {});
  try {
    for await (const record of parser) yield [record];
  } catch (error) {
    if (!isCsvError(error)) throw error;
    throw new NotCsv(`record ${lines + error.records + 1} has ${describeFault(error)}`);
  } finally {
    await closed;
  }
}

async function* continued(begun: Buffer, bytes: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield begun;
  yield* bytes;
}

/** What separates the cells of the first line: the one of comma, semicolon and tab that it has most often. */
export async function delimiterOf(path: string): Promise<Delimiter> {
  let line = '';
  for await (const bytes of bytesOf(await openRegular(path), false)) {
    line += bytes.toString('latin1');
    if (/[\r\n]/.test(line)) break;
  }
  const [first] = line.replaceAll(/"[^"]*"/g, '').split(/[\r\n]/, 1);
  const count = (delimiter: Delimiter) => first.split(delimiter).length;
  return ([',', ';', '\t'] as const).reduce((best, next) => (count(next) > count(best) ? next : best));
}

async function* bytesOf(
  file: FileHandle,
  wholeLines: boolean,
  seen: (bytes: Buffer) => void = () => {},
): AsyncGenerator<Buffer> {
  try {
    let [read, lineStart] = [0, 0];
    for await (const bytes of unpacked(file)) {
      if (read === 0 && isUtf16(bytes)) throw new NotCsv('it is in the encoding UTF-16', asUtf8);
      const lineEnd = Math.max(bytes.lastIndexOf('\n'), bytes.lastIndexOf('\r'));
      if (lineEnd !== -1) lineStart = read + lineEnd + 1;
      read += bytes.length;
      if (read - lineStart > longestRecord) {
        throw new NotCsv(`the line at byte ${lineStart} has more than ${longestRecord} bytes`);
      }
      seen(bytes);
      yield bytes;
    }
    if (wholeLines && lineStart !== read) throw new NotCsv('the last record is cut off');
  } catch (error) {
    throw error instanceof DamagedGzip ? new NotCsv(error.message) : error;
  } finally {
    await file.close();
  }
}

function isCsvError(error: unknown): error is CsvError & { readonly records: number } {
  return error instanceof Error && 'records' in error && typeof error.records === 'number';
}

function describeFault({ code }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quoted cell that is never closed';
  if (code === 'CSV_MAX_RECORD_SIZE') return `more than ${longestRecord} characters`;
  return 'a quote in the wrong place';
}
