import { inflateRawSync } from 'node:zlib';
import { UserError } from '../errors.ts';
import { codeOf } from './errno.ts';

/** A file in a ZIP archive. */
export interface ZipMember {
  readonly name: string;
  /** Its length in bytes, unpacked, as the archive says. */
  readonly size: number;
  /** Its bytes, as many as `size` and with the right checksum. Errors: UserError for a damaged member. */
  unpack(): Buffer;
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
export function readZip(bytes: Buffer, file: string): ZipMember[] {
  const end = findEnd(bytes, file);
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  const members: ZipMember[] = [];
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    if (at + entryLength > end || bytes.readUInt32LE(at) !== 0x02014b50) {
      throw damaged(`${file} is damaged: its list of files ends after ${i} of ${count}`);
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      bytes.readUInt16LE(at + offset),
    );
    const name = bytes.toString('utf8', at + entryLength, at + entryLength + nameLength);
    if (names.has(name)) throw damaged(`${file} has two files with the name ${JSON.stringify(name)}`);
    names.add(name);
    members.push(memberAt(bytes, at, name, file));
    at += entryLength + nameLength + extraLength + commentLength;
  }
  return members;
}

function findEnd(bytes: Buffer, file: string): number {
  const least = Math.max(0, bytes.length - endLength - longestComment);
  for (let at = bytes.length - endLength; at >= least; at--) {
    const isEnd = bytes.readUInt32LE(at) === 0x06054b50;
    if (isEnd && at + endLength + bytes.readUInt16LE(at + 20) === bytes.length) return at;
  }
  throw damaged(`${file} is cut off or damaged: it has no list of files at its end`);
}

function memberAt(bytes: Buffer, entry: number, name: string, file: string): ZipMember {
  const method = bytes.readUInt16LE(entry + 10);
  const checksum = bytes.readUInt32LE(entry + 16);
  const packedSize = bytes.readUInt32LE(entry + 20);
  const size = bytes.readUInt32LE(entry + 24);
  const header = bytes.readUInt32LE(entry + 42);
  const problem = (what: string) => damaged(`${JSON.stringify(name)} in ${file} ${what}`);
  return {
    name,
    size,
    unpack() {
      if ([packedSize, size, header].includes(2 ** 32 - 1)) throw problem('is larger than 4 GiB');
      if (header + 30 > bytes.length || bytes.readUInt32LE(header) !== 0x04034b50) {
        throw problem('is not where the archive says');
      }
      const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
      const packed = bytes.subarray(start, start + packedSize);
      if (packed.length < packedSize) throw problem('is cut off');
      const content = method === 0 ? packed : method === 8 ? inflate(packed, size, problem) : null;
      if (content === null) throw problem(`is packed by a method other than deflate (number ${method})`);
      if (content.length !== size)
        throw problem(`has ${content.length} bytes, not ${size} as the archive says`);
      if (crc32(content) !== checksum) throw problem('is damaged: its checksum is wrong');
      return content;
    },
  };
}

function inflate(packed: Buffer, size: number, problem: (what: string) => UserError): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
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
