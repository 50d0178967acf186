import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import { codeOf, isWrongPath, makeDirectory, reasonOf, syncDirectory } from '../files/disk.ts';
import { canonicalJson, createTrial, type TrialRecord } from '../trial/trial.ts';

/**
 * Version of a journal's lines; a store with a newer one is refused.
 *
 * 1: {"store":1,"record":{"id":…}}. 2: {"store":2,"id":…,"check":…,"record":{…}}, where check is the beginning of the
 * SHA-256 of the id and the record's text. In both the id stands at a fixed place, so that a million lines can be
 * looked through without reading what is in them.
 */
export const storeVersion = 2;

const prefixes = [
  { version: 2, text: Buffer.from('{"store":2,"id":"') },
  { version: 1, text: Buffer.from('{"store":1,"record":{"id":"') },
];
/** Bytes of a line that hold its id, whichever its version. */
export const headLength = Math.max(...prefixes.map(({ text }) => text.length)) + 64;

const checkLength = 16;
const checkOf = (id: string, record: string): string =>
  createHash('sha256').update(id).update(record).digest('hex').slice(0, checkLength);

export function encodeLine({ id, ...rest }: TrialRecord): string {
  const record = JSON.stringify(rest);
  return `{"store":${storeVersion},"id":"${id}","check":"${checkOf(id, record)}","record":${record}}\n`;
}

/** The id that a line says it has, or null; nothing else of the line is looked at. */
export function idOfLine(head: Buffer): string | null {
  for (const { text } of prefixes) {
    if (head.length < text.length + 64 || text.compare(head, 0, text.length) !== 0) continue;
    const id = head.toString('latin1', text.length, text.length + 64);
    return /^[0-9a-f]{64}$/.test(id) ? id : null;
  }
  return null;
}

/** A line fully checked: its record, or what is wrong with it. */
export type Decoded =
  | { readonly record: TrialRecord; readonly version: number }
  | { readonly fault: 'not a record' | 'not what was written' | 'newer'; readonly version: number };

/** Reads a line without its end: its JSON and, unless it was checked before, its checksum and its id. */
export function decodeLine(line: string, checked = false): Decoded {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { fault: 'not a record', version: storeVersion };
  }
  const bad = { fault: 'not a record', version: storeVersion } as const;
  if (!isObject(parsed) || !('store' in parsed) || typeof parsed.store !== 'number') return bad;
  const version = parsed.store;
  const { id, check, record } = parsed as { id?: unknown; check?: unknown; record?: unknown };
  const text = line.slice(line.indexOf('"record":') + '"record":'.length, -1);
  if (version > storeVersion) {
    // One whose check is this version's was written by it, and changed since: the check of a later version has to cover
    // its number too. All else is not for this one to judge.
    const ours = typeof id === 'string' && check === checkOf(id, text);
    return { fault: ours ? 'not what was written' : 'newer', version };
  }
  if (version !== 1 && version !== 2) return bad;
  if (!isObject(record)) return bad;
  const whole = version === 1 ? record : { id, ...record };
  if (!isRecord(whole)) return bad;
  if (checked) return { record: whole, version };
  if (version > 1 && check !== checkOf(whole.id, text)) return { fault: 'not what was written', version };
  // The id is what is looked up, so it has to be that of what was computed.
  if (idOf(whole) !== whole.id) return { fault: 'not what was written', version };
  return { record: whole, version };
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

export const isJournal = (name: string): boolean => name.startsWith('journal-') && name.endsWith('.jsonl');
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
      remedy: 'give another --store, or free this one; what is in it is kept',
    },
    // What is not there is made: a name that is missing has vanished meanwhile, which is no fault of the command.
    isWrongPath(error) ? exitCodes.usage : exitCodes.failed,
  );
}
