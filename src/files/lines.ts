import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, quote, UserError } from '../errors.ts';
import { longestText, openRegular } from './regular-file.ts';

const newline = 10;
const chunkBytes = 4 * 2 ** 20;

/**
 * Calls `visit` with each whole line of a file from byte `from` on, without the newline, and with the line's first byte.
 *
 * Returns the byte after the last whole line. The rest is still being written, or was cut off. The buffer of a line is
 * reused, so `visit` must copy what it keeps. Errors: a line that is too long for any record.
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

/** Yields the lines of a file that `isWanted` selects by their first byte, with their newlines, several at a time. */
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

/** Yields the whole lines of a file from byte `from` on, several at a time, so that a file of any size can be read. */
async function* wholeLines(path: string, from: number, longest: number): AsyncGenerator<Buffer> {
  const file = await openRegular(path);
  try {
    // A store may have thousands of small files, and large buffers take longer to get than these take to read.
    const { size } = await file.stat();
    let buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(4096, size - from + 1)));
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
      what: `${quote(path)} has a line of more than ${longest} bytes, at byte ${offset}`,
      expected: 'one record per line, as fys-nn writes them',
      remedy: 'move this file out of the folder; the trials of its other records are computed again',
    },
    exitCodes.failed,
  );
}

/** Reads `length` bytes of a file; fewer if the file ends earlier. */
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

const cachedBytes = 64 * 1024;
/** There is one journal per thread that wrote, and lines are read from all of them in turn. */
const mostCached = 64;

/**
 * A cached reader for the append-only files of a directory. `read` returns fewer bytes if the file ends earlier. It reads
 * ahead, because lines are mostly requested in order; `forget` clears what was read ahead.
 */
export function createReader(directory: string) {
  const cached = new Map<string, { readonly begin: number; readonly bytes: Buffer }>();
  return {
    read(name: string, offset: number, length: number): Buffer {
      const { begin, bytes } = cached.get(name) ?? { begin: 0, bytes: Buffer.alloc(0) };
      if (offset >= begin && offset + length <= begin + bytes.length) {
        return bytes.subarray(offset - begin, offset - begin + length);
      }
      // Lines in any other order are not worth reading ahead.
      const isNear = offset >= begin && offset <= begin + bytes.length + cachedBytes;
      const ahead = cached.has(name) && !isNear ? length : cachedBytes;
      const read = readBytes(join(directory, name), offset, Math.max(length, ahead));
      if (length > cachedBytes) return read;
      if (cached.size === mostCached && !cached.has(name)) cached.delete(cached.keys().next().value!);
      cached.set(name, { begin: offset, bytes: read });
      return read.subarray(0, length);
    },
    forget: () => cached.clear(),
  };
}
