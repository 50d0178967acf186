import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import { counted, UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { readRegularBytes } from '../files/regular-file.ts';
import { recogniseForeign } from './foreign-file.ts';

/** The contents of an IDX file. */
export interface Idx {
  /** Sizes, slowest-varying dimension first: [images, height, width] or [labels]. */
  readonly dimensions: number[];
  /** All values, row-major: unsigned bytes as a view into `bytes`, values of any other type as numbers. */
  readonly data: Uint8Array | Float64Array;
  /** The whole decoded file, header included. */
  readonly bytes: Uint8Array;
}

interface ValueType {
  /** Bytes of one value. */
  readonly size: number;
  /** null for unsigned bytes, which are used as they are in the file. */
  readonly read: ((view: DataView, at: number) => number) | null;
}

const unsignedByte = 0x08;
/** The types of values, by their code. More than one byte is big-endian. */
const types: ReadonlyMap<number, ValueType> = new Map<number, ValueType>([
  [unsignedByte, { size: 1, read: null }],
  [0x09, { size: 1, read: (view, at) => view.getInt8(at) }],
  [0x0b, { size: 2, read: (view, at) => view.getInt16(at) }],
  [0x0c, { size: 4, read: (view, at) => view.getInt32(at) }],
  [0x0d, { size: 4, read: (view, at) => view.getFloat32(at) }],
  [0x0e, { size: 8, read: (view, at) => view.getFloat64(at) }],
]);

/** The largest size of a file, unpacked, and of its values in memory, in bytes. */
const maxBytes = 2 ** 30;
/** The number of bytes of a gzip file that are unpacked to read the header. */
const headerBytes = 4096;
const unpack = promisify(gunzip);

/**
 * Parses IDX: two zero bytes, the type, the number of dimensions, each size as a big-endian uint32, then the values.
 *
 * Everything is checked before any value is used. `file` is the name for messages. Errors: not IDX, an unknown
 * type, another number of dimensions than expected, too few or too many bytes. Source: the format is described
 * with the MNIST database of Y. LeCun, C. Cortes and C. J. C. Burges.
 */
export function readIdx(bytes: Uint8Array, file: string, expectedDimensions: number): Idx {
  const { type, dimensions, start, length } = readHeader(bytes, file, expectedDimensions);
  if (bytes.length !== length) {
    const difference = counted(Math.abs(bytes.length - length), 'byte');
    const stated = `${length} bytes, as stated in its header (${dimensions.join(' x ')}), not ${bytes.length}`;
    if (bytes.length < length) throw damaged(file, `is cut off: ${difference} missing`, stated);
    if (hasConvertedLineEnds(bytes, bytes.length - length)) {
      throw damaged(
        file,
        'was changed as if it were text: each byte 0a became 0d 0a',
        stated,
        'get it again as a binary file; in Git, write "*-ubyte binary" into .gitattributes',
      );
    }
    throw damaged(file, `has ${difference} too many`, stated);
  }
  return { dimensions, data: valuesOf(bytes.subarray(start), type), bytes };
}

/** Whether a file with these first bytes is one of images or labels. */
export function isIdx(start: Uint8Array): boolean {
  return start[0] === 0 && start[1] === 0 && types.has(start[2]) && (start[3] === 1 || start[3] === 3);
}

/** The IDX file of unsigned bytes with these sizes and values, as if it had been read. */
export function idxOf(dimensions: number[], values: Uint8Array): Idx {
  const start = 4 + 4 * dimensions.length;
  const bytes = new Uint8Array(start + values.length);
  bytes.set([0, 0, unsignedByte, dimensions.length]);
  const view = new DataView(bytes.buffer);
  for (const [i, size] of dimensions.entries()) view.setUint32(4 + 4 * i, size);
  bytes.set(values, start);
  return { dimensions, data: bytes.subarray(start), bytes };
}

function valuesOf(bytes: Uint8Array, { size, read }: ValueType): Idx['data'] {
  if (read === null) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Float64Array(bytes.length / size);
  for (let i = 0; i < values.length; i++) values[i] = read(view, i * size);
  return values;
}

/**
 * Reads an IDX file, plain or gzip, as its first bytes show. Errors: those of readIdx, and a file that cannot be read.
 */
export async function readIdxFile(path: string, expectedDimensions: number): Promise<Idx> {
  const bytes = await readBytes(path);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return readIdx(isGzip ? await inflate(bytes, path, expectedDimensions) : bytes, path, expectedDimensions);
}

interface Header {
  type: ValueType;
  dimensions: number[];
  /** The offset of the first value. */
  start: number;
  /** The size of the whole file in bytes. */
  length: number;
}

function readHeader(bytes: Uint8Array, file: string, expectedDimensions: number): Header {
  const kind = kindOf(expectedDimensions);
  const magic = [0, 0, unsignedByte, expectedDimensions];
  const expected = `an IDX file of ${kind}, which starts with the bytes ${hex(magic)}`;
  const isIdx = bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0;
  if (!isIdx) {
    const foreign = recogniseForeign(bytes);
    if (foreign !== null) throw damaged(file, foreign.is, expected, foreign.remedy);
    if (bytes.length < 4) {
      throw damaged(file, `is too short for an IDX file: ${counted(bytes.length, 'byte')}`, expected);
    }
    throw damaged(file, `is not an IDX file: it starts with ${hex(bytes.subarray(0, 4))}`, expected);
  }
  const type = types.get(bytes[2]);
  if (type === undefined) {
    throw damaged(
      file,
      `holds values of the unknown type ${hex([bytes[2]])}`,
      expected,
      'write its values as unsigned bytes, from 0 to 255',
    );
  }
  if (bytes[3] !== expectedDimensions) {
    const found = `${kindOf(bytes[3])} (${counted(bytes[3], 'dimension')})`;
    throw damaged(file, `holds ${found}, not ${kind}`, expected, dimensionRemedy(bytes[3]));
  }
  const start = 4 + 4 * expectedDimensions;
  if (bytes.length < start) {
    const missing = counted(start - bytes.length, 'byte');
    throw damaged(file, `is cut off in its header: ${missing} missing`, `a header of ${start} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const sizesIn = (littleEndian: boolean) =>
    Array.from({ length: expectedDimensions }, (_, i) => view.getUint32(4 + 4 * i, littleEndian));
  const dimensions = sizesIn(false);
  const length = start + type.size * product(dimensions);
  const inMemory = type.read === null ? 1 : Float64Array.BYTES_PER_ELEMENT;
  const fits = (sizes: readonly number[]) => start + inMemory * product(sizes) <= maxBytes;
  if (fits(dimensions)) return { type, dimensions, start, length };
  const swapped = sizesIn(true);
  if (fits(swapped)) {
    throw damaged(
      file,
      'has its sizes in the wrong order of bytes (little-endian)',
      `sizes of four bytes each, the highest byte first, such as ${swapped.join(' x ')}`,
      'write the header again, in big-endian order',
    );
  }
  throw damaged(file, `is too large: ${dimensions.join(' x ')} by its header`, `at most ${maxBytes} bytes`);
}

/** What a file holds by its number of dimensions. */
function kindOf(dimensions: number): string {
  return (
    ({ 1: 'labels', 2: 'rows of numbers', 3: 'images', 4: 'images with channels' } as Record<number, string>)[
      dimensions
    ] ?? 'an array'
  );
}

function dimensionRemedy(dimensions: number): string {
  if (dimensions === 1 || dimensions === 3) return "see whether two files have each other's name";
  return 'write grey images with three dimensions: image, height, width';
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

/** Whether a file has grown by one byte 0d before each byte 0a, as text does on its way to Windows. */
function hasConvertedLineEnds(bytes: Uint8Array, added: number): boolean {
  let lineEnds = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 0x0a) continue;
    if (bytes[i - 1] !== 0x0d) return false;
    lineEnds++;
  }
  return lineEnds > 0 && lineEnds >= added;
}

/** Unpacks no more than the header states, so that a small file cannot fill the memory. */
async function inflate(packed: Uint8Array, file: string, expectedDimensions: number): Promise<Uint8Array> {
  const head = await gunzipped(packed.subarray(0, headerBytes), file, {
    finishFlush: constants.Z_SYNC_FLUSH,
    maxOutputLength: headerBytes * 1100, // deflate compresses by at most about 1030 to 1
  });
  const { length } = readHeader(head, file, expectedDimensions);
  return gunzipped(packed, file, { maxOutputLength: length, chunkSize: 2 ** 18 });
}

async function gunzipped(
  packed: Uint8Array,
  file: string,
  options: { finishFlush?: number; maxOutputLength: number; chunkSize?: number },
): Promise<Uint8Array> {
  try {
    return await unpack(packed, options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw damaged(
        file,
        'unpacks to too many bytes',
        `${options.maxOutputLength} bytes, as stated in its header`,
      );
    }
    const isCut = code === 'Z_BUF_ERROR';
    throw damaged(file, isCut ? 'is cut off' : `cannot be unpacked: ${message}`, 'a whole gzip file');
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readRegularBytes(path, maxBytes);
  } catch (error) {
    throw new UserError({
      what: `${path} cannot be read: ${reasonOf(error)}`,
      expected: 'an IDX file, plain or gzip',
      remedy: 'check the path and its permissions',
    });
  }
}

function hex(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function damaged(
  file: string,
  problem: string,
  expected: string,
  remedy = 'download the file again from its publisher',
): UserError {
  return new UserError({ what: `${file} ${problem}`, expected, remedy });
}
