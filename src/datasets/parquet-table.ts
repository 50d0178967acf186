import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type {
  AsyncBuffer,
  Compressors,
  FileMetaData,
  ParquetParsers,
  SchemaElement,
  SchemaTree,
} from 'hyparquet';
import { quote, UserError } from '../errors.ts';
import { sortLevels } from './column-builder.ts';
import { BadParquet, checkPages, checkRange } from './parquet-pages.ts';
import type { RawColumn, RawTable } from './raw-table.ts';
import { checkColumnCount, checkTableSize } from './table-file.ts';
import { uniqueNames } from './unique-names.ts';
import { wholeFile } from './whole-file.ts';

/**
 * Reads a Parquet file whose columns are numbers, booleans (0 and 1), texts, or dates and times, which become days since
 * 1970-01-01. Null, NaN and empty texts are missing. An index that pandas numbered itself is left out.
 *
 * One column of one group of rows is decoded at a time. Errors: UserError that names the file and the column.
 */
export async function readParquetTable(path: string): Promise<RawTable> {
  const { bytes, sha256 } = await wholeFile(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const { metadata, leaves } = await inWords(path, () => readMetadata(file));
  const rows = Number(metadata.num_rows);
  const kept = leaves.filter(({ element }) => !isPandasIndex(element.name));
  const readers = kept.map(({ element, children }) => kindOf(path, element, children.length));
  if (!(rows > 0) || kept.length === 0) {
    throw new UserError({
      what: `${path} has no rows or no columns`,
      expected: 'at least one row and one column',
      received: `${rows} rows, ${kept.length} columns`,
      remedy: 'write the table again, with its rows',
    });
  }
  checkColumnCount(path, kept.length);
  checkTableSize(path, rows, kept.length);
  const columns: RawColumn[] = [];
  for (const [place, { element }] of kept.entries()) {
    const kind = readers[place];
    const builder = kind === 'text' ? textBuilder(rows) : numberBuilder(path, element.name, kind, rows);
    await inWords(path, () => readColumn(file, metadata, element.name, rows, builder.add));
    columns.push(builder.column(element.name));
  }
  const unique = uniqueNames(columns.map(({ name }) => name));
  const dates = kept
    .filter((_, place) => readers[place] === 'days')
    .map(({ element }) => quote(element.name));
  return {
    rows,
    columns: columns.map((column, place) => ({ ...column, name: unique.names[place] })),
    sha256,
    notes: [
      ...(dates.length === 0 ? [] : [`${dates.join(', ')}: dates are read as days since 1970-01-01`]),
      ...(kept.length < leaves.length ? ['the index that pandas numbered is left out'] : []),
      ...unique.notes,
    ],
  };
}

/** What the values of a column are read as. */
type Kind = 'number' | 'days' | 'text';

function kindOf(path: string, element: SchemaElement, children: number): Kind {
  const { type, converted_type: converted, logical_type: logical, repetition_type: repetition } = element;
  const refuse = (what: string): never => {
    throw new UserError({
      what: `the column ${quote(element.name)} in ${path} ${what}`,
      expected: 'columns of numbers, booleans, texts or dates',
      remedy: 'write the table without this column, or as columns of single values',
    });
  };
  if (children > 0 || repetition === 'REPEATED') return refuse('is nested: it holds lists or records');
  const name = logical?.type;
  if (
    name === 'DATE' ||
    name === 'TIMESTAMP' ||
    converted === 'DATE' ||
    converted?.startsWith('TIMESTAMP') === true
  ) {
    return 'days';
  }
  if (type === 'INT96') return 'days';
  if (converted === 'INTERVAL' || converted === 'BSON') return refuse(`holds values of type ${converted}`);
  if (name === 'GEOMETRY' || name === 'GEOGRAPHY' || name === 'VARIANT')
    return refuse(`holds values of type ${name}`);
  if (converted === 'DECIMAL' || name === 'DECIMAL' || name === 'FLOAT16') return 'number';
  if (type === 'BYTE_ARRAY' || name === 'UUID') return 'text';
  if (type === 'FIXED_LEN_BYTE_ARRAY' || type === undefined) return refuse('holds bytes without a type');
  return 'number';
}

function isPandasIndex(name: string): boolean {
  return /^__index_level_\d+__$/.test(name);
}

async function readMetadata(
  file: ArrayBuffer,
): Promise<{ metadata: FileMetaData; leaves: readonly SchemaTree[] }> {
  const { parquetMetadata, parquetSchema } = await import('hyparquet');
  const metadata = parquetMetadata(file, { geoparquet: false, parsers });
  const leaves = parquetSchema(metadata).children;
  const names = leaves.map(({ element }) => element.name);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) throw new BadParquet(`it has two columns with the name ${quote(twice)}`);
  return { metadata, leaves };
}

type Add = (value: unknown) => void;

async function readColumn(
  file: ArrayBuffer,
  metadata: FileMetaData,
  name: string,
  rows: number,
  add: Add,
): Promise<void> {
  const { parquetReadColumn } = await import('hyparquet/src/read.js');
  const codecs = await compressors();
  const buffer: AsyncBuffer = {
    byteLength: file.byteLength,
    slice: (start, end) => file.slice(start, end),
  };
  let read = 0;
  for (const group of metadata.row_groups) {
    const groupRows = Number(group.num_rows);
    const chunk = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name);
    if (groupRows === 0) continue;
    if (chunk === undefined) throw new BadParquet(`the column ${quote(name)} is missing in a group of rows`);
    if (!(groupRows > 0 && read + groupRows <= rows)) throw new BadParquet(`it has more than ${rows} rows`);
    await checkPages(file, chunk, groupRows);
    const one = { ...metadata, row_groups: [group], num_rows: group.num_rows };
    const options = { file: buffer, metadata: one, columns: [name], compressors: codecs, parsers };
    const values = await parquetReadColumn(options);
    if (values.length !== groupRows) {
      throw new BadParquet(`the column ${quote(name)} has ${values.length} values, not ${groupRows}`);
    }
    checkRange(values, chunk);
    for (let i = 0; i < groupRows; i++) add(values[i]);
    read += groupRows;
  }
  if (read !== rows) throw new BadParquet(`the column ${quote(name)} has ${read} values, not ${rows}`);
}

/** Those of Node, where it has them, unpack no more than they should. */
async function compressors(): Promise<Compressors> {
  const { compressors: others, decompressZstd } = await import('hyparquet-compressors');
  return {
    ...others,
    GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
    BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
    ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
  };
}

const millisecondsOfDay = 86_400_000;
const text = new TextDecoder();

/** Dates are days since 1970-01-01, and JSON stays text. */
const parsers: Partial<ParquetParsers> = {
  dateFromDays: (days) => days,
  timestampFromMilliseconds: (time) => Number(time) / millisecondsOfDay,
  timestampFromMicroseconds: (time) => Number(time) / (millisecondsOfDay * 1e3),
  timestampFromNanoseconds: (time) => Number(time) / (millisecondsOfDay * 1e6),
  jsonFromBytes: (bytes) => text.decode(bytes),
};

interface Builder {
  readonly add: Add;
  readonly column: (name: string) => RawColumn;
}

function numberBuilder(path: string, name: string, kind: Kind, rows: number): Builder {
  const numbers = new Float64Array(rows);
  let row = 0;
  const refuse = (what: string, value: unknown, remedy: string): never => {
    throw new UserError({
      what: `row ${row + 1} of the column ${quote(name)} in ${path} ${what}`,
      expected: 'finite numbers, or null',
      received: String(value),
      remedy,
    });
  };
  return {
    add(value) {
      const number = value === null || value === undefined ? Number.NaN : Number(value);
      if (number === Number.POSITIVE_INFINITY || number === Number.NEGATIVE_INFINITY) {
        refuse('is infinite', value, 'correct the value, or write null in its place');
      }
      if (typeof value === 'bigint' && kind === 'number' && !Number.isSafeInteger(number)) {
        refuse(
          'is beyond 2^53, which no double holds',
          value,
          'write the column as text if it names something',
        );
      }
      numbers[row++] = number;
    },
    column: (name) => ({ name, numbers }),
  };
}

function textBuilder(rows: number): Builder {
  const codes = new Int32Array(rows);
  const places = new Map<string, number>();
  let row = 0;
  return {
    add(value) {
      const level = value === null || value === undefined ? '' : String(value);
      if (level !== '' && !places.has(level)) places.set(level, places.size);
      codes[row++] = level === '' ? -1 : places.get(level)!;
    },
    column: (name) => ({ name, ...sortLevels([...places.keys()], codes) }),
  };
}

/** Says of a file that cannot be decoded what is wrong; the library's messages begin with "parquet". */
async function inWords<Value>(path: string, action: () => Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason =
      error instanceof BadParquet
        ? error.message
        : `it cannot be decoded (${(error as Error).message.replace(/^parquet /, '')})`;
    throw new UserError({
      what: `${path} is not a Parquet file that can be read: ${reason}`,
      expected: 'a whole Parquet file with columns of numbers, booleans, texts or dates',
      remedy: 'write or copy the file again, or export the table as CSV',
    });
  }
}
