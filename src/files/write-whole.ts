import { randomUUID } from 'node:crypto';
import { open, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './directories.ts';
import { systemTimer } from './timer.ts';
import { removeFile, renameFile } from './until-free.ts';

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
  /** Removes it, unless it has taken the place. */
  remove(): Promise<void>;
}

/** Files of this process that have not taken their place yet. */
const unfinished = new Set<Aside>();

/** Removes what this process has not finished writing: for a command that the user interrupts. */
export async function removeUnfinished(): Promise<void> {
  for (const aside of unfinished) await aside.remove();
}

/** Milliseconds between two signs of life. */
const heartbeat = 10_000;

/**
 * Writes what is to become the file at `path`, aside and on disk. Until it takes the place, or is removed, its time of
 * change shows at every heartbeat that its process lives. Errors: those of the system; nothing is left then.
 */
export async function writeAside(path: string, content: Content, timer = systemTimer): Promise<Aside> {
  const name = `${path}.${randomUUID()}.tmp`;
  const stop = timer.every(heartbeat, async () => {
    const now = new Date();
    await utimes(name, now, now).catch(() => {});
  });
  const finish = () => {
    stop();
    unfinished.delete(aside);
  };
  const aside: Aside = {
    async replace() {
      stop();
      await renameFile(name, path);
      finish();
    },
    async remove() {
      finish();
      await removeFile(name).catch(() => {});
    },
  };
  unfinished.add(aside);
  try {
    const file = await open(name, 'wx');
    try {
      await writeFile(file, isPieces(content) ? inLargePieces(content) : content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await aside.remove();
    throw error;
  }
  return aside;
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

/** The name of the file that this one was to become, if it is a part that `writeWhole` left; else null. */
export function fileOfPart(name: string): string | null {
  return /^(.+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.exec(name)?.[1] ?? null;
}
