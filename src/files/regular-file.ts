import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** No text of JavaScript is longer. */
export const longestText = 2 ** 29 - 24;

/**
 * Opens a file for reading that comes from outside. Errors: those of the system, and an Error whose message says that
 * it is not a regular file: a pipe or a device may never begin, or never end.
 */
export function openRegular(path: string): Promise<FileHandle> {
  return openAs(path, constants.O_RDONLY);
}

/** Opens a file to append to, made if need be, which may lie there already. Errors: as openRegular. */
export function openToAppend(path: string): Promise<FileHandle> {
  return openAs(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
}

async function openAs(path: string, flags: number): Promise<FileHandle> {
  const handle = await open(path, flags | withoutWaiting, 0o666);
  try {
    refuseOthers(await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** For a pipe's other end; Windows has no such flag, and no such pipes. */
const withoutWaiting = constants.O_NONBLOCK ?? 0;

function refuseOthers(found: Stats): void {
  if (found.isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' });
  if (!found.isFile()) throw Object.assign(new Error('it is not a regular file'), { code: 'NOFILE' });
}

/** A file has more bytes than are read. */
export class TooLarge extends Error {}

/** The bytes of a file from outside, at most `largest`. Errors: as openRegular, and TooLarge. */
export async function readRegularBytes(path: string, largest: number): Promise<Buffer> {
  const handle = await openRegular(path);
  try {
    refuseLarge(await handle.stat(), largest);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/**
 * The same at once, for a small file that others replace all the time: on Windows they cannot while it is open, which it
 * is for no longer than this takes. Errors: as readRegularBytes.
 */
export function readRegularAtOnce(path: string, largest: number): Buffer {
  const file = openSync(path, constants.O_RDONLY | withoutWaiting);
  try {
    const found = fstatSync(file);
    refuseOthers(found);
    refuseLarge(found, largest);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function refuseLarge({ size }: Stats, largest: number): void {
  if (size > largest) throw new TooLarge(`it has ${size} bytes, more than ${largest}`);
}

/** The text of a file from outside, without the mark that some editors begin it with. Errors: as readRegularBytes. */
export async function readRegular(path: string, largest = longestText): Promise<string> {
  return (await readRegularBytes(path, largest)).toString().replace(/^\ufeff/, '');
}

/** The content of a JSON file from outside. Errors: as readRegular, and that it is not JSON. */
export async function readJsonFile(path: string, largest?: number): Promise<unknown> {
  return JSON.parse(await readRegular(path, largest));
}
