import type { FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { codeOf } from './errno.ts';
import { openRegular } from './regular-file.ts';

/** A file is compressed by gzip, and cannot be unpacked. */
export class DamagedGzip extends Error {
  constructor() {
    super('it is compressed by gzip, and damaged or cut off');
  }
}

/**
 * Yields the bytes of an open file from its start; of one that starts as gzip does, what is packed in it. The file stays open.
 * Errors: those of the system, and DamagedGzip.
 */
export async function* unpacked(file: FileHandle, chunkBytes = 2 ** 16): AsyncGenerator<Buffer> {
  const start = Buffer.alloc(2);
  await file.read(start, 0, 2, 0);
  const bytes = file.createReadStream({ autoClose: false, start: 0, highWaterMark: chunkBytes });
  if (start.readUInt16BE() !== 0x1f8b) {
    yield* bytes;
    return;
  }
  const unzipped = createGunzip({ chunkSize: chunkBytes });
  bytes.on('error', (error) => unzipped.destroy(error)).pipe(unzipped);
  try {
    yield* unzipped;
  } catch (error) {
    throw codeOf(error)?.startsWith('Z_') === true ? new DamagedGzip() : error;
  } finally {
    bytes.destroy();
  }
}

/** The same of a file that is opened for it and then closed. Errors: those of openRegular too. */
export async function* unpackedBytes(path: string, chunkBytes?: number): AsyncGenerator<Buffer> {
  const file = await openRegular(path);
  try {
    yield* unpacked(file, chunkBytes);
  } finally {
    await file.close();
  }
}

/** The first unpacked bytes of a file, at most `count`. Errors: as unpackedBytes. */
export async function unpackedStart(path: string, count: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const bytes of unpackedBytes(path)) {
    parts.push(bytes);
    length += bytes.length;
    if (length >= count) break;
  }
  return Buffer.concat(parts).subarray(0, count);
}
