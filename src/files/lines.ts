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
 * in a buffer that is used again. Errors: a line that is too long for any record.
 */
export async function forEachLine(
  path: string,
  from: number,
  visit: (line: Buffer, offset: number) => void,
  longest = longestText,
): Promise<number> {
  let start = from;
  for await (const lines of wholeLines(path, from, longest)) {
    for (let begin = 0; begin < lines.length; ) {
      const end = lines.indexOf(newline, begin);
      visit(lines.subarray(begin, end), start + begin);
      begin = end + 1;
    }
    start += lines.length;
  }
  return start;
}

/** The lines of a file that are asked for by the byte where they begin, with their ends, some at a time. */
export async function* linesAt(path: string, isWanted: (offset: number) => boolean): AsyncGenerator<Buffer> {
  let start = 0;
  for await (const lines of wholeLines(path, start, longestText)) {
    const wanted: Buffer[] = [];
    for (let begin = 0; begin < lines.length; ) {
      const end = lines.indexOf(newline, begin) + 1;
      if (isWanted(start + begin)) wanted.push(lines.subarray(begin, end));
      begin = end;
    }
    start += lines.length;
    if (wanted.length > 0) yield Buffer.concat(wanted);
  }
}

/** The whole lines of a file from byte `from` on, some at a time: files of any size are read in pieces. */
async function* wholeLines(path: string, from: number, longest: number): AsyncGenerator<Buffer> {
  const file = await openRegular(path);
  try {
    let buffer = Buffer.allocUnsafe(chunkBytes);
    let filled = 0;
    let start = from;
    for (;;) {
      if (filled > longest) throw tooLong(path, start, longest);
      if (filled === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, start + filled);
      if (bytesRead === 0) return;
      const end = buffer.subarray(filled, filled + bytesRead).lastIndexOf(newline) + 1;
      filled += bytesRead;
      if (end === 0) continue;
      const whole = filled - bytesRead + end;
      yield buffer.subarray(0, whole);
      buffer.copy(buffer, 0, whole, filled);
      start += whole;
      filled -= whole;
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
/** Journals are as many as threads that wrote, and their lines are asked for in turn. */
const mostNear = 64;

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
      if (length > nearBytes) return read;
      if (near.size === mostNear && !near.has(name)) near.delete(near.keys().next().value!);
      near.set(name, { begin: offset, bytes: read });
      return read.subarray(0, length);
    },
    forget: () => near.clear(),
  };
}
