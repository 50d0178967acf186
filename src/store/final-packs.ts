import { randomUUID } from 'node:crypto';
import { type FileHandle, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../files/directories.ts';
import { codeOf, mayBeReadLater } from '../files/errno.ts';
import { forEachLine } from '../files/lines.ts';
import { openRegular } from '../files/regular-file.ts';
import { createOwn } from '../files/write-whole.ts';
import { kinds } from './own-files.ts';
import { largestState } from './training-state.ts';

// Final checkpoints are appended to packs: each thread that trains has its own, since a million files are more than many file
// systems allow a user. A pack is finals/pack-NAME.states, the states one after another, and finals/pack-NAME.jsonl, with a line
// for each: {"final":FAMILY,"epochs":100,"at":0,"bytes":4711}. A state has its own checksum, so the line need not be trusted.

export const finalsFolder = (directory: string): string => join(directory, 'finals');

/** Where a final checkpoint is: bytes of a file in the folder of finals. */
export interface FinalPlace {
  readonly file: string;
  readonly at: number;
  /** Null: up to the end of the file. */
  readonly bytes: number | null;
  readonly epochs: number;
}

/** A line of a pack, or a file of a store from before there were packs. */
export interface ListedFinal extends FinalPlace {
  readonly family: string;
}

const linePattern = /^\{"final":"([0-9a-f]{64})","epochs":(\d{1,8}),"at":(\d{1,15}),"bytes":(\d{1,10})\}$/;

export const lineOfFinal = ({ family, epochs, at, bytes }: ListedFinal): string =>
  `{"final":"${family}","epochs":${epochs},"at":${at},"bytes":${bytes}}\n`;

export const statesOf = (index: string): string => index.replace(/\.jsonl$/, '.states');

/** The two files of a new pack. */
export function newPack(): { readonly states: string; readonly index: string } {
  const name = `pack-${randomUUID()}`;
  return { states: `${name}.states`, index: `${name}.jsonl` };
}

/**
 * Calls `visit` for each line of a pack's index whose family is wanted, and `onBadLine` for one that is not a line of an index,
 * counted from 1. An end that was cut off by a kill is skipped. Errors: those of the system.
 */
export async function visitPack(
  folder: string,
  index: string,
  isWanted: (family: string) => boolean,
  visit: (final: ListedFinal) => void,
  onBadLine: (number: number) => void = () => {},
): Promise<void> {
  const file = statesOf(index);
  let number = 0;
  await forEachLine(join(folder, index), 0, (line) => {
    number++;
    if (!isWanted(line.toString('latin1', kinds.finalIndex.begins.indexOf('0'), familyEnd))) return;
    const [, family, epochs, at, bytes] = linePattern.exec(line.toString('latin1')) ?? [];
    if (family !== undefined)
      visit({ family, file, epochs: Number(epochs), at: Number(at), bytes: Number(bytes) });
    else onBadLine(number);
  });
}

const familyEnd = kinds.finalIndex.begins.indexOf('0') + 64;

/** Reads final checkpoints; a file stays open until one of another file is read. */
export function createFinalReader(directory: string) {
  let open: { readonly file: string; readonly handle: FileHandle; readonly size: number } | null = null;
  const close = async (): Promise<void> => {
    await open?.handle.close();
    open = null;
  };
  return {
    /** The bytes of a final checkpoint; null if they are not there. Errors: they cannot be read now, but perhaps later. */
    async read({ file, at, bytes }: FinalPlace): Promise<Buffer | null> {
      try {
        if (open?.file !== file) {
          await close();
          const handle = await openRegular(join(finalsFolder(directory), file));
          open = { file, handle, size: (await handle.stat()).size };
        }
        const length = bytes ?? open.size - at;
        if (length > largestState || at + length > open.size) return null;
        const buffer = Buffer.allocUnsafe(length);
        let filled = 0;
        while (filled < length) {
          const { bytesRead } = await open.handle.read(buffer, filled, length - filled, at + filled);
          if (bytesRead === 0) return null;
          filled += bytesRead;
        }
        return buffer;
      } catch (error) {
        if (mayBeReadLater(error)) throw error;
        return null;
      }
    },
    close,
  };
}

/** Appends final checkpoints to a pack of its own. */
export interface FinalWriter {
  /** Errors: those of the system. The next one then begins another pack. */
  append(family: string, epochs: number, state: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * Nothing is synced, and no name either: what a power failure takes costs only time. A state is there before its line, so that
 * after a kill each line has its state. None is written that would not leave so many bytes of the disk free.
 */
export function openFinalWriter(directory: string, leave = leftForRecords): FinalWriter {
  let pack: Pack | null = null;
  let last: Promise<void> = Promise.resolve();
  const close = async (): Promise<void> => {
    const closing = pack;
    pack = null;
    await closing?.states.close();
    await closing?.index.close();
  };
  const room = createRoomCheck(directory, leave);
  const append = async (family: string, epochs: number, state: Uint8Array): Promise<void> => {
    await room.take(state.length);
    try {
      pack ??= await createPack(finalsFolder(directory));
      const { states, index, file, size } = pack;
      await states.appendFile(state);
      await index.appendFile(lineOfFinal({ family, file, epochs, at: size, bytes: state.length }));
      pack.size += state.length;
    } catch (error) {
      // A part of a state takes room on a full disk, and the index may end with a part of a line.
      const { states, size = 0 } = pack ?? {};
      await states?.truncate(size).catch(() => {});
      await close().catch(() => {});
      throw error;
    }
  };
  return {
    append(family, epochs, state) {
      const appended = last.then(() => append(family, epochs, state));
      last = appended.catch(() => {});
      return appended;
    },
    close: async () => {
      await last;
      await close();
    },
  };
}

/** Bytes of a disk that final checkpoints, which only save time, leave to the records. */
const leftForRecords = 16 * 2 ** 20;

/** Asks the disk how much is free, again when a part of it is used: others write, too. */
function createRoomCheck(directory: string, leave: number): { take(bytes: number): Promise<void> } {
  let unasked = 0;
  return {
    async take(bytes) {
      if (bytes > unasked) {
        // Some file systems do not say.
        const disk = await statfs(directory).catch(() => null);
        const free = disk === null || disk.blocks === 0 ? Infinity : disk.bavail * disk.bsize - leave;
        if (bytes > free) throw new Error(`less than ${leave / 2 ** 20} MiB of the disk would stay free`);
        unasked = Math.max(bytes, free / 16);
      }
      unasked -= bytes;
    },
  };
}

interface Pack {
  readonly file: string;
  readonly states: FileHandle;
  readonly index: FileHandle;
  size: number;
}

async function createPack(folder: string): Promise<Pack> {
  const { states: file, index } = newPack();
  const path = join(folder, file);
  const states = await createOwn(path, 'a').catch(async (error) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    await makeDirectory(folder);
    return await createOwn(path, 'a');
  });
  try {
    return { file, states, index: await createOwn(join(folder, index), 'a'), size: 0 };
  } catch (error) {
    await states.close();
    throw error;
  }
}
