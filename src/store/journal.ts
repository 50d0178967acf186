import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import { filesIn, makeDirectory, syncDirectory } from '../files/directories.ts';
import { codeOf, isWrongPath, reasonOf } from '../files/errno.ts';
import { canonicalJson, createTrial, type TrialRecord } from '../trial/trial.ts';
import { kinds } from './own-files.ts';

/**
 * Version of a journal's lines; a store with a newer one is refused.
 *
 * {"store":2,"id":…,"check":…,"record":{…}}, where check is the beginning of the SHA-256 of the id and the record's text.
 * The id is at a fixed place, so that a million lines can be looked through without reading what is in them.
 */
export const storeVersion = 2;

const prefix = Buffer.from(kinds.journal.begins);
const afterId = Buffer.from('","check":"');
/** What a line of version 1 began with; it had no checksum, and is no longer read. */
const oldPrefix = Buffer.from('{"store":1,"record":{"id":"');
/** Bytes of a line that hold its id. */
export const headLength = prefix.length + 64;

const checkLength = 16;
const checkOf = (id: string, record: string): string =>
  createHash('sha256').update(id).update(record).digest('hex').slice(0, checkLength);

export function encodeLine({ id, ...rest }: TrialRecord): string {
  const record = JSON.stringify(rest);
  return `{"store":${storeVersion},"id":"${id}","check":"${checkOf(id, record)}","record":${record}}\n`;
}

const hasAt = (line: Buffer, text: Buffer, at: number): boolean =>
  line.subarray(at, at + text.length).equals(text);

/** The id that a line says it has, or null; nothing else of the line is looked at. */
export function idOfLine(head: Buffer): string | null {
  if (!hasAt(head, prefix, 0)) return null;
  const id = head.toString('latin1', prefix.length, headLength);
  return /^[0-9a-f]{64}$/.test(id) ? id : null;
}

/** Whether a version of fys-nn before 0.1.0 wrote the line. */
export const isOldLine = (line: Buffer): boolean => hasAt(line, oldPrefix, 0);

/** Whether fys-nn wrote the line, which may be damaged: no one change spoils both its beginning and what is after the id. */
export const isOurLine = (line: Buffer): boolean =>
  hasAt(line, prefix, 0) || hasAt(line, afterId, headLength) || isOldLine(line);

/** A line fully checked: its record, or what is wrong with it. */
export type Decoded =
  | { readonly record: TrialRecord }
  | { readonly fault: 'not a record' | 'not what was written' }
  | { readonly fault: 'newer'; readonly version: number };

/** Reads a line without its end: its JSON and, unless it was checked before, its checksum and its id. */
export function decodeLine(line: string, checked = false): Decoded {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { fault: 'not a record' };
  }
  if (!isObject(parsed) || !('store' in parsed) || typeof parsed.store !== 'number')
    return { fault: 'not a record' };
  const { id, check, record } = parsed as { id?: unknown; check?: unknown; record?: unknown };
  const text = line.slice(line.indexOf('"record":') + '"record":'.length, -1);
  if (parsed.store !== storeVersion) {
    // One whose check is this version's was written by it, and changed since: the check of a later version has to cover
    // its number too. All else is not for this one to judge.
    if (typeof id === 'string' && check === checkOf(id, text)) return { fault: 'not what was written' };
    return parsed.store > storeVersion
      ? { fault: 'newer', version: parsed.store }
      : { fault: 'not a record' };
  }
  const whole = { id, ...(isObject(record) ? record : {}) };
  if (!isRecord(whole)) return { fault: 'not a record' };
  if (checked) return { record: whole };
  // The id is what is looked up, so it has to be that of what was computed.
  if (check !== checkOf(whole.id, text) || idOf(whole) !== whole.id) return { fault: 'not what was written' };
  return { record: whole };
}

/** null for a config that is nested too deeply to have been written by this program. */
function idOf({ config }: TrialRecord): string | null {
  try {
    return createTrial(config).id;
  } catch {
    return null;
  }
}

function isRecord(value: object): value is TrialRecord {
  const { id, at, status, metrics, curves, config, seconds, divergedAt } = value as Partial<TrialRecord>;
  if (typeof id !== 'string' || typeof at !== 'string') return false;
  if (status !== 'done' && status !== 'diverged') return false;
  if (!isObject(metrics) || !isObject(curves) || !isObject(config)) return false;
  const isNumber = (entry: unknown) => entry === null || Number.isFinite(entry);
  if (!Number.isFinite(seconds) || !isNumber(divergedAt)) return false;
  if (!Object.keys(curves).every((name) => /^(train|test)_[a-z0-9_]+$/.test(name))) return false;
  return (
    Object.values(metrics).every(isNumber) &&
    Object.values(curves).every((curve) => Array.isArray(curve) && curve.every(isNumber))
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** What two records of one trial must have in common: all but when and how fast they were computed. */
export function numbersOf({ seconds: _, at: __, ...rest }: TrialRecord): string {
  return canonicalJson(rest);
}

/** Appends records to a journal of its own, each on disk before the promise resolves. */
export interface JournalWriter {
  append(record: TrialRecord): Promise<void>;
  close(): Promise<void>;
}

/** The files in a store that may be journals by their names: those of other machines may have been given other ones. */
export const journalsIn = async (directory: string): Promise<string[]> =>
  (await filesIn(directory)).filter((name) => name.startsWith('journal-') && name.endsWith('.jsonl'));

export const newJournalName = (): string => `journal-${randomUUID()}.jsonl`;

/**
 * Opens a new journal in the store, made if need be: no two writers ever share a file, so none waits for another.
 *
 * Errors: a store that cannot be made or written.
 */
export async function openJournal(directory: string): Promise<JournalWriter> {
  let journal: Journal | null = null;
  let last: Promise<void> = Promise.resolve();
  const close = async () => {
    const closing = journal;
    journal = null;
    await closing?.file.close();
  };
  const write = async (record: TrialRecord): Promise<void> => {
    journal ??= await createJournal(directory);
    await journal.file.appendFile(encodeLine(record));
    await journal.file.datasync();
  };
  const append = async (record: TrialRecord) => {
    try {
      await write(record);
      if (await isInPlace(journal!)) return;
      // `store repair` and `gc` wait for nobody who gave no sign of life. They have what was here before, not this record.
      await close();
      journal = await nextJournal(directory);
      await write(record);
      if (!(await isInPlace(journal!))) throw Object.assign(new Error('removed'), { code: 'ENOENT' });
    } catch (error) {
      // A half-written line may stand at the end: the next record begins a new journal.
      await close().catch(() => {});
      throw storeError(directory, error);
    }
  };
  return {
    append: (record) => {
      const appended = last.then(() => append(record));
      last = appended.catch(() => {});
      return appended;
    },
    close: async () => {
      await last;
      await close();
    },
  };
}

interface Journal {
  readonly path: string;
  readonly file: FileHandle;
}

/** Whether the name of the journal still is this file's: else nobody might ever read what was written. */
async function isInPlace({ path, file }: Journal): Promise<boolean> {
  const written = await file.stat({ bigint: true });
  const found = await stat(path, { bigint: true }).catch((error) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  return found !== null && found.ino === written.ino && found.dev === written.dev;
}

async function createJournal(directory: string): Promise<Journal> {
  await makeDirectory(directory);
  return nextJournal(directory);
}

/** A new journal in a store that is there. */
async function nextJournal(directory: string): Promise<Journal> {
  const path = join(directory, newJournalName());
  const file = await open(path, 'ax');
  await syncDirectory(directory);
  return { path, file };
}

export function storeError(directory: string, error: unknown): Error {
  if (codeOf(error) === undefined) return error instanceof Error ? error : new Error(String(error));
  return new UserError(
    {
      what: `the trial store ${directory} cannot be used: ${reasonOf(error)}`,
      expected: 'a directory that can be read and written, or a path where one can be made',
      received: (error as Error).message,
      remedy: 'give another {store}, or free this one; what is in it is kept',
    },
    // What is not there is made: a name that is missing has vanished meanwhile, which is no fault of the command.
    isWrongPath(error) ? exitCodes.usage : exitCodes.failed,
  );
}
