import { randomUUID } from 'node:crypto';
import { type FileHandle, open, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { factsOf, lookAt, type OpenedFile, syncDirectory } from './directories.ts';
import { codeOf, isGone } from './errno.ts';
import { removeFile, renameFile } from './retry-while-busy.ts';
import { systemTimer } from './timer.ts';

/** Text or bytes, whole or in pieces. */
export type Content = string | Uint8Array | AsyncIterable<string | Uint8Array>;

const isPieces = (content: Content): content is AsyncIterable<string | Uint8Array> =>
  typeof content === 'object' && Symbol.asyncIterator in content;

/** Joins small texts, because each piece costs a system call. */
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

/** Longer texts would stay in memory until the engine's next large collection. */
const largePiece = 2 ** 16;

/** A file that is complete on disk under a temporary name, and is about to replace another. */
export interface TemporaryFile {
  /** Renames it to its final name. The name is on disk only after its directory is synced. */
  replace(): Promise<void>;
  /** Removes it, unless it has been renamed. */
  remove(): Promise<void>;
}

/** Temporary files of this process that have not been renamed yet. */
const unfinished = new Set<TemporaryFile>();

/** Removes the temporary files of this process. For a command that the user interrupts. */
export async function removeUnfinished(): Promise<void> {
  for (const temporary of unfinished) await temporary.remove();
}

/** Milliseconds between two updates of a temporary file's time. */
const heartbeat = 10_000;

/**
 * Writes and syncs a temporary file that is to become the file at `path`. Until it is renamed or removed, its time of
 * change is updated at every heartbeat, which shows that its process is alive. Errors: those of the system; the temporary
 * file is then removed.
 */
export async function writeTemporary(
  path: string,
  content: Content,
  timer = systemTimer,
): Promise<TemporaryFile> {
  const name = `${path}.${randomUUID()}.tmp`;
  /** When it was made, by the clock of its file system, which may differ from this machine's. */
  let made: { readonly file: OpenedFile; readonly now: number } | null = null;
  const stop = timer.every(heartbeat, async () => {
    if (made === null) return;
    const now = new Date(made.file.time + timer.now() - made.now);
    await utimes(name, now, now).catch(() => {});
  });
  const finish = () => {
    stop();
    unfinished.delete(temporary);
  };
  const temporary: TemporaryFile = {
    async replace() {
      stop();
      await renameFile(name, path).catch(async (error) => {
        // A file server whose answer got lost was asked again, and found nothing to rename: the file may have its name already.
        const found = isGone(error) ? await lookAt(path) : null;
        if (found === null || !isSameFile(found, made?.file)) throw error;
      });
      finish();
    },
    async remove() {
      finish();
      await removeFile(name).catch(() => {});
    },
  };
  unfinished.add(temporary);
  try {
    const file = await createOwn(name, 'w');
    try {
      made = { file: await factsOf(file), now: timer.now() };
      await writeFile(file, isPieces(content) ? inLargePieces(content) : content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await temporary.remove();
    throw error;
  }
  return temporary;
}

/**
 * Creates a file to write or to append to. Its name has a random number, so if it exists, a file server has carried out the
 * request twice.
 */
export const createOwn = (name: string, flag: 'w' | 'a'): Promise<FileHandle> =>
  open(name, `${flag}x`).catch((error) => {
    if (codeOf(error) === 'EEXIST') return open(name, flag);
    throw error;
  });

const isSameFile = (found: OpenedFile, known: OpenedFile | undefined): boolean =>
  found.inode === known?.inode && found.device === known.device;

/**
 * Writes a file whole or not at all: to a temporary file, synced, then renamed, and the directory synced. A kill leaves the
 * old file, and perhaps a temporary file whose name `finalName` recognises. Errors: those of the system.
 */
export async function writeWhole(path: string, content: Content): Promise<void> {
  const temporary = await writeTemporary(path, content);
  try {
    await temporary.replace();
  } catch (error) {
    await temporary.remove();
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** The final name of a temporary file that `writeWhole` left; null for any other file. */
export function finalName(name: string): string | null {
  return /^(.+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.exec(name)?.[1] ?? null;
}
