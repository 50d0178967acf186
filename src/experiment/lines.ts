import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, quote, UserError } from '../errors.ts';
import { longestText, openRegular } from './regular-file.ts';

const newline = 10;
const chunkBytes = 4 * 2 ** 20;

/**
 * Calls `visit` with each whole line of a file from byte `from` on, without its end, and the byte where it begins.
 *
 * Returns the byte after the last whole line: what comes behind it is still being written, or was torn. The line lies
 * in a buffer that is used again. Files of any size are read in pieces. Errors: a line that is too
 * long for any record.
 */
export async function forEachLine(
  path: string,
  from: number,
  visit: (line: Buffer, offset: number) => void,
  longest = longestText,
): Promise<number> {
  const file = await openRegular(path);
  try {
    let buffer = Buffer.allocUnsafe(chunkBytes);
    let filled = 0;
    let start = from;
    for (;;) {
      if (filled > longest) throw tooLong(path, start, longest);
      if (filled === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, start + filled);
      if (bytesRead === 0) return start;
      filled += bytesRead;
      let begin = 0;
      for (;;) {
        const end = buffer.subarray(0, filled).indexOf(newline, begin);
        if (end < 0) break;
        visit(buffer.subarray(begin, end), start + begin);
        begin = end + 1;
      }
      buffer.copy(buffer, 0, begin, filled);
      start += begin;
      filled -= begin;
    }
  } finally {
    await file.close();
  }
}

function tooLong(path: string, offset: number, longest: number): UserError {
  return new UserError(
    {
      what: `${quote(path)} has a line of more than ${longest} bytes, from byte ${offset} on`,
      expected: 'one record a line, as fys-nn writes them',
      remedy: 'move this file out of the folder: its other records are computed again',
    },
    exitCodes.failed,
  );
}

/** Some bytes of a file; fewer where it ends before. */
export function readBytes(path: string, offset: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  const file = openSync(path, 'r');
  try {
    let filled = 0;
    while (filled < length) {
      const read = readSync(file, buffer, filled, length - filled, offset + filled);
      if (read === 0) break;
      filled += read;
    }
    return buffer.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

const nearBytes = 64 * 1024;
const mostNear = 8;

/**
 * Some bytes of the files of a directory, which only ever grow; fewer where a file ends before. What lies behind them
 * is read with them, as lines are mostly asked for in their order; `forget` what was read so.
 */
export function createReader(directory: string) {
  const near = new Map<string, { readonly begin: number; readonly bytes: Buffer }>();
  return {
    read(name: string, offset: number, length: number): Buffer {
      const { begin, bytes } = near.get(name) ?? { begin: 0, bytes: Buffer.alloc(0) };
      if (offset >= begin && offset + length <= begin + bytes.length) {
        return bytes.subarray(offset - begin, offset - begin + length);
      }
      const read = readBytes(join(directory, name), offset, Math.max(length, nearBytes));
      if (near.size === mostNear) near.clear();
      if (length <= nearBytes) near.set(name, { begin: offset, bytes: read });
      return read.subarray(0, length);
    },
    forget: () => near.clear(),
  };
}
