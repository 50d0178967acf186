import { join } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import type { OpenedFile } from '../files/directories.ts';
import { isGone } from '../files/errno.ts';
import { createReader } from '../files/lines.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import type { TrialConfig, TrialRecord } from '../trial/trial.ts';
import { createFirstCheck } from './first-check.ts';
import {
  decodeChecked,
  openedJournalsIn,
  RecordPart,
  resultText,
  storeError,
  storeVersion,
} from './journal.ts';
import { NewerLine, type VisitLine, visitJournal } from './journal-index.ts';
import { createLineTable, noLine, type Place } from './line-table.ts';
import { createPackedRecords, createPacker, unpackBatch } from './packed-records.ts';
import { describeProblems, type Problem } from './problems.ts';
import type { WrittenBatch } from './record-batch.ts';

export { type JournalWriter, openJournal, storeVersion } from './journal.ts';
export { describeProblems } from './problems.ts';

/** Records by id. */
export type Records = Pick<ReadonlyMap<string, TrialRecord>, 'get'>;

/** An open store. Records are read and checked on access. */
export interface Store extends Records {
  readonly directory: string;
  /** The trial's record, checked; undefined if there is no good one. */
  get(id: string): TrialRecord | undefined;
  /** Whether the trial has a good record, which has been checked at least once. */
  has(id: string): boolean;
  /** The ids of all lines, in the order of the journals. */
  ids(): Iterable<string>;
  /** Reads what has been written since. */
  refresh(): Promise<void>;
  /**
   * Takes over records with these ids that this process has just written and not yet read: their lines need not be read again. It has no effect on those
   * that were read in the meantime.
   */
  learn(written: WrittenBatch, ids: readonly string[]): void;
  /** The problems found so far. */
  readonly problems: readonly Problem[];
}

/** How many times a line that looks damaged is read again while its journal grows. */
const mostRereads = 5;

/**
 * Opens the store for the trials with these ids, or for all trials. A store that does not exist yet is empty.
 *
 * A last line without a newline was being written when its process died. It is ignored silently, because its record was
 * never confirmed. Of two records of a trial, the earlier one counts; if they differ, that is reported as a problem.
 * Errors: a store that a newer version wrote, a path that is not a directory.
 */
export async function openStore(directory: string, ids?: Iterable<string>): Promise<Store> {
  const all = ids === undefined;
  const lines = createLineTable();
  const known = createIdSet(ids);
  /** The last line of each id, by the number of the id; noLine if it has none. After `choose`, it is the line to use. */
  let lastLines = new Int32Array(known.size).fill(noLine);
  const lastLine = (id: string): number => lastLines[known.indexOf(id)] ?? noLine;
  const setLastLine = (id: string, line: number): void => {
    const number = known.add(id);
    if (number >= lastLines.length) {
      const longer = new Int32Array(Math.max(1024, 2 * lastLines.length)).fill(noLine);
      longer.set(lastLines);
      lastLines = longer;
    }
    lastLines[number] = line;
  };
  const covered = new Map<string, number>();
  /** How many times lines of a journal were left to be read again. */
  const unclear = new Map<string, number>();
  let isOpen = false;
  /** How many times the store was tidied up by others, so that lines have other numbers since. */
  let timesCleared = 0;
  /** Files with a journal's name but no line of this program, with their lines. */
  const foreign = new Map<string, Problem[]>();
  const problems: Problem[] = [];
  /** By the number of their line; others are read again on access. */
  const packed = createPackedRecords();
  const pack = createPacker();
  const reader = createReader(directory);
  const check = createFirstCheck();

  const readNewLines = async (name: string, file: OpenedFile): Promise<void> => {
    // A file without any line of this program is not ours, so its lines are not reported.
    const bad = foreign.get(name) ?? [];
    let ours = covered.has(name) && !foreign.has(name);
    const visit: VisitLine = (id, offset, length, isOurs) => {
      const place = { journal: name, offset, length };
      ours ||= isOurs;
      if (id === null) {
        firstBad ??= offset;
        bad.push({ kind: 'not a record', place });
      } else if (all || known.has(id)) {
        setLastLine(id, lines.add(place, lastLine(id)));
      }
    };
    let firstBad: number | null = null;
    const end = await visitJournal(join(directory, name), file, covered.get(name) ?? 0, visit);
    const times = unclear.get(name) ?? 0;
    if (isOpen && ours && !foreign.has(name) && firstBad !== null && times < mostRereads) {
      // Another machine may be writing the line: on a network, a file can be longer before its bytes arrive.
      unclear.set(name, times + 1);
      covered.set(name, firstBad);
      return;
    }
    covered.set(name, end);
    if (ours) {
      for (const problem of bad) problems.push(problem);
      foreign.delete(name);
    } else foreign.set(name, bad);
  };

  const refresh = async (): Promise<void> => {
    reader.forget();
    try {
      const files = await openedJournalsIn(directory);
      if (hasShrunk(files, covered)) {
        lastLines.fill(noLine);
        for (const state of [lines, covered, unclear, foreign, packed]) state.clear();
        problems.length = 0;
        timesCleared++;
      }
      for (const [name, file] of files) {
        if (file.size <= (covered.get(name) ?? -1)) continue;
        await readNewLines(name, file).catch((error) => {
          // Another process has just tidied up. The next refresh finds where its lines are.
          if (!isGone(error)) throw error;
        });
      }
    } catch (error) {
      throw error instanceof NewerLine ? newerStore(directory, error.version) : storeError(directory, error);
    }
  };

  const readPlace = ({ journal, offset, length }: Place, checked: boolean) => {
    try {
      const line = reader.read(journal, offset, length);
      return checked ? decodeChecked(line.toString()) : check(line);
    } catch (error) {
      throw storeError(directory, error);
    }
  };

  /** The lines of an id, in the order in which they were added. */
  const linesOf = (id: string): number[] => {
    const found: number[] = [];
    for (let line = lastLine(id); line !== noLine; line = lines.before(line)) found.push(line);
    return found.reverse();
  };

  /** Reads every line of a trial and keeps only the one to use. */
  const choose = (id: string): TrialRecord | undefined => {
    let best: { line: number; place: Place; record: TrialRecord } | undefined;
    for (const line of linesOf(id)) {
      const place = lines.at(line);
      const decoded = readPlace(place, lines.isChecked(line));
      if ('fault' in decoded || decoded.record.id !== id) {
        // The line was good before, so the journal has changed.
        if (lines.isChecked(line)) throw changedStore(directory);
        problems.push({ kind: 'not what was written', place });
        continue;
      }
      const { record } = decoded;
      if (best !== undefined && resultText(best.record) !== resultText(record)) {
        const [used, other] = best.record.at <= record.at ? [best.place, place] : [place, best.place];
        problems.push({ kind: 'conflict', id, used, place: other });
      }
      if (best === undefined || record.at < best.record.at) best = { line, place, record };
    }
    setLastLine(id, best?.line ?? noLine);
    if (best === undefined) return undefined;
    lines.forgetEarlier(best.line);
    lines.markChecked(best.line);
    return best.record;
  };

  /** The config in the line of a record, which is not kept: views know it from their plan. */
  const configAt = (id: string, line: number, times: number): TrialConfig => {
    if (times !== timesCleared) {
      // The store was tidied up since: the number belongs to another line.
      const config = choose(id)?.config;
      if (config === undefined) throw changedStore(directory);
      return config;
    }
    const decoded = readPlace(lines.at(line), true);
    if ('fault' in decoded || decoded.record.id !== id) throw changedStore(directory);
    return decoded.record.config;
  };

  const get = (id: string): TrialRecord | undefined => {
    const line = lastLine(id);
    if (line === noLine) return undefined;
    const times = timesCleared;
    if (packed.has(line)) return packed.complete(new RecordPart(id, () => configAt(id, line, times)), line);
    const record = choose(id);
    if (record !== undefined) packed.set(lastLine(id), pack(record));
    return record;
  };

  const learn: Store['learn'] = ({ lines: { journal, offset, lengths }, packed: batch }, ids) => {
    if ((covered.get(journal) ?? 0) !== offset) return;
    const records = [...unpackBatch(batch)];
    let next = offset;
    for (const [index, id] of ids.entries()) {
      const place = { journal, offset: next, length: lengths[index] };
      next += place.length + 1;
      const before = lastLine(id);
      if (!all && !known.has(id)) continue;
      const line = lines.add(place, before);
      setLastLine(id, line);
      // Of two records of a trial, the one to use is chosen when it is read.
      if (before !== noLine) continue;
      lines.markChecked(line);
      packed.set(line, records[index]);
    }
    covered.set(journal, next);
  };

  /** Whether the line to use is known: the last line is checked if it was chosen, and not if it was added since. */
  const isChosen = (id: string): boolean => lastLine(id) !== noLine && lines.isChecked(lastLine(id));

  await refresh();
  isOpen = true;
  return {
    directory,
    get,
    has: (id) => isChosen(id) || get(id) !== undefined,
    ids: () => idsOfLines(known, (number) => lastLines[number] !== noLine),
    refresh,
    learn,
    problems,
  };
}

/** A store for a process that adds records and needs none that are there: nothing is read. */
export function unreadStore(directory: string): Store {
  return {
    directory,
    get: () => undefined,
    has: () => false,
    ids: () => [],
    refresh: async () => {},
    learn: () => {},
    problems: [],
  };
}

function* idsOfLines(known: IdSet, hasLine: (number: number) => boolean): Generator<string> {
  for (let number = 0; number < known.size; number++) {
    if (hasLine(number)) yield known.at(number);
  }
}

/** The records of a store, and its problems. */
export interface StoreContents {
  readonly records: ReadonlyMap<string, TrialRecord>;
  /** "journal-….jsonl: line 3 is not a record": one sentence per journal and kind of damage. */
  readonly damaged: readonly string[];
}

/** Reads all records of a store that fits into memory. Errors: as openStore. */
export async function readStore(directory: string): Promise<StoreContents> {
  const store = await openStore(directory);
  const records = new Map<string, TrialRecord>();
  for (const id of store.ids()) {
    const record = store.get(id);
    if (record !== undefined) records.set(id, record);
  }
  return { records, damaged: await describeProblems(directory, store.problems) };
}

/** Whether a journal that was read is gone or shorter, because the store was tidied up in the meantime. */
function hasShrunk(files: ReadonlyMap<string, OpenedFile>, covered: ReadonlyMap<string, number>): boolean {
  return [...covered].some(([name, end]) => (files.get(name)?.size ?? -1) < end);
}

export function changedStore(directory: string): UserError {
  return new UserError(
    {
      what: `the trial store ${directory} was changed while it was read`,
      expected: 'a store that nobody repairs, tidies up or edits during a run',
      remedy: 'run the command again',
    },
    exitCodes.failed,
  );
}

export function newerStore(directory: string, version: number | 'newer'): UserError {
  return new UserError({
    what: `the trial store ${directory} was written by a newer version of fys-nn`,
    expected: `store version ${storeVersion}`,
    received: version,
    remedy: 'update fys-nn, or give another {store}',
  });
}
