import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import { UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { readRegularBytes } from '../files/regular-file.ts';

/** The contents of an IDX file of unsigned bytes. */
export interface Idx {
  /** Sizes, slowest-varying dimension first: [images, height, width] or [labels]. */
  readonly dimensions: number[];
  /** All values, row-major: a view into `bytes`. */
  readonly data: Uint8Array;
  /** The whole decoded file, header included. */
  readonly bytes: Uint8Array;
}

const unsignedByte = 0x08;
const typeNames = new Map([
  [0x09, 'signed bytes'],
  [0x0b, '2-byte integers'],
  [0x0c, '4-byte integers'],
  [0x0d, '4-byte floats'],
  [0x0e, '8-byte floats'],
]);

/** The largest size of a file, in bytes, unpacked. */
const maxBytes = 2 ** 30;
/** The number of bytes of a gzip file that are unpacked to read the header. */
const headerBytes = 4096;
const unpack = promisify(gunzip);

/**
 * Parses IDX: two zero bytes, the type, the number of dimensions, each size as a big-endian uint32, then the values.
 *
 * Everything is checked before any value is used. `file` is the name for messages. Errors: not IDX, a type other than
 * unsigned byte, another number of dimensions than expected, too few or too many bytes. Source: the format is described
 * with the MNIST database of Y. LeCun, C. Cortes and C. J. C. Burges.
 */
export function readIdx(bytes: Uint8Array, file: string, expectedDimensions: number): Idx {
  const { dimensions, start, length } = readHeader(bytes, file, expectedDimensions);
  if (bytes.length !== length) {
    const difference = Math.abs(bytes.length - length);
    throw damaged(
      file,
      bytes.length < length
        ? `is cut off: ${difference} byte(s) are missing`
        : `has ${difference} byte(s) too many`,
      `${length} bytes, as stated in its header (${dimensions.join(' x ')})`,
      `${bytes.length} bytes`,
    );
  }
  return { dimensions, data: new Uint8Array(bytes.buffer, bytes.byteOffset + start, length - start), bytes };
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
  dimensions: number[];
  /** The offset of the first value. */
  start: number;
  /** The size of the whole file in bytes. */
  length: number;
}

function readHeader(bytes: Uint8Array, file: string, expectedDimensions: number): Header {
  const magic = [0, 0, unsignedByte, expectedDimensions];
  const expected = `an IDX file that starts with the bytes ${hex(magic)}`;
  if (bytes.length < 4)
    throw damaged(file, 'is too short for an IDX file', expected, `${bytes.length} byte(s)`);
  const received = hex(bytes.subarray(0, 4));
  if (bytes[0] !== 0 || bytes[1] !== 0) throw damaged(file, 'is not an IDX file', expected, received);
  if (bytes[2] !== unsignedByte) {
    const type = typeNames.get(bytes[2]) ?? 'values of an unknown type';
    throw damaged(file, `holds ${type} instead of unsigned bytes`, expected, received);
  }
  if (bytes[3] !== expectedDimensions) {
    throw damaged(file, `has ${bytes[3]} dimension(s) instead of ${expectedDimensions}`, expected, received);
  }
  const start = 4 + 4 * expectedDimensions;
  if (bytes.length < start) {
    const missing = `is cut off in its header: ${start - bytes.length} byte(s) are missing`;
    throw damaged(file, missing, `a header of ${start} bytes`, `${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const dimensions = Array.from({ length: expectedDimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const length = start + dimensions.reduce((product, size) => product * size, 1);
  if (length > maxBytes) {
    throw damaged(file, 'is too large', `at most ${maxBytes} bytes`, `${length} bytes by its header`);
  }
  return { dimensions, start, length };
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
        'more',
      );
    }
    throw damaged(file, 'cannot be unpacked', 'a whole gzip file', message);
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

function damaged(file: string, problem: string, expected: string, received: string): UserError {
  return new UserError({
    what: `${file} ${problem}`,
    expected,
    received,
    remedy: 'download the file again from its publisher',
  });
}
