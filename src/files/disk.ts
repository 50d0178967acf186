import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What the operating system's codes mean, in the reader's words. */
const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'something that is not a directory has this name',
  EFBIG: 'no file may grow that large here',
  EIO: 'the disk reports an input/output error',
  EISDIR: 'a directory has this name',
  ELOOP: 'its symbolic links go round in a circle',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file or directory, and none can be made there',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a file stands where a directory is needed',
  EPERM: 'the operation is not permitted',
  NOFILE: 'a file of this name is no regular file',
  EROFS: 'the file system is read-only',
};

/** ENOSPC and the like; undefined for an error that is not the operating system's. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Why the operating system refused, in a few words. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error ? error.message : String(error);
  return reasons[code] ?? `the system says ${code}`;
}

/** Whether the path is in use for something else, or forbidden. */
export function isWrongPath(error: unknown): boolean {
  return ['EACCES', 'EEXIST', 'EISDIR', 'ENOTDIR', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '');
}

/** Whether the disk is full or broken. */
export function isDiskFault(error: unknown): boolean {
  return ['EDQUOT', 'EFBIG', 'EIO', 'ENOSPC'].includes(codeOf(error) ?? '');
}

/** Makes the names in a directory last through a power cut; some file systems cannot open or sync a directory. */
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

/** Makes a directory and the missing ones above it, their names on disk. */
export async function makeDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) return;
  for (let made = directory; made.length >= first.length; made = dirname(made)) {
    await syncDirectory(dirname(made));
    if (made === dirname(made)) return;
  }
}

/** The names in a directory, sorted; none where it is not there yet. */
export async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Size in bytes and time of the last change, in milliseconds. */
export async function sizeAndTime(path: string): Promise<{ size: number; time: number }> {
  const { size, mtimeMs } = await stat(path);
  return { size, time: mtimeMs };
}

/** Text or bytes, at once or in pieces. */
export type Content = string | Uint8Array | AsyncIterable<string | Uint8Array>;

const isPieces = (content: Content): content is AsyncIterable<string | Uint8Array> =>
  typeof content === 'object' && Symbol.asyncIterator in content;

/** Each piece costs a call of the system, so small texts are put together. */
async function* inLargePieces(
  pieces: AsyncIterable<string | Uint8Array>,
): AsyncGenerator<string | Uint8Array> {
  let text = '';
  for await (const piece of pieces) {
    if (typeof piece === 'string' && text.length + piece.length < largePiece) {
      text += piece;
      continue;
    }
    if (text !== '') yield text;
    text = '';
    if (typeof piece === 'string') text = piece;
    else yield piece;
  }
  if (text !== '') yield text;
}

const largePiece = 2 ** 18;

/** A file that is on disk under a name of its own, to take the place of another. */
export interface Aside {
  /** Takes the place; the name is on disk only once its directory is synced. */
  replace(): Promise<void>;
  /** Removes it, where it has not taken the place. */
  remove(): Promise<void>;
}

/**
 * Writes what is to become the file at `path`, aside and on disk. Until it takes the place, or is removed, its time of
 * change says every `heartbeat` milliseconds that its process lives. Errors: those of the system; nothing is left then.
 */
export async function writeAside(path: string, content: Content, heartbeat = 10_000): Promise<Aside> {
  const aside = `${path}.${randomUUID()}.tmp`;
  const beat = setInterval(() => {
    const now = new Date();
    void utimes(aside, now, now).catch(() => {});
  }, heartbeat);
  beat.unref();
  const remove = async () => {
    clearInterval(beat);
    await rm(aside, { force: true }).catch(() => {});
  };
  try {
    const file = await open(aside, 'wx');
    try {
      await writeFile(file, isPieces(content) ? inLargePieces(content) : content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await remove();
    throw error;
  }
  const replace = async () => {
    clearInterval(beat);
    await rename(aside, path);
  };
  return { replace, remove };
}

/**
 * Writes a file whole or not at all: aside, on disk, then in place of what was there, its name on disk too. A kill leaves
 * the old file, and perhaps a part of the new one under the name that `fileOfPart` knows. Errors: those of the system.
 */
export async function writeWhole(path: string, content: Content): Promise<void> {
  const aside = await writeAside(path, content);
  try {
    await aside.replace();
  } catch (error) {
    await aside.remove();
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** The name of the file that this one was to become, where it is a part that `writeWhole` left; else null. */
export function fileOfPart(name: string): string | null {
  return /^(.+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.exec(name)?.[1] ?? null;
}
