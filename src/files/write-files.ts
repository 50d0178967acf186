import { lstat, mkdir, mkdtemp, readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { exitCodes, quote, UserError } from '../errors.ts';
import { sizeAndTime, syncDirectory } from './directories.ts';
import { codeOf, isDiskFault, reasonOf } from './errno.ts';
import { removeEmptyDirectory, removeFile } from './retry-while-busy.ts';
import { finalName, type TemporaryFile, writeTemporary } from './write-whole.ts';

/**
 * Checks, before hours of training, whether results can be written to a directory. It creates the directory if it does not
 * exist, creates an empty directory in it, and removes whatever it created.
 * Throws UserError, naming the option, if that fails: exit status `usage`, or `failed` if the disk is full or broken.
 */
export async function checkOutputDirectory(directory: string, option: string): Promise<void> {
  try {
    if (directory === '') throw new Error('the name is empty');
    await tryDirectory(resolve(directory));
  } catch (error) {
    throw new UserError(
      {
        what: `${option}: results cannot be written to this folder: ${reasonOf(error)}`,
        expected: 'a folder that can be written or created',
        received: directory,
        remedy: `name another folder with ${option}, or make this one writable`,
      },
      isDiskFault(error) ? exitCodes.failed : exitCodes.usage,
    );
  }
}

async function tryDirectory(directory: string, attempts = 5): Promise<void> {
  const made: string[] = [];
  try {
    for (const path of await absentPaths(directory)) {
      if (await createOne(path)) made.push(path);
    }
    await removeEmptyDirectory(await mkdtemp(join(directory, '.writable-')));
  } catch (error) {
    // Another process that checks the same directory may just have removed what it created.
    if (codeOf(error) !== 'ENOENT' || attempts <= 1) throw error;
    return await tryDirectory(directory, attempts - 1);
  } finally {
    // A directory that another process has filled in the meantime stays.
    for (const path of made.reverse()) await removeEmptyDirectory(path).catch(() => {});
  }
}

/** The directory and those of its parents that do not exist yet, outermost first. */
async function absentPaths(directory: string): Promise<string[]> {
  try {
    if ((await stat(directory)).isDirectory()) return [];
    throw Object.assign(new Error(directory), { code: 'ENOTDIR' });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(directory) === directory) throw error;
    return [...(await absentPaths(dirname(directory))), directory];
  }
}

/** Creates the directory and returns true, or returns false if another process created it first. */
async function createOne(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return false;
    throw error;
  }
}

/** The text or bytes of a file, or a function that yields its text in pieces. */
export type FileContent = string | Uint8Array | (() => AsyncIterable<string>);

/**
 * Writes files to a directory, each whole or not at all. `files` maps a name in the directory to UTF-8 text, bytes, or
 * pieces of text. A reader, or the next run after a crash, finds the old file or the new one, never a part. The files are
 * written in the order of the map, and none replaces an old file before all are on disk and `beforeReplacing` is done. The
 * last file, which may describe the others, replaces an old one after the others. The directory is created if it does not
 * exist.
 * Throws UserError: with exit status `failed`, naming the file, if the system refuses; with `usage`, before anything is
 * written, if a name leads out of the directory. Names may come from a data file.
 */
export async function writeFiles(
  directory: string,
  files: ReadonlyMap<string, FileContent>,
  beforeReplacing: () => Promise<void> = async () => {},
): Promise<void> {
  for (const name of files.keys()) {
    const path = relative(directory, join(directory, name));
    if (isAbsolute(name) || path === '' || path.split(sep)[0] === '..') {
      throw new UserError({
        what: 'a file may not be written outside its folder',
        expected: `a name in ${directory}`,
        received: name,
        remedy: 'choose another name',
      });
    }
  }
  const folders = new Set([directory]);
  for (const name of files.keys()) folders.add(dirname(join(directory, name)));
  for (const folder of folders) await withPath(folder, () => mkdir(folder, { recursive: true }));
  const names = new Set(Array.from(files.keys(), (name) => basename(name)));
  for (const folder of folders) await withPath(folder, () => removeAbandoned(folder, names));
  const written = new Map<string, TemporaryFile>();
  try {
    for (const [name, content] of files) {
      const file = join(directory, name);
      const write = () => writeTemporary(file, typeof content === 'function' ? content() : content);
      written.set(file, await withPath(file, write));
    }
    for (const file of written.keys()) await withPath(file, () => refuseDirectory(file));
    await beforeReplacing();
    const last = [...written.keys()].at(-1);
    for (const [file, temporary] of written) {
      if (file === last) for (const folder of folders) await withPath(folder, () => syncDirectory(folder));
      await withPath(file, temporary.replace);
    }
  } finally {
    for (const temporary of written.values()) await temporary.remove();
  }
  for (const folder of folders) await withPath(folder, () => syncDirectory(folder));
}

/** A directory in the place of a file is found before anything is replaced. */
async function refuseDirectory(path: string): Promise<void> {
  const entry = await lstat(path).catch(() => null);
  if (entry?.isDirectory()) throw Object.assign(new Error(path), { code: 'EISDIR' });
}

/** Milliseconds without a change after which a temporary file belongs to a dead process. */
const abandonedAfter = 60_000;

/**
 * Removes what a killed process left next to these files: their temporary files, and directories of `tryDirectory`. How old they
 * are is judged by the clock of their file system, which may differ from this machine's.
 */
async function removeAbandoned(folder: string, names: ReadonlySet<string>): Promise<void> {
  const isTemporary = (entry: string): boolean => names.has(finalName(entry) ?? '');
  const left = (await readdir(folder)).filter(
    (entry) => isTemporary(entry) || /^\.writable-\w{6}$/.test(entry),
  );
  if (left.length === 0) return;
  const now = await timeIn(folder);
  for (const entry of left) {
    const path = join(folder, entry);
    const { time } = await sizeAndTime(path).catch(() => ({ time: Number.POSITIVE_INFINITY }));
    if (now - time > abandonedAfter)
      await (isTemporary(entry) ? removeFile(path) : removeEmptyDirectory(path)).catch(() => {});
  }
}

/** The time in milliseconds by the clock of a folder's file system. */
async function timeIn(folder: string): Promise<number> {
  const probe = await mkdtemp(join(folder, '.writable-'));
  try {
    return (await sizeAndTime(probe)).time;
  } finally {
    await removeEmptyDirectory(probe).catch(() => {});
  }
}

/** Does something with a file. Errors of the system become a UserError that names the file. */
export async function withPath<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new UserError(
      {
        what: `${quote(path)} could not be written: ${reasonOf(error)}`,
        remedy: 'free disk space or name another folder, and run the command again: finished trials are kept',
      },
      exitCodes.failed,
    );
  }
}
