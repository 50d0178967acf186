import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, isGone } from './errno.ts';

/** Syncs a directory, so that the names in it survive a power cut. Some file systems cannot open or sync a directory. */
export async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!['EACCES', 'EBADF', 'EINVAL', 'EISDIR', 'ENOSYS', 'ENOTSUP', 'EPERM'].includes(codeOf(error) ?? ''))
      throw error;
  }
}

/** Creates a directory and its missing parents, and syncs their names to disk. */
export async function makeDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) return;
  for (let made = directory; made.length >= first.length; made = dirname(made)) {
    await syncDirectory(dirname(made));
    if (made === dirname(made)) return;
  }
}

/** The sorted names of the regular files in a directory, and of links to files. Empty if there is no directory. */
export async function filesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const names = await Promise.all(
      entries.map(async (entry) => {
        if (entry.isSymbolicLink() && !(await isFile(join(directory, entry.name)))) return [];
        return entry.isFile() || entry.isSymbolicLink() ? [entry.name] : [];
      }),
    );
    return names.flat().sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** Size in bytes, and time of the last change in milliseconds. */
export interface SizeAndTime {
  readonly size: number;
  readonly time: number;
}

export async function sizeAndTime(path: string): Promise<SizeAndTime> {
  const { size, mtimeMs } = await stat(path);
  return { size, time: mtimeMs };
}

/** The same, and what tells one file from another of the same name. */
export interface OpenedFile extends SizeAndTime {
  readonly device: bigint;
  readonly inode: bigint;
}

/**
 * Looks at a file by opening it; null if it is gone. NFS asks its server when a file is opened, but answers `stat` for up to
 * a minute from what this machine has seen last.
 */
export async function lookAt(path: string): Promise<OpenedFile | null> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return await factsOf(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** How many files are open at once, of the thousands in a store of many processes. */
const atOnce = 64;

/** Looks at files in a directory, several at a time. Those that are gone are left out. */
export async function lookAtAll(
  directory: string,
  names: readonly string[],
): Promise<Map<string, OpenedFile>> {
  const files = new Map<string, OpenedFile>();
  for (let first = 0; first < names.length; first += atOnce) {
    const some = names.slice(first, first + atOnce);
    const found = await Promise.all(some.map((name) => lookAt(join(directory, name))));
    for (const [index, file] of found.entries()) if (file !== null) files.set(some[index], file);
  }
  return files;
}

/** The same of an open file. */
export async function factsOf(file: FileHandle): Promise<OpenedFile> {
  const { dev, ino, size, mtimeNs } = await file.stat({ bigint: true });
  return { device: dev, inode: ino, size: Number(size), time: Number(mtimeNs) / 1e6 };
}

/** Makes NFS ask its server for the names in a directory, as it does when the directory is opened. */
export async function refreshNames(directory: string): Promise<void> {
  // Windows cannot open a directory.
  await open(directory, 'r').then(
    (handle) => handle.close(),
    () => {},
  );
}
