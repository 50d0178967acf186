import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from './errno.ts';

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
