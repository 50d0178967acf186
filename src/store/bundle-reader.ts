import { createHash } from 'node:crypto';
import { exitCodes, quote, UserError } from '../errors.ts';
import { codeOf, isDiskFault, reasonOf } from '../files/errno.ts';
import { DamagedGzip, unpackedBytes } from '../files/unpacked.ts';
import { type AttachmentKind, attachmentKinds } from '../trial/attachments.ts';
import { idOfHash, isHash } from '../trial/id.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { bundleFormat, type LastLine, longestLine, type PartLine, partBytes } from './bundle.ts';
import { decodeLine, idOfLine } from './journal.ts';

/** A record, with its line as a journal has it. */
export interface BundleRecord {
  readonly record: TrialRecord;
  readonly line: string;
}

/** A part of an attachment. */
export interface BundlePart {
  readonly id: string;
  readonly kind: AttachmentKind;
  /** Of the whole attachment. */
  readonly sha256: string;
  /** Counted from 0. */
  readonly part: number;
  readonly isLast: boolean;
  readonly content: Buffer;
}

/**
 * Yields what a file of records holds, each entry checked: its checksum, its id, its place in the order. The checksum of the whole is
 * known only after the last entry. Memory: about 50 bytes for each record, and the longest line. Errors: UserError with the line, for
 * a file that was changed or cut off, for another file, and for one of a newer version.
 */
export async function* bundleEntries(file: string): AsyncGenerator<BundleRecord | BundlePart> {
  const hash = createHash('sha256');
  const ids = createIdSet();
  const parts = partReader(ids);
  let number = 0;
  let before = '';
  let isClosed = false;
  const refuse = (what: string): never => {
    throw refused(file, `line ${number} ${what}`);
  };
  try {
    for await (const line of unpackedLines(file)) {
      number++;
      if (isClosed) refuse('comes after the last line');
      if (number === 1) requireFormat(file, line);
      else if (idOfLine(line) !== null) {
        const text = line.toString();
        const decoded = decodeLine(text);
        if ('fault' in decoded)
          return refuse(
            decoded.fault === 'not a record' ? 'is not a record' : 'was changed after it was written',
          );
        const { record } = decoded;
        if (record.id !== idOfLine(line) || record.id <= before || parts.count() > 0)
          refuse('is not in its place: records are in the order of their ids, before all attachments');
        before = record.id;
        ids.add(record.id);
        yield { record, line: text };
      } else {
        const found = parsed(line);
        if (isLastLine(found)) {
          const isWhole =
            found.records === ids.size && found.attachments === parts.count() && parts.isComplete();
          if (!isWhole || found.sha256 !== hash.digest('hex'))
            refuse('does not fit the lines before it: some of them were changed or removed');
          isClosed = true;
          continue;
        }
        const part = isPartLine(found) ? parts.next(found) : null;
        yield part ?? refuse('was changed after it was written, or is not in its place');
      }
      hash.update(line).update('\n');
    }
  } catch (error) {
    if (error instanceof DamagedGzip) throw refused(file, `it is damaged or cut off after line ${number}`);
    if (error instanceof TooLong && number === 0) throw notABundle(file);
    if (error instanceof TooLong)
      throw refused(file, `line ${number + 1} is longer than any that fys-nn writes`);
    throw codeOf(error) === undefined ? error : unreadable(file, error);
  }
  if (!isClosed) throw refused(file, `it is cut off after line ${number}`);
}

/** Checks the parts of attachments, each against the one before. */
function partReader(ids: IdSet) {
  let count = 0;
  let before = '';
  /** The attachment whose parts are being read; null between attachments. */
  let open: { key: string; sha256: string; bytes: number; parts: number; read: number } | null = null;
  let digest = createHash('sha256');
  return {
    count: () => count,
    isComplete: () => open === null,
    /** null for a part that is not in its place, or that was changed. */
    next({ attachment: kind, id, bytes, sha256, part, base64 }: PartLine): BundlePart | null {
      const key = `${attachmentKinds.indexOf(kind)} ${id}`;
      if (open === null) {
        if (part !== 0 || key <= before || !ids.has(idOfHash(id))) return null;
        count++;
        before = key;
        open = { key, sha256, bytes, parts: 0, read: 0 };
        digest = createHash('sha256');
      }
      const content = Buffer.from(base64, 'base64');
      const expected = Math.min(partBytes, open.bytes - open.read);
      const isNext =
        open.key === key && open.sha256 === sha256 && open.bytes === bytes && open.parts === part;
      if (!isNext || content.length !== expected || expected === 0) return null;
      open.parts++;
      open.read += content.length;
      digest.update(content);
      const isLast = open.read === open.bytes;
      if (isLast) {
        open = null;
        if (digest.digest('hex') !== sha256) return null;
      }
      return { id: idOfHash(id), kind, sha256, part, isLast, content };
    },
  };
}

class TooLong extends Error {}

const longestHeader = 1024;
const newline = 10;

/** Yields the lines of a packed file. Errors: a line that is too long; those of unpackedBytes. */
async function* unpackedLines(file: string): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let length = 0;
  let longest = longestHeader;
  for await (const bytes of unpackedBytes(file)) {
    let begin = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, begin)) {
      const rest = bytes.subarray(begin, end);
      if (length + rest.length > longest) throw new TooLong();
      yield begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
      begun = [];
      length = 0;
      longest = longestLine;
      begin = end + 1;
    }
    begun.push(Buffer.from(bytes.subarray(begin)));
    length += bytes.length - begin;
    if (length > longest) throw new TooLong();
  }
  if (length > 0) throw new DamagedGzip();
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString());
  } catch {
    return null;
  }
}

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isDigest = (value: unknown): boolean => typeof value === 'string' && isHash(value);

function isPartLine(value: unknown): value is PartLine {
  if (!isObject(value)) return false;
  const { attachment, id, bytes, sha256, part, base64 } = value;
  const isKind = attachmentKinds.some((kind) => kind === attachment);
  return (
    isKind &&
    isDigest(id) &&
    isDigest(sha256) &&
    isCount(bytes) &&
    isCount(part) &&
    typeof base64 === 'string'
  );
}

const isLastLine = (value: unknown): value is LastLine =>
  isObject(value) && isCount(value.records) && isCount(value.attachments) && isDigest(value.sha256);

function requireFormat(file: string, line: Buffer): void {
  const header = parsed(line);
  const format = isObject(header) ? header.format : undefined;
  if (format === bundleFormat) return;
  const isOther = typeof format === 'string' && format.startsWith(`${bundleFormat.split('/')[0]}/`);
  if (!isOther) throw notABundle(file);
  throw new UserError({
    what: `${quote(file)} was written by another version of fys-nn`,
    expected: bundleFormat,
    received: format,
    remedy: 'update fys-nn, or export the records with this version',
  });
}

function notABundle(file: string): UserError {
  return new UserError({
    what: `${quote(file)} is not a file of records`,
    expected: 'a file that fys-nn store export wrote',
    received: file,
    remedy: 'export the records on the other machine with fys-nn store export FILE, and import that file',
  });
}

function refused(file: string, what: string): UserError {
  return new UserError({
    what: `${quote(file)} cannot be imported: ${what}`,
    expected: 'the file as fys-nn store export wrote it',
    remedy: 'copy or export it again; nothing was imported',
  });
}

function unreadable(file: string, error: unknown): UserError {
  return new UserError(
    {
      what: `${quote(file)} cannot be read: ${reasonOf(error)}`,
      expected: 'a file of records',
      remedy: 'check the path',
    },
    isDiskFault(error) ? exitCodes.failed : exitCodes.usage,
  );
}
