import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import {
  factsOf,
  filesIn,
  lookAt,
  lookAtAll,
  makeDirectory,
  type OpenedFile,
  refreshNames,
  syncDirectory,
} from '../files/directories.ts';
import { codeOf, isWrongPath, reasonOf } from '../files/errno.ts';
import { hashOfId, idOfHash, isHash } from '../trial/id.ts';
import {
  canonicalConfig,
  canonicalJson,
  createTrial,
  numerics,
  type TrialConfig,
  type TrialRecord,
} from '../trial/trial.ts';
import { kinds } from './own-files.ts';

/**
 * Version of a journal's lines. A store with a newer version is refused.
 *
 * {"store":2,"id":…,"check":…,"record":{…}}, where check is the beginning of the SHA-256 of that hash and the record's text.
 * The id is there as its hash, at a fixed position, so that a million lines can be scanned without parsing them.
 */
export const storeVersion = 2;

const prefix = Buffer.from(kinds.journal.begins);
const afterId = Buffer.from('","check":"');
/** The beginning of a line of version 1, which had no checksum and is no longer read. */
const oldPrefix = Buffer.from('{"store":1,"record":{"id":"');
/** How many bytes of a line are needed to read its id. */
export const headLength = prefix.length + 64;

const checkLength = 16;
const checkOf = (hash: string, record: string | Uint8Array): string =>
  createHash('sha256').update(hash).update(record).digest('hex').slice(0, checkLength);

/** A record as a line. Its config is the canonical one, so that its id fits in every version, with options added since. */
export function encodeLine({ id, config, ...rest }: TrialRecord): string {
  const record = JSON.stringify({ config: canonicalConfig(config), ...rest });
  const hash = hashOfId(id);
  return `{"store":${storeVersion},"id":"${hash}","check":"${checkOf(hash, record)}","record":${record}}\n`;
}

const hasAt = (line: Buffer, text: Buffer, at: number): boolean =>
  line.subarray(at, at + text.length).equals(text);

/** The id in a line, or null. Nothing else in the line is checked. */
export function idOfLine(head: Buffer): string | null {
  if (!hasAt(head, prefix, 0)) return null;
  const hash = head.toString('latin1', prefix.length, headLength);
  return isHash(hash) ? idOfHash(hash) : null;
}

const afterCheck = Buffer.from('","record":');
const checkAt = headLength + afterId.length;

/** Whether a line has the checksum of its id and record, at their fixed positions: quicker than decoding it once more. */
export function hasItsChecksum(line: Buffer): boolean {
  const recordAt = checkAt + checkLength + afterCheck.length;
  const hash = line.toString('latin1', prefix.length, headLength);
  const check = line.toString('latin1', checkAt, checkAt + checkLength);
  return idOfLine(line) !== null && check === checkOf(hash, line.subarray(recordAt, -1));
}

/** Whether a version of fys-nn before 0.1.0 wrote the line. */
export const isOldLine = (line: Buffer): boolean => hasAt(line, oldPrefix, 0);

/** Whether fys-nn wrote the line, which may be damaged: a single change cannot spoil both its beginning and what follows the id. */
export const isOurLine = (line: Buffer): boolean =>
  hasAt(line, prefix, 0) || hasAt(line, afterId, headLength) || isOldLine(line);

/** The result of checking a whole line: its record, or what is wrong with it. */
export type Decoded =
  | { readonly record: TrialRecord }
  | { readonly fault: 'not a record' | 'not what was written' }
  | { readonly fault: 'newer'; readonly version: number };

/** Decodes a line without its newline. Unless it was checked before, the checksum and the id are checked too. */
export function decodeLine(line: string, checked = false): Decoded {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { fault: 'not a record' };
  }
  if (!isObject(parsed) || !('store' in parsed) || typeof parsed.store !== 'number')
    return { fault: 'not a record' };
  const { id: hash, check, record } = parsed as { id?: unknown; check?: unknown; record?: unknown };
  const text = line.slice(line.indexOf('"record":') + '"record":'.length, -1);
  if (parsed.store !== storeVersion) {
    // If this version's check fits, this version wrote the line and its number was changed since: the check of a later
    // version must also cover the number. This version cannot judge any other line.
    if (typeof hash === 'string' && check === checkOf(hash, text)) return { fault: 'not what was written' };
    return parsed.store > storeVersion
      ? { fault: 'newer', version: parsed.store }
      : { fault: 'not a record' };
  }
  if (typeof hash !== 'string' || !isHash(hash)) return { fault: 'not a record' };
  const whole = { ...(isObject(record) ? record : {}), id: idOfHash(hash) };
  if (!isRecord(whole)) return { fault: 'not a record' };
  if (checked) return { record: whole };
  if (check !== checkOf(hash, text)) return { fault: 'not what was written' };
  // Records are looked up by id, so the id must match the config that was computed. Other versions may make ids in other
  // ways, and nobody looks up their records.
  if (!isOfOtherVersion(whole) && idOf(whole) !== whole.id) return { fault: 'not what was written' };
  return { record: whole };
}

/**
 * Decodes a line that was checked before. Its config, the longer half, is parsed only if it is asked for: views know it
 * from their plan.
 */
export function decodeChecked(line: string): Decoded {
  const configText = configTextOf(line);
  if (configText === null) return decodeLine(line, true);
  const end = configAt + configText.length;
  const hash = line.slice(prefix.length, headLength);
  let rest: object;
  try {
    rest = JSON.parse(`{${line.slice(end + 1, -1)}`);
  } catch {
    return decodeLine(line, true);
  }
  const id = idOfHash(hash);
  if (!isHash(hash) || !isRecord({ config: {}, ...rest, id })) return decodeLine(line, true);
  const record = new RecordPart(id, () => JSON.parse(configText) as TrialConfig);
  return { record: Object.assign(record, rest) as unknown as TrialRecord };
}

/** The beginning of a record, with a config that is parsed when it is asked for. A property of each record's own would take more memory. */
export class RecordPart implements Pick<TrialRecord, 'id' | 'config'> {
  readonly id: string;
  readonly #configOf: () => TrialConfig;
  #config: TrialConfig | null = null;

  constructor(id: string, configOf: () => TrialConfig) {
    this.id = id;
    this.#configOf = configOf;
  }

  get config(): TrialConfig {
    this.#config ??= this.#configOf();
    return this.#config;
  }
}

/** The config's text in a line in which everything is at its fixed position; null in others. */
export function configTextOf(line: string): string | null {
  const isInPlace =
    line.startsWith(kinds.journal.begins) &&
    line.startsWith('","check":"', headLength) &&
    line.startsWith(beforeConfig, checkAt + checkLength) &&
    line.endsWith('}}');
  const end = isInPlace ? line.indexOf(afterConfig, configAt) : -1;
  return end < 0 ? null : line.slice(configAt, end + 1);
}

/** What is in a line before the config of its record and after it, and where the config begins. */
const beforeConfig = '","record":{"config":{';
const afterConfig = '},"status":"';
const configAt = checkAt + checkLength + beforeConfig.length - 1;

const isOfOtherVersion = ({ config }: TrialRecord): boolean =>
  Number.isInteger(config.numerics) && config.numerics !== numerics;

/** The id of a record's config; null for a config that this program cannot have written because it is nested too deeply. */
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
  if (!Object.keys(curves).every((name) => /^(train|test|validation)_[a-z0-9_]+$/.test(name))) return false;
  return (
    Object.values(metrics).every(isNumber) &&
    Object.values(curves).every((curve) => Array.isArray(curve) && curve.every(isNumber))
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * The part of a record in which two records of a trial must agree: all except when and how fast they were computed, and
 * except the config, which the id stands for: a later version may write fields that this one leaves out.
 */
export function resultText({ seconds: _, at: __, config: ___, ...rest }: TrialRecord): string {
  return canonicalJson(rest);
}

/** The first byte of what was written to a journal. */
interface Place {
  readonly journal: string;
  readonly offset: number;
}

/** Where records were written: one after another from a byte on, in lines of these lengths without their newlines. */
export interface WrittenLines extends Place {
  readonly lengths: readonly number[];
}

/** Appends records to its own journal. All of them are on disk before the promise resolves. */
export interface JournalWriter {
  append(...records: readonly TrialRecord[]): Promise<WrittenLines>;
  /** The same of records as lines, of these lengths without their newlines. */
  appendLines(bytes: Uint8Array, lengths: readonly number[]): Promise<WrittenLines>;
  close(): Promise<void>;
}

/** The files in a store that may be journals by their names. Users may have renamed the journals of other machines. */
export const journalsIn = async (directory: string): Promise<string[]> =>
  (await filesIn(directory)).filter((name) => name.startsWith('journal-') && name.endsWith('.jsonl'));

/**
 * The same, each looked at once, to see how long they are. Those that are gone when they are opened are left out: another process may just
 * have moved their records to a new journal, so the names are read again, but a folder on a network may list them for long.
 */
export async function openedJournalsIn(directory: string): Promise<Map<string, OpenedFile>> {
  for (let attempt = 1; ; attempt++) {
    const names = await journalsIn(directory);
    const files = await lookAtAll(directory, names);
    if (files.size === names.length || attempt === 5) return files;
  }
}

export const newJournalName = (): string => `journal-${randomUUID()}.jsonl`;

/**
 * Opens a new journal in the store, and creates the store if it does not exist. Writers never share a file, so none waits
 * for another. Errors: the store cannot be created or written.
 */
export async function openJournal(directory: string): Promise<JournalWriter> {
  let journal: Journal | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const close = async () => {
    const closing = journal;
    journal = null;
    await closing?.file.close();
  };
  /** Writes the lines to a journal. Returns where they are for all to read; null if they are not. */
  const writeTo = async ({ path, file }: Journal, bytes: Uint8Array): Promise<Place | null> => {
    try {
      await file.appendFile(bytes);
      await file.datasync();
    } catch (error) {
      // Another machine has removed the file.
      if (codeOf(error) === 'ESTALE') return null;
      throw error;
    }
    const size = await sizeInPlace(path, file);
    return size === null ? null : { journal: basename(path), offset: size - bytes.length };
  };
  const append = async (bytes: Uint8Array): Promise<Place> => {
    try {
      journal ??= await createJournal(directory);
      const written = await writeTo(journal, bytes);
      if (written !== null) return written;
      // `store repair` or `gc` has replaced the journal, because this process showed no sign of life for too long. They kept
      // the earlier records, but not these.
      await close().catch(() => {});
      journal = await nextJournal(directory);
      const again = await writeTo(journal, bytes);
      if (again === null) throw Object.assign(new Error('removed'), { code: 'ENOENT' });
      return again;
    } catch (error) {
      // The journal may end with a torn line, so the next record starts a new journal.
      await close().catch(() => {});
      throw storeError(directory, error);
    }
  };
  const appendLines: JournalWriter['appendLines'] = (bytes, lengths) => {
    const appended = last.then(async () => ({ ...(await append(bytes)), lengths }));
    last = appended.catch(() => {});
    return appended;
  };
  return {
    append: (...records) => {
      const lines = records.map((record) => Buffer.from(encodeLine(record)));
      return appendLines(
        Buffer.concat(lines),
        lines.map(({ length }) => length - 1),
      );
    },
    appendLines,
    close: async () => {
      await last;
      await close();
    },
  };
}

/** Gives a folder without journals an empty one, so that it is a store that can be merged, checked and copied like others. */
export async function beginStore(directory: string): Promise<void> {
  if ((await journalsIn(directory)).length === 0) await (await createJournal(directory)).file.close();
}

interface Journal {
  readonly path: string;
  readonly file: FileHandle;
}

/**
 * The size of the file if a journal's name still refers to it. If not, what was written may never be read. What `store repair` and
 * `gc` take away stays readable for longer than this may be wrong (see `removeRetired`).
 */
async function sizeInPlace(path: string, file: FileHandle): Promise<number | null> {
  const written = await factsOf(file);
  await refreshNames(dirname(path));
  const found = await lookAt(path);
  const isInPlace = found !== null && found.inode === written.inode && found.device === written.device;
  return isInPlace ? written.size : null;
}

async function createJournal(directory: string): Promise<Journal> {
  await makeDirectory(directory);
  return nextJournal(directory);
}

/** Creates a new journal in an existing store. */
async function nextJournal(directory: string): Promise<Journal> {
  const create = async (): Promise<Journal> => {
    const path = join(directory, newJournalName());
    return { path, file: await open(path, 'ax') };
  };
  const journal = await create().catch((error) => {
    // A file server that carried out a request twice says that the new file exists already. It stays empty.
    if (codeOf(error) === 'EEXIST') return create();
    throw error;
  });
  await syncDirectory(directory);
  return journal;
}

export function storeError(directory: string, error: unknown): Error {
  if (codeOf(error) === undefined) return error instanceof Error ? error : new Error(String(error));
  return new UserError(
    {
      what: `the trial store ${directory} cannot be used: ${reasonOf(error)}`,
      expected: 'a folder that can be read and written, or created',
      received: directory,
      remedy: ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '')
        ? 'make room: fys-nn store gc removes the states from which trials with more epochs continue, or remove the ' +
          'folder finals in the store yourself, and {noFinals} keeps none; or give another {store}; finished trials are kept'
        : 'give another {store}, or fix the cause; finished trials are kept',
    },
    // Missing directories are created, so a missing name was removed in the meantime, which is not a usage error.
    isWrongPath(error) ? exitCodes.usage : exitCodes.failed,
  );
}
