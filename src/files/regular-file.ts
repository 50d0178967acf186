import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** The length of the longest string in JavaScript. */
export const longestText = 2 ** 29 - 24;

/**
 * Opens a user's file for reading. Errors: those of the system, and an Error for anything but a regular file, because
 * reading a pipe or a device may block or never end.
 */
export function openRegular(path: string): Promise<FileHandle> {
  return openAs(path, constants.O_RDONLY);
}

/** Opens a file for appending, and creates it if it does not exist. Errors: as openRegular. */
export function openToAppend(path: string): Promise<FileHandle> {
  return openAs(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
}

async function openAs(path: string, flags: number): Promise<FileHandle> {
  const handle = await open(path, flags | withoutWaiting, 0o666);
  try {
    requireRegularFile(await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Do not wait for the other end of a pipe. Windows has neither this flag nor such pipes. */
const withoutWaiting = constants.O_NONBLOCK ?? 0;

function requireRegularFile(found: Stats): void {
  if (found.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  if (!found.isFile()) throw Object.assign(new Error('it is not a regular file'), { code: 'NOFILE' });
}

/** A file has more bytes than may be read. */
export class TooLarge extends Error {}

/** Reads a user's file of at most `largest` bytes. Errors: as openRegular, and TooLarge. */
export async function readRegularBytes(path: string, largest: number): Promise<Buffer> {
  const handle = await openRegular(path);
  try {
    requireSize(await handle.stat(), largest);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/**
 * The same, synchronously, for a small file that other processes replace often. Windows cannot replace an open file, so the
 * file is open as briefly as possible. Errors: as readRegularBytes.
 */
export function readRegularAtOnce(path: string, largest: number): Buffer {
  return readWithFacts(path, largest).bytes;
}

/** The same, with what the system says of the file that was read. */
export function readWithFacts(
  path: string,
  largest: number,
): { readonly bytes: Buffer; readonly found: Stats } {
  const file = openSync(path, constants.O_RDONLY | withoutWaiting);
  try {
    const found = fstatSync(file);
    requireRegularFile(found);
    requireSize(found, largest);
    return { bytes: readFileSync(file), found };
  } finally {
    closeSync(file);
  }
}

function requireSize({ size }: Stats, largest: number): void {
  if (size > largest) throw new TooLarge(`it has ${size} bytes, more than ${largest}`);
}

/** Reads a user's text file, without a byte-order mark. Errors: as readRegularBytes. */
export async function readRegular(path: string, largest = longestText): Promise<string> {
  return (await readRegularBytes(path, largest)).toString().replace(/^\ufeff/, '');
}

/** Reads and parses a user's JSON file. Errors: as readRegular, and a SyntaxError if the text is not JSON. */
export async function readJsonFile(path: string, largest?: number): Promise<unknown> {
  return JSON.parse(await readRegular(path, largest));
}
