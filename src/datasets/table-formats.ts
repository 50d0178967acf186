import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { isNpy } from '../files/npy-decode.ts';
import { unpackedStart } from '../files/unpacked.ts';
import { recogniseKind } from './foreign-file.ts';
import type { RawTable } from './raw-table.ts';
import { type TableOptions, tableFormatsInWords, unreadable } from './table-file.ts';

/** A format that tables are read from. */
export interface TableFormat {
  /** "CSV" */
  readonly title: string;
  /** Whether a file with these first bytes has it, of a file that is compressed by gzip those within. */
  readonly matches: (start: Uint8Array) => boolean;
  /** Reads a file. `start` has its first bytes. Errors: UserError. */
  readonly read: (path: string, start: Uint8Array, options: TableOptions) => Promise<RawTable>;
}

/** Every format. The first one that matches is used; the last one matches any text. */
export const tableFormats = {
  npy: {
    title: '.npy',
    matches: isNpy,
    read: async (path) => (await import('./numpy-table.ts')).readNpyTable(path),
  },
  npz: {
    title: '.npz',
    matches: (start) => start[0] === 0x50 && start[1] === 0x4b && start[2] < 10,
    read: async (path) => (await import('./numpy-table.ts')).readNpzTable(path),
  },
  parquet: {
    title: 'Parquet',
    matches: (start) => Buffer.from(start.subarray(0, 4)).toString('latin1') === 'PAR1',
    read: async (path) => (await import('./parquet-table.ts')).readParquetTable(path),
  },
  csv: {
    title: 'CSV',
    matches: () => true,
    read: async (...file) => (await import('./csv-table.ts')).readCsvTable(...file),
  },
} satisfies Record<string, TableFormat>;

/** The bytes that a format is recognised by. */
const startBytes = 1024;
const loaded = new Map<string, Promise<RawTable>>();

/**
 * Reads a table of any format, which its first bytes tell. It is cached for the life of the process. Errors: UserError that
 * names the file and, where there are lines, the line.
 */
export function readTable(path: string, options: TableOptions): Promise<RawTable> {
  const key = `${options.decimalComma} ${resolve(path)}`;
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const table = readAny(path, options);
  loaded.set(key, table);
  table.catch(() => loaded.delete(key)); // the file may be corrected before the next attempt
  return table;
}

async function readAny(path: string, options: TableOptions): Promise<RawTable> {
  const start = await tableStart(path);
  const format = formatOf(start);
  if (format === tableFormats.csv) checkIsTable(path, start);
  else if (options.decimalComma) throw noText(path, format.title);
  return format.read(path, start, options);
}

/** The format of a file with these first bytes. */
export function formatOf(start: Uint8Array): TableFormat {
  return Object.values<TableFormat>(tableFormats).find(({ matches }) => matches(start))!;
}

/** The first bytes of a file. Errors: UserError for one that cannot be read. */
export async function tableStart(path: string): Promise<Buffer> {
  try {
    return await unpackedStart(path, startBytes);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function noText(path: string, format: string): UserError {
  return new UserError({
    what: `{decimalComma} has no effect on ${path}: ${format} holds numbers, not text`,
    expected: 'a table that is text, such as CSV',
    remedy: 'leave {decimalComma} out',
  });
}

/** Refuses what is known to be no table. */
function checkIsTable(path: string, start: Uint8Array): void {
  const foreign = recogniseKind(start);
  if (foreign === null) return;
  const isZip = start[0] === 0x50 && start[1] === 0x4b;
  throw new UserError({
    what: `${path} ${foreign.is}`,
    expected: tableFormatsInWords,
    remedy: isZip
      ? 'unpack it and give one file of it; save the sheet of an Excel file as CSV'
      : foreign.remedy.replace('the folder with the unpacked files', 'the unpacked file'),
  });
}
