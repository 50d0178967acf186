import { constants, inflateRawSync } from 'node:zlib';
import { UserError } from '../errors.ts';
import { codeOf } from './errno.ts';

/** The bytes of an archive: a Buffer, or a file of which only the parts that are asked for are read. */
export interface ArchiveBytes {
  readonly length: number;
  subarray(start: number, end: number): Buffer;
}

/** A file in a ZIP archive. */
export interface ZipMember {
  readonly name: string;
  /** Its length in bytes, unpacked, as the archive says. */
  readonly size: number;
  /** Its bytes, as many as `size` and with the right checksum. Errors: UserError for a damaged member. */
  unpack(): Buffer;
  /** Its first bytes: those that `packed` bytes of the archive hold, unchecked. Errors: UserError for a damaged member. */
  start(packed: number): Buffer;
}

const endLength = 22;
const entryLength = 46;
const longestComment = 2 ** 16 - 1;

/**
 * Lists the members of a ZIP archive, in the order of its directory. Nothing is unpacked, and `unpack` uses no more memory
 * than the directory says.
 *
 * `file` is the name for messages. Errors: UserError for an archive that is cut off or damaged, one of more than 4 GiB,
 * and a repeated name. Source: APPNOTE.TXT, the ZIP file format specification of PKWARE.
 */
export function readZip(bytes: ArchiveBytes, file: string): ZipMember[] {
  const end = findEnd(bytes, file);
  const last = bytes.subarray(end, end + endLength);
  const count = last.readUInt16LE(10);
  let at = last.readUInt32LE(16);
  const members: ZipMember[] = [];
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    const entry = bytes.subarray(at, Math.min(end, at + entryLength));
    if (entry.length < entryLength || entry.readUInt32LE(0) !== 0x02014b50) {
      throw damaged(`${file} is damaged: its list of files ends after ${i} of ${count}`);
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => entry.readUInt16LE(offset));
    const name = bytes.subarray(at + entryLength, at + entryLength + nameLength).toString('utf8');
    if (names.has(name)) throw damaged(`${file} has two files with the name ${JSON.stringify(name)}`);
    names.add(name);
    members.push(memberOf(bytes, entry, name, file));
    at += entryLength + nameLength + extraLength + commentLength;
  }
  return members;
}

function findEnd(bytes: ArchiveBytes, file: string): number {
  const least = Math.max(0, bytes.length - endLength - longestComment);
  const tail = bytes.subarray(least, bytes.length);
  for (let at = tail.length - endLength; at >= 0; at--) {
    const isEnd = tail.readUInt32LE(at) === 0x06054b50;
    if (isEnd && at + endLength + tail.readUInt16LE(at + 20) === tail.length) return least + at;
  }
  throw damaged(`${file} is cut off or damaged: it has no list of files at its end`);
}

function memberOf(bytes: ArchiveBytes, entry: Buffer, name: string, file: string): ZipMember {
  const method = entry.readUInt16LE(10);
  const checksum = entry.readUInt32LE(16);
  const packedSize = entry.readUInt32LE(20);
  const size = entry.readUInt32LE(24);
  const header = entry.readUInt32LE(42);
  const problem = (what: string) => damaged(`${JSON.stringify(name)} in ${file} ${what}`);
  const packedBytes = (most: number): Buffer => {
    if ([packedSize, size, header].includes(2 ** 32 - 1)) throw problem('is larger than 4 GiB');
    const local = bytes.subarray(header, header + 30);
    if (local.length < 30 || local.readUInt32LE(0) !== 0x04034b50) {
      throw problem('is not where the archive says');
    }
    const start = header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
    const length = Math.min(packedSize, most);
    const packed = bytes.subarray(start, start + length);
    if (packed.length < length) throw problem('is cut off');
    if (method !== 0 && method !== 8) {
      throw problem(`is packed by a method other than deflate (number ${method})`);
    }
    return packed;
  };
  return {
    name,
    size,
    unpack() {
      const packed = packedBytes(packedSize);
      const content = method === 0 ? packed : inflate(packed, size, problem);
      if (content.length !== size)
        throw problem(`has ${content.length} bytes, not ${size} as the archive says`);
      if (crc32(content) !== checksum) throw problem('is damaged: its checksum is wrong');
      return content;
    },
    start(packed) {
      const begin = packedBytes(packed);
      return method === 0 ? begin : inflate(begin, size, problem, constants.Z_SYNC_FLUSH);
    },
  };
}

function inflate(
  packed: Buffer,
  size: number,
  problem: (what: string) => UserError,
  finishFlush: number = constants.Z_FINISH,
): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size), finishFlush });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE')
      throw problem(`unpacks to more than ${size} bytes, its length by the archive`);
    throw problem('is damaged: it cannot be unpacked');
  }
}

/** The remainders of all bytes for the polynomial of CRC-32. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum of a ZIP archive's members. Node has it from version 22 alone. */
function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) value = remainders[(value ^ bytes[i]) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function damaged(what: string): UserError {
  return new UserError({ what, expected: 'a whole ZIP archive', remedy: 'write or copy the file again' });
}
