import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import { createTrial, type TrialRecord } from './trial.ts';

/** Version of the journals' format; a store with a newer one is refused. */
export const storeVersion = 1;

/** One line of a journal. */
interface JournalLine {
  readonly store: number;
  readonly record: TrialRecord;
}

/** Appends records to a journal of its own, each on disk before the promise resolves. */
export interface JournalWriter {
  append(record: TrialRecord): Promise<void>;
  close(): Promise<void>;
}

/** What a store holds, and the lines that could not be read. */
export interface StoreContents {
  readonly records: ReadonlyMap<string, TrialRecord>;
  /** "journal-….jsonl: line 3 is not a record", one sentence a journal. */
  readonly damaged: readonly string[];
}

/**
 * Reads every journal of the store; a store that is not there yet is empty.
 *
 * A last line without its end was being written when its process died: it is left out silently, as nothing was
 * promised of it. Of two records of one trial the later counts. Errors: a store written by a newer version, a path
 * that is no directory.
 */
export async function readStore(directory: string): Promise<StoreContents> {
  const records = new Map<string, TrialRecord>();
  const damaged: string[] = [];
  for (const name of await journalsIn(directory)) {
    const text = await readJournal(directory, name);
    const lines = text.split('\n');
    lines.pop();
    const bad: number[] = [];
    lines.forEach((line, index) => {
      const parsed = parseLine(line);
      if (parsed === null) {
        bad.push(index + 1);
        return;
      }
      if (parsed.store > storeVersion) throw newerStore(directory, parsed.store);
      const { record } = parsed;
      const known = records.get(record.id);
      if (known === undefined || known.at <= record.at) records.set(record.id, record);
    });
    if (bad.length > 0) damaged.push(`${name}: ${describeLines(bad)}`);
  }
  return { records, damaged };
}

/**
 * Opens a new journal in the store, made if need be: no two writers ever share a file, so none waits for another.
 *
 * Errors: a store that cannot be made or written.
 */
export async function openJournal(directory: string): Promise<JournalWriter> {
  let file: FileHandle | null = null;
  let last: Promise<void> = Promise.resolve();
  const close = async () => {
    const open = file;
    file = null;
    await open?.close();
  };
  const append = async (record: TrialRecord) => {
    const line: JournalLine = { store: storeVersion, record };
    try {
      file ??= await createJournal(directory);
      await file.appendFile(`${JSON.stringify(line)}\n`);
      await file.datasync();
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

async function createJournal(directory: string): Promise<FileHandle> {
  await mkdir(directory, { recursive: true });
  return open(join(directory, `journal-${randomUUID()}.jsonl`), 'ax');
}

async function journalsIn(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names.filter((name) => name.startsWith('journal-') && name.endsWith('.jsonl')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw storeError(directory, error);
  }
}

/** "line 3 is not a record", "lines 3, 5, 9 and 40 others are not records". */
function describeLines(lines: readonly number[]): string {
  if (lines.length === 1) return `line ${lines[0]} is not a record`;
  const others = lines.length > 3 ? ` and ${lines.length - 3} others` : '';
  return `lines ${lines.slice(0, 3).join(', ')}${others} are not records`;
}

async function readJournal(directory: string, name: string): Promise<string> {
  try {
    return await readFile(join(directory, name), 'utf8');
  } catch (error) {
    throw storeError(directory, error);
  }
}

function parseLine(line: string): JournalLine | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return isJournalLine(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isJournalLine(value: unknown): value is JournalLine {
  if (!isObject(value)) return false;
  const { store, record } = value as Partial<JournalLine>;
  if (typeof store !== 'number') return false;
  // What a newer version writes is not for this one to judge.
  if (store > storeVersion) return true;
  if (!isObject(record) || typeof record.id !== 'string' || typeof record.at !== 'string') return false;
  if (record.status !== 'done' && record.status !== 'diverged') return false;
  const { metrics, curves, config } = record;
  if (!isObject(metrics) || !isObject(curves) || !isObject(config)) return false;
  const numbers = [...Object.values(metrics), ...Object.values(curves).flat()];
  // The id is what is looked up, so it has to be that of what was computed.
  return (
    numbers.every((value) => value === null || typeof value === 'number') &&
    createTrial(config).id === record.id
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function newerStore(directory: string, version: number): UserError {
  return new UserError({
    what: `the trial store ${directory} was written by a newer version of fys-nn`,
    expected: `store version ${storeVersion} or older`,
    received: version,
    remedy: 'update fys-nn, or give another --store',
  });
}

/** The error of the file system as one that the user can mend. */
export function storeError(directory: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const wrongPath = ['ENOTDIR', 'EISDIR', 'EEXIST', 'EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes(
    code ?? '',
  );
  return new UserError(
    {
      what: `the trial store ${directory} cannot be used`,
      expected: 'a directory that can be read and written, or a path where one can be made',
      received: message,
      remedy: 'give another --store',
    },
    wrongPath ? exitCodes.usage : exitCodes.failed,
  );
}
