import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeDirectory } from '../files/directories.ts';
import { mayBeReadLater } from '../files/errno.ts';
import { readRegularAtOnce, readRegularBytes } from '../files/regular-file.ts';
import { writeWhole } from '../files/write-whole.ts';
import { type AttachmentKind, attachmentKinds } from '../trial/attachments.ts';
import { hashOfId, idOfHash } from '../trial/id.ts';
import type { Trial } from '../trial/trial.ts';
import { storeError } from './journal.ts';
import { kinds, storeFilesIn } from './own-files.ts';

const digestBytes = 32;
/** The largest attachment in bytes: the memory that a plan allows a trial. */
const largest = 2 ** 32;

/**
 * Writes an attachment of a trial to `<kind>/<hash of its id>.bin` in the store, followed by its SHA-256, whole or not at
 * all. Errors: the store cannot be written.
 */
export async function writeAttachment(
  directory: string,
  { id }: Pick<Trial, 'id'>,
  kind: AttachmentKind,
  bytes: Uint8Array,
): Promise<void> {
  try {
    await makeDirectory(attachmentFolder(directory, kind));
    await writeWhole(attachmentFile(directory, kind, id), Buffer.concat([bytes, digestOf(bytes)]));
  } catch (error) {
    throw storeError(directory, error);
  }
}

/** The same, of an attachment in pieces, as one that is too large for memory. */
export async function writeAttachmentPieces(
  directory: string,
  { id }: Pick<Trial, 'id'>,
  kind: AttachmentKind,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  async function* withDigest(): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    for await (const piece of pieces) {
      hash.update(piece);
      yield piece;
    }
    yield hash.digest();
  }
  await makeDirectory(attachmentFolder(directory, kind));
  await writeWhole(attachmentFile(directory, kind, id), withDigest());
}

/** Reads an attachment of a trial; null if the store has none or if the file is damaged. */
export function readAttachment(
  directory: string,
  { id }: Pick<Trial, 'id'>,
  kind: AttachmentKind,
): Promise<Uint8Array | null> {
  return readWhole(attachmentFile(directory, kind, id)).catch(() => null);
}

/** The same, synchronously. */
export function readAttachmentAtOnce(
  directory: string,
  { id }: Pick<Trial, 'id'>,
  kind: AttachmentKind,
): Uint8Array | null {
  try {
    return contentOf(readRegularAtOnce(attachmentFile(directory, kind, id), largest));
  } catch {
    return null;
  }
}

/** The names of the files of a kind in a store by trial id, whole or damaged. */
export async function attachmentsIn(directory: string, kind: AttachmentKind): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const name of await storeFilesIn(attachmentFolder(directory, kind))) {
    const hash = kinds[kind].name.exec(name)?.[1];
    if (hash !== undefined) names.set(idOfHash(hash), name);
  }
  return names;
}

/** The names of the files of a kind in the store by trial id: complete files and damaged ones. */
export interface FoundAttachments {
  readonly whole: ReadonlyMap<string, string>;
  readonly damaged: ReadonlyMap<string, string>;
}

/**
 * Reads and checks every attachment. A damaged file counts only if `isKnown` says that there is such a trial. Errors: a file
 * cannot be read, which may be whole.
 */
export async function findAttachments(
  directory: string,
  isKnown: (id: string) => boolean,
): Promise<ReadonlyMap<AttachmentKind, FoundAttachments>> {
  const found = new Map<AttachmentKind, FoundAttachments>();
  for (const kind of attachmentKinds) found.set(kind, await findOf(kind, directory, isKnown));
  return found;
}

async function findOf(
  kind: AttachmentKind,
  directory: string,
  isKnown: (id: string) => boolean,
): Promise<FoundAttachments> {
  const folder = attachmentFolder(directory, kind);
  const [whole, damaged] = [new Map<string, string>(), new Map<string, string>()];
  for (const [id, name] of await attachmentsIn(directory, kind)) {
    if ((await readWhole(join(folder, name))) !== null) whole.set(id, name);
    else if (isKnown(id)) damaged.set(id, name);
  }
  return { whole, damaged };
}

async function readWhole(path: string): Promise<Uint8Array | null> {
  const bytes = await readRegularBytes(path, largest).catch((error) => {
    if (mayBeReadLater(error)) throw error;
    return null;
  });
  return bytes === null ? null : contentOf(bytes);
}

/** The bytes before the digest; null if they do not have it. */
function contentOf(bytes: Buffer): Uint8Array | null {
  if (bytes.length <= digestBytes) return null;
  const content = bytes.subarray(0, -digestBytes);
  return digestOf(content).equals(bytes.subarray(-digestBytes)) ? content : null;
}

export const attachmentFolder = (directory: string, kind: AttachmentKind): string => join(directory, kind);

function attachmentFile(directory: string, kind: AttachmentKind, id: string): string {
  return join(attachmentFolder(directory, kind), `${hashOfId(id)}.bin`);
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
