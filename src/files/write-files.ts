import { mkdir, mkdtemp, readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { exitCodes, quote, UserError } from '../errors.ts';
import { sizeAndTime, syncDirectory } from './directories.ts';
import { codeOf, isDiskFault, reasonOf } from './errno.ts';
import { removeEmptyDirectory, removeFile } from './until-free.ts';
import { type Aside, fileOfPart, writeAside } from './write-whole.ts';

/**
 * Finds out, before hours of training, whether results can be written to the directory: makes it where it is
 * absent, makes an empty directory in it, and removes again whatever it made.
 * Throws UserError, naming the option, where that cannot be done: exit status `usage`, or `failed` where the disk is full
 * or broken.
 */
export async function checkOutputDirectory(directory: string, option: string): Promise<void> {
  try {
    if (directory === '') throw new Error('the name is empty');
    await tryDirectory(resolve(directory));
  } catch (error) {
    throw new UserError(
      {
        what: `${option}: no results can be written to this directory: ${reasonOf(error)}`,
        expected: 'a directory that can be written to, or that can be made',
        received: directory,
        remedy: `name another directory with ${option}, or free this one`,
      },
      isDiskFault(error) ? exitCodes.failed : exitCodes.usage,
    );
  }
}

async function tryDirectory(directory: string, attempts = 5): Promise<void> {
  const made: string[] = [];
  try {
    for (const path of await absentPaths(directory)) {
      if (await makeOne(path)) made.push(path);
    }
    await removeEmptyDirectory(await mkdtemp(join(directory, '.writable-')));
  } catch (error) {
    // Another process that tests the same directory may just have removed what it made.
    if (codeOf(error) !== 'ENOENT' || attempts <= 1) throw error;
    return await tryDirectory(directory, attempts - 1);
  } finally {
    // A directory that has been filled meanwhile stays.
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

/** Makes the directory and returns true, or returns false where another process made it first. */
async function makeOne(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return false;
    throw error;
  }
}

/** A file's text or bytes, or what makes its pieces. */
export type FileContent = string | Uint8Array | (() => AsyncIterable<string>);

/**
 * Writes the files (name in the directory → UTF-8 text, bytes, or pieces of text), each whole or not at all: a reader, or
 * the next run after a crash, finds the old file or the new one and never a part. None takes the place of an old one
 * before all are on disk, made in the order of the map. Makes the directory where it is absent.
 * Throws UserError (exit status `failed`), naming the file, where the system refuses; and (`usage`) for a name that
 * would leave the directory, before anything is written: names may be made of what a data file says.
 */
export async function writeFiles(directory: string, files: ReadonlyMap<string, FileContent>): Promise<void> {
  for (const name of files.keys()) {
    const path = relative(directory, join(directory, name));
    if (isAbsolute(name) || path === '' || path.split(sep)[0] === '..') {
      throw new UserError({
        what: 'a file may not be written outside of its directory',
        expected: `a name in ${directory}`,
        received: name,
        remedy: 'choose another name',
      });
    }
  }
  const folders = new Set([directory]);
  for (const name of files.keys()) folders.add(dirname(join(directory, name)));
  for (const folder of folders) await naming(folder, () => mkdir(folder, { recursive: true }));
  const names = new Set(Array.from(files.keys(), (name) => basename(name)));
  for (const folder of folders) await naming(folder, () => removeParts(folder, names));
  const written = new Map<string, Aside>();
  try {
    for (const [name, content] of files) {
      const file = join(directory, name);
      const write = () => writeAside(file, typeof content === 'function' ? content() : content);
      written.set(file, await naming(file, write));
    }
    for (const [file, aside] of written) await naming(file, aside.replace);
  } finally {
    for (const aside of written.values()) await aside.remove();
  }
  for (const folder of folders) await naming(folder, () => syncDirectory(folder));
}

/** Milliseconds without a change after which a part of a file is a dead process's. */
const abandoned = 60_000;

/** Removes what a killed process left beside these files: parts of them, and directories of `tryDirectory`. */
async function removeParts(folder: string, names: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(folder)) {
    const path = join(folder, entry);
    const isPart = names.has(fileOfPart(entry) ?? '');
    if (!isPart && !/^\.writable-\w{6}$/.test(entry)) continue;
    const { time } = await sizeAndTime(path).catch(() => ({ time: Number.POSITIVE_INFINITY }));
    if (Date.now() - time > abandoned)
      await (isPart ? removeFile(path) : removeEmptyDirectory(path)).catch(() => {});
  }
}

async function naming<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new UserError(
      {
        what: `${quote(path)} could not be written: ${reasonOf(error)}`,
        remedy: 'make room or name another directory, and run the command again: finished trials are kept',
      },
      exitCodes.failed,
    );
  }
}
