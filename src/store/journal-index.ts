import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { SizeAndTime } from '../files/directories.ts';
import { forEachLine, readBytes } from '../files/lines.ts';
import { readRegularBytes } from '../files/regular-file.ts';
import { removeFile } from '../files/retry-while-busy.ts';
import { writeWhole } from '../files/write-whole.ts';
import { hashOfId, idOfHash } from '../trial/id.ts';
import { decodeLine, headLength, idOfLine, isOurLine } from './journal.ts';
import { isOwn, kinds } from './own-files.ts';

/**
 * Called for each line of a journal with the id in the line (null if it has none), the line's position in bytes, and whether
 * this program wrote it.
 */
export type VisitLine = (id: string | null, offset: number, length: number, isOurs: boolean) => void;

/** A line was written by a newer version. */
export class NewerLine extends Error {
  readonly version: number;
  constructor(version: number) {
    super(`store version ${version}`);
    this.version = version;
  }
}

/** The path of the index, next to its journal. Only long journals have one. */
const indexOf = (journal: string): string => journal.replace(/\.jsonl$/, '.index');

const isIndex = (path: string): boolean => isOwn(kinds.index, dirname(path), basename(path));

/** Removes the index of a journal, if there is one. */
export async function removeIndex(journal: string): Promise<void> {
  if (isIndex(indexOf(journal))) await removeFile(indexOf(journal));
}

/** An index is written if more than this many bytes of its journal had to be scanned. */
const indexThreshold = 2 ** 20;

const magic = Buffer.from(kinds.index.begins);
const digestLength = 32;
const headerLength = digestLength + magic.length + 16;
const entryLength = 48;

/**
 * Calls `visit` for the lines of a journal of this size from byte `from` on, and returns the byte after the last whole line.
 *
 * A long journal has an index next to it with ids and positions, so that the journal itself need not be read. The index is
 * a cache and is rebuilt if it does not match. Every record is checked when it is used, so a wrong index only costs time.
 * Errors: NewerLine.
 */
export async function visitJournal(
  path: string,
  { size, time }: SizeAndTime,
  from: number,
  visit: VisitLine,
): Promise<number> {
  if (size <= from) return from;
  const known = from === 0 && size > indexThreshold ? await readIndex(path, size, time) : null;
  if (known !== null) visitEntries(known.entries, visit);
  const begin = known?.covered ?? from;
  if (begin >= size) return begin;
  const entries = from === 0 ? createEntries(known?.entries) : null;
  const end = await forEachLine(path, begin, (line, offset) => {
    const id = idOfLine(line.subarray(0, headLength));
    if (id === null) refuseNewer(line);
    entries?.add(id, offset, line.length);
    visit(id, offset, line.length, id !== null || isOurLine(line));
  });
  if (entries?.hasIds() && end - begin > indexThreshold) await writeIndex(path, end, time, entries.all());
  return end;
}

function refuseNewer(line: Buffer): void {
  if (line[0] !== '{'.charCodeAt(0)) return;
  const decoded = decodeLine(line.toString());
  if ('fault' in decoded && decoded.fault === 'newer') throw new NewerLine(decoded.version);
}

function visitEntries(entries: Buffer, visit: VisitLine): void {
  for (let at = 0; at < entries.length; at += entryLength) {
    const damaged = entries[at + 44] === 1;
    visit(
      damaged ? null : idOfHash(entries.toString('hex', at, at + 32)),
      entries.readDoubleLE(at + 32),
      entries.readUInt32LE(at + 40),
      true,
    );
  }
}

/** A growing list of entries: id (32 bytes), offset (8), length (4), whether the line is damaged (1), 3 unused bytes. */
function createEntries(known: Buffer = Buffer.alloc(0)) {
  let buffer = Buffer.alloc(Math.max(1024 * entryLength, 2 * known.length));
  let used = known.copy(buffer);
  // Only a journal with ids gets an index, so an existing index has some.
  let ids = used > 0;
  return {
    add(id: string | null, offset: number, length: number) {
      if (used === buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(buffer.length)]);
      ids ||= id !== null;
      if (id !== null) buffer.write(hashOfId(id), used, 'hex');
      buffer.writeDoubleLE(offset, used + 32);
      buffer.writeUInt32LE(length, used + 40);
      buffer[used + 44] = id === null ? 1 : 0;
      used += entryLength;
    },
    /** Whether any line has an id. */
    hasIds: () => ids,
    all: () => buffer.subarray(0, used),
  };
}

/** Reads the index of a journal; null if it is damaged or does not match the journal, which may have grown since. */
async function readIndex(
  path: string,
  size: number,
  time: number,
): Promise<{ covered: number; entries: Buffer } | null> {
  // Each line is longer than its entry, so a larger index is not ours.
  const bytes = await readRegularBytes(indexOf(path), headerLength + size).catch(() => null);
  if (bytes === null || bytes.length < headerLength) return null;
  const body = bytes.subarray(digestLength);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(0, digestLength))) return null;
  if (!body.subarray(0, magic.length).equals(magic)) return null;
  const covered = body.readDoubleLE(magic.length);
  const entries = bytes.subarray(headerLength);
  const unchanged = covered === size ? body.readDoubleLE(magic.length + 8) === time : covered < size;
  if (!unchanged || !isInOrder(covered, entries)) return null;
  return lastLineMatches(path, covered, entries) && !hasHealed(path, entries) ? { covered, entries } : null;
}

/** Whether the lines are in order, do not overlap, and end before `covered`. */
function isInOrder(covered: number, entries: Buffer): boolean {
  if (entries.length % entryLength !== 0) return false;
  let end = 0;
  let good = true;
  visitEntries(entries, (_id, offset, length) => {
    good &&= Number.isSafeInteger(offset) && offset >= end;
    end = offset + length + 1;
  });
  return good && end <= covered;
}

/** Whether the last line in the index is still at its position in the journal. */
function lastLineMatches(path: string, covered: number, entries: Buffer): boolean {
  let last: { id: string | null; offset: number; length: number } | null = null;
  visitEntries(entries.subarray(-entryLength), (id, offset, length) => {
    last = { id, offset, length };
  });
  if (last === null) return false;
  const { id, offset, length } = last as { id: string | null; offset: number; length: number };
  const line = readBytes(path, offset, length + 1);
  return offset + length + 1 === covered && line[length] === 10 && idOfLine(line.subarray(0, length)) === id;
}

/** How many damaged lines of an index are read again. */
const mostReread = 100;

/**
 * Whether a line that is damaged by the index is good, or is several lines. Another machine may have read it, on a folder that
 * they share, before its writer's bytes arrived.
 */
function hasHealed(path: string, entries: Buffer): boolean {
  let reread = 0;
  let healed = false;
  visitEntries(entries, (id, offset, length) => {
    if (id !== null || healed || ++reread > mostReread) return;
    const line = readBytes(path, offset, length);
    healed = idOfLine(line) !== null || line.includes(10);
  });
  return healed;
}

/** Writes the index, unless the store cannot be written or a file that is not ours has its name. */
async function writeIndex(path: string, covered: number, time: number, entries: Buffer): Promise<void> {
  if (existsSync(indexOf(path)) && !isIndex(indexOf(path))) return;
  const header = Buffer.alloc(magic.length + 16);
  magic.copy(header);
  header.writeDoubleLE(covered, magic.length);
  header.writeDoubleLE(time, magic.length + 8);
  const digest = createHash('sha256').update(header).update(entries).digest();
  await writeWhole(indexOf(path), Buffer.concat([digest, header, entries])).catch(() => {});
}
