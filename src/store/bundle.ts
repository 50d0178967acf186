import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { exitCodes, UserError } from '../errors.ts';
import { writeWhole } from '../files/write-whole.ts';
import { type AttachmentKind, attachmentKinds, forEachKind } from '../trial/attachments.ts';
import { expectedAttachments } from '../trial/expected-attachments.ts';
import { hashOfId, shortId } from '../trial/id.ts';
import { attachmentsIn, readAttachment } from './attachments.ts';
import { encodeLine } from './journal.ts';
import { describeProblems, type Store } from './store.ts';

// A bundle is one file with the records of a store: gzip of lines of JSON. The first line has the format. Then come the records in the
// order of their ids, as lines of a journal (journal.ts); the attachments in the same order, each in parts; and a last line with the
// SHA-256 of all lines before it. docs/scale.md describes it for people and for other programs.

export const bundleFormat = 'fys-nn-trials/1';

/** The bytes of an attachment in each part but the last: a multiple of 3, so that the texts of the parts can be joined. */
export const partBytes = 3 * 2 ** 18;

/** The longest line. A record with a million values in its curves is shorter. */
export const longestLine = 2 ** 25;

/** A part of an attachment, as a line has it. */
export interface PartLine {
  readonly attachment: AttachmentKind;
  /** The hash in the id of its trial. */
  readonly id: string;
  /** Of the whole attachment. */
  readonly bytes: number;
  readonly sha256: string;
  /** Counted from 0. */
  readonly part: number;
  readonly base64: string;
}

/** The last line. */
export interface LastLine {
  readonly records: number;
  readonly attachments: number;
  /** Of all bytes before this line, unpacked. */
  readonly sha256: string;
}

export interface Exported {
  readonly file: string;
  readonly records: number;
  readonly attachments: Readonly<Record<AttachmentKind, number>>;
  /** The trials whose attachments of a kind should be there and are missing or damaged. */
  readonly missing: Readonly<Record<AttachmentKind, readonly string[]>>;
  /** One sentence per damaged journal, whose lines were left out. */
  readonly damaged: readonly string[];
}

/**
 * Writes a store's records to one file, whole or not at all; `withFiles`: their attachments too. The same records, computed at the
 * same time, give the same bytes on every machine. Errors: the file cannot be written; a record is too long.
 */
export async function exportBundle(store: Store, file: string, withFiles: boolean): Promise<Exported> {
  const counts = { records: 0, attachments: 0 };
  const attached = forEachKind(() => 0);
  const [expected, missing] = [forEachKind(() => new Set<string>()), forEachKind<string[]>(() => [])];
  const ids = [...store.ids()].sort();
  async function* lines(): AsyncGenerator<string> {
    yield `${JSON.stringify({ format: bundleFormat })}\n`;
    for (const id of ids) {
      const record = store.get(id);
      if (record === undefined) continue;
      const line = encodeLine(record);
      if (line.length > longestLine) throw tooLong(id, line.length);
      for (const kind of expectedAttachments(record)) expected[kind].add(id);
      counts.records++;
      yield line;
    }
    if (!withFiles) return;
    for (const kind of attachmentKinds) {
      const there = await attachmentsIn(store.directory, kind);
      for (const id of ids) {
        const bytes =
          there.has(id) && store.has(id) ? await readAttachment(store.directory, { id }, kind) : null;
        if (bytes !== null) {
          counts.attachments++;
          attached[kind]++;
          yield* partLines(id, kind, bytes);
        } else if (expected[kind].has(id)) missing[kind].push(id);
      }
    }
  }
  await writeWhole(file, packed(closed(lines(), counts)));
  const damaged = await describeProblems(store.directory, store.problems);
  return { file, records: counts.records, attachments: attached, missing, damaged };
}

function* partLines(id: string, kind: AttachmentKind, content: Uint8Array): Generator<string> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  for (let part = 0; part * partBytes < bytes.length; part++) {
    const base64 = bytes.toString('base64', part * partBytes, (part + 1) * partBytes);
    const line: PartLine = { attachment: kind, id: hashOfId(id), bytes: bytes.length, sha256, part, base64 };
    yield `${JSON.stringify(line)}\n`;
  }
}

const pieceLength = 2 ** 18;

/** Joins lines to larger pieces, and adds the last line. */
async function* closed(
  lines: AsyncIterable<string>,
  counts: Omit<LastLine, 'sha256'>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let text = '';
  for await (const line of lines) {
    text += line;
    if (text.length < pieceLength) continue;
    const piece = Buffer.from(text);
    hash.update(piece);
    text = '';
    yield piece;
    await setImmediate(); // lets Ctrl-C through
  }
  const sha256 = hash.update(text).digest('hex');
  const last: LastLine = { ...counts, sha256 };
  yield Buffer.from(`${text}${JSON.stringify(last)}\n`);
}

/**
 * Packs bytes with fflate, which is JavaScript alone: zlib may give other bytes on another processor. The header has no time.
 */
async function* packed(pieces: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  const { Gzip } = await import('fflate');
  let ready: Uint8Array[] = [];
  const gzip = new Gzip({ level: 6, mtime: 0 }, (chunk) => ready.push(chunk));
  for await (const piece of pieces) {
    gzip.push(piece);
    yield* ready;
    ready = [];
  }
  gzip.push(new Uint8Array(0), true);
  yield* ready;
}

function tooLong(id: string, length: number): UserError {
  return new UserError(
    {
      what: `the record of trial ${shortId(id)} is too long for a file of records`,
      expected: `at most ${longestLine} bytes`,
      received: length,
      remedy: 'leave it out, or copy the store itself; its curves are shorter with {evaluateEvery}',
    },
    exitCodes.failed,
  );
}
