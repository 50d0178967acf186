import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { sizeAndTime } from '../files/directories.ts';
import { forEachLine, readBytes } from '../files/lines.ts';
import { readRegularBytes } from '../files/regular-file.ts';
import { removeFile } from '../files/until-free.ts';
import { writeWhole } from '../files/write-whole.ts';
import { decodeLine, headLength, idOfLine, isOurLine } from './journal.ts';
import { isOwn, kinds } from './own-files.ts';

/**
 * Hears of each line of a journal: the id it says it has (null: it has none), the bytes where it lies, and whether this
 * program wrote it.
 */
export type VisitLine = (id: string | null, offset: number, length: number, isOurs: boolean) => void;

/** A line of a version that is not known yet. */
export class NewerLine extends Error {
  readonly version: number;
  constructor(version: number) {
    super(`store version ${version}`);
    this.version = version;
  }
}

/** Beside a journal that is long enough to be worth it. */
const indexOf = (journal: string): string => journal.replace(/\.jsonl$/, '.index');

const isIndex = (path: string): boolean => isOwn(kinds.index, dirname(path), basename(path));

/** Removes the index of a journal, if there is one. */
export async function removeIndex(journal: string): Promise<void> {
  if (isIndex(indexOf(journal))) await removeFile(indexOf(journal));
}

/** An index is written when more than so many bytes of its journal had to be looked through. */
const worthwhile = 2 ** 20;

const magic = Buffer.from(kinds.index.begins);
const digestLength = 32;
const headerLength = digestLength + magic.length + 16;
const entryLength = 48;

/**
 * Tells of the lines of a journal from byte `from` on, and returns the byte after the last whole one.
 *
 * A long journal has an index beside it: ids and places, so that the journal itself need not be read. It is a cache,
 * made again whenever it does not fit, and every record is checked when it is used, so a wrong one can cost time only.
 * Errors: NewerLine.
 */
export async function visitJournal(path: string, from: number, visit: VisitLine): Promise<number> {
  const { size, time } = await sizeAndTime(path);
  if (size <= from) return from;
  const known = from === 0 ? await readIndex(path, size, time) : null;
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
  if (entries?.hasIds() && end - begin > worthwhile) await writeIndex(path, end, time, entries.all());
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
      damaged ? null : entries.toString('hex', at, at + 32),
      entries.readDoubleLE(at + 32),
      entries.readUInt32LE(at + 40),
      true,
    );
  }
}

/** A growing list: id (32 bytes), offset (8), length (4), whether the line is damaged (1), 3 bytes left over. */
function createEntries(known: Buffer = Buffer.alloc(0)) {
  let buffer = Buffer.alloc(Math.max(1024 * entryLength, 2 * known.length));
  let used = known.copy(buffer);
  // An index is made only of a journal that has some.
  let ids = used > 0;
  return {
    add(id: string | null, offset: number, length: number) {
      if (used === buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(buffer.length)]);
      ids ||= id !== null;
      if (id !== null) buffer.write(id, used, 'hex');
      buffer.writeDoubleLE(offset, used + 32);
      buffer.writeUInt32LE(length, used + 40);
      buffer[used + 44] = id === null ? 1 : 0;
      used += entryLength;
    },
    /** Whether any of the lines is this program's. */
    hasIds: () => ids,
    all: () => buffer.subarray(0, used),
  };
}

/** The index of a journal where it is whole and belongs to what the journal is now, or was before it grew. */
async function readIndex(
  path: string,
  size: number,
  time: number,
): Promise<{ covered: number; entries: Buffer } | null> {
  // Each line that it knows is longer than its entry.
  const bytes = await readRegularBytes(indexOf(path), headerLength + size).catch(() => null);
  if (bytes === null || bytes.length < headerLength) return null;
  const body = bytes.subarray(digestLength);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(0, digestLength))) return null;
  if (!body.subarray(0, magic.length).equals(magic)) return null;
  const covered = body.readDoubleLE(magic.length);
  const entries = bytes.subarray(headerLength);
  const unchanged = covered === size ? body.readDoubleLE(magic.length + 8) === time : covered < size;
  if (!unchanged || !liesWithin(covered, entries)) return null;
  return endsAsIndexed(path, covered, entries) ? { covered, entries } : null;
}

/** Whether every line lies behind the one before and ends before `covered`. */
function liesWithin(covered: number, entries: Buffer): boolean {
  if (entries.length % entryLength !== 0) return false;
  let end = 0;
  let good = true;
  visitEntries(entries, (_id, offset, length) => {
    good &&= Number.isSafeInteger(offset) && offset >= end;
    end = offset + length + 1;
  });
  return good && end <= covered;
}

/** Whether the last line that the index knows of still lies where it says. */
function endsAsIndexed(path: string, covered: number, entries: Buffer): boolean {
  let last: { id: string | null; offset: number; length: number } | null = null;
  visitEntries(entries.subarray(-entryLength), (id, offset, length) => {
    last = { id, offset, length };
  });
  if (last === null) return false;
  const { id, offset, length } = last as { id: string | null; offset: number; length: number };
  const line = readBytes(path, offset, length + 1);
  return offset + length + 1 === covered && line[length] === 10 && idOfLine(line.subarray(0, length)) === id;
}

/** Writes the index; there is none where the store cannot be written, or another's file has the name. */
async function writeIndex(path: string, covered: number, time: number, entries: Buffer): Promise<void> {
  if (existsSync(indexOf(path)) && !isIndex(indexOf(path))) return;
  const header = Buffer.alloc(magic.length + 16);
  magic.copy(header);
  header.writeDoubleLE(covered, magic.length);
  header.writeDoubleLE(time, magic.length + 8);
  const digest = createHash('sha256').update(header).update(entries).digest();
  await writeWhole(indexOf(path), Buffer.concat([digest, header, entries])).catch(() => {});
}
