import type { FileMetaData } from 'hyparquet';

/** A file whose pages are not what its rows need. */
export class BadParquet extends Error {}

type ColumnChunk = FileMetaData['row_groups'][number]['columns'][number];

/** The largest page, unpacked; programs write pages of about 1 MiB. */
const largestPage = 2 ** 28;
/** Rows that are decoded at a time, as one list of JavaScript. */
const mostGroupRows = 2 ** 25;

/**
 * Checks the headers of all pages of one column in one group of rows before any is decoded, so that the memory for them is
 * bounded by the size of the file and the number of rows. Errors: BadParquet.
 */
export async function checkPages(file: ArrayBuffer, chunk: ColumnChunk, rows: number): Promise<void> {
  const { parquetHeader } = await import('hyparquet/src/column.js');
  if (rows > mostGroupRows) {
    throw new BadParquet(`it has ${rows} rows in one group, more than ${mostGroupRows}`);
  }
  const data = chunk.meta_data;
  if (data === undefined) throw new BadParquet('it does not say where a column is');
  const { dictionary_page_offset, data_page_offset, total_compressed_size } = data;
  const from = Number(dictionary_page_offset || data_page_offset);
  const to = from + Number(total_compressed_size);
  if (!(from >= 4 && to > from && to <= file.byteLength)) {
    throw new BadParquet('it is cut off: a column is beyond its end');
  }
  const reader = { view: new DataView(file, from, to - from), offset: 0 };
  let values = 0;
  while (values < rows && reader.offset < reader.view.byteLength - 1) {
    const header = parquetHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
    if (!(packed >= 0 && reader.offset + packed <= reader.view.byteLength)) {
      throw new BadParquet('it is cut off: a page is beyond the end of its column');
    }
    if (!(unpacked >= 0 && unpacked <= largestPage)) {
      throw new BadParquet(`a page of it has ${unpacked} bytes, more than ${largestPage}`);
    }
    reader.offset += packed;
    const page = header.data_page_header ?? header.data_page_header_v2;
    const count = page?.num_values ?? header.dictionary_page_header?.num_values ?? 0;
    const isDictionary = header.type === 'DICTIONARY_PAGE';
    // Each value of a dictionary has at least one byte.
    if (!(count >= 0 && count <= (isDictionary ? unpacked : rows - values))) {
      throw new BadParquet(`a page of it has ${count} values, which it cannot have`);
    }
    // Texts that are stored as their differences may grow with the square of their bytes.
    if (page?.encoding === 'DELTA_BYTE_ARRAY' && count * unpacked > 2 ** 34) {
      throw new BadParquet('a page of it has too much text');
    }
    if (!isDictionary) values += count;
  }
  if (values !== rows) throw new BadParquet(`a column of it has ${values} values, not ${rows}`);
}

/**
 * Checks that whole numbers are within the least and the greatest of their column, where the file says them: DuckDB writes
 * unsigned integers in a form that the library reads as other numbers. Errors: BadParquet.
 */
export function checkRange(values: ArrayLike<unknown>, { meta_data: data }: ColumnChunk): void {
  const { min_value: low, max_value: high } = data?.statistics ?? {};
  const isWhole = data?.type === 'INT32' || data?.type === 'INT64';
  if (!isWhole || !isNumber(low) || !isNumber(high)) return;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (isNumber(value) && !(value >= low && value <= high)) {
      throw new BadParquet(`row ${i + 1} of a group reads as ${value}, and the file says ${low} to ${high}`);
    }
  }
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
