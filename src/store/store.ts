import { join } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import { sizeAndTime } from '../files/directories.ts';
import { createReader } from '../files/lines.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { decodeLine, journalsIn, numbersOf, storeError, storeVersion } from './journal.ts';
import { NewerLine, type VisitLine, visitJournal } from './journal-index.ts';
import { createLineTable, noLine, type Place } from './line-table.ts';
import { describeProblems, type Problem } from './problems.ts';

export { type JournalWriter, openJournal, storeVersion } from './journal.ts';
export { describeProblems } from './problems.ts';

/** Records by id, wherever they are. */
export type Records = Pick<ReadonlyMap<string, TrialRecord>, 'get'>;

/** A store that is looked up: records are read and checked when they are asked for. */
export interface Store extends Records {
  readonly directory: string;
  /** The trial's record, checked, or undefined where there is no good one. */
  get(id: string): TrialRecord | undefined;
  /** Whether there is one, checked at least once. */
  has(id: string): boolean;
  /** Ids of all lines that were found, in the order of the journals. */
  ids(): Iterable<string>;
  /** Takes in what others have written since. */
  refresh(): Promise<void>;
  /** What was found wrong so far. */
  readonly problems: readonly Problem[];
}

/** Records that are kept after they were read, by the length of their lines; more are read again. */
const keptBytes = 4 * 2 ** 20;

/**
 * Opens the store for the trials with these ids, or for all; a store that is not there yet is empty.
 *
 * A last line without its end was being written when its process died: it is left out silently, as nothing was
 * promised of it. Of two records of one trial the earlier counts; where they differ, that is a problem with a name.
 * Errors: a store written by a newer version, a path that is no directory.
 */
export async function openStore(directory: string, ids?: Iterable<string>): Promise<Store> {
  const all = ids === undefined;
  const lines = createLineTable();
  const known = createIdSet(ids);
  /** The last line of each id by its number; noLine where it has none. The only one left is the one to use. */
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
  /** Files with a journal's name and no line of this program, and their lines. */
  const foreign = new Map<string, Problem[]>();
  const problems: Problem[] = [];
  const kept = new Map<string, TrialRecord>();
  let room = keptBytes;
  const reader = createReader(directory);

  const look = async (name: string): Promise<void> => {
    // Nothing is said of a file without any line of this program: it is someone else's.
    const bad = foreign.get(name) ?? [];
    let ours = covered.has(name) && !foreign.has(name);
    const visit: VisitLine = (id, offset, length, isOurs) => {
      const place = { journal: name, offset, length };
      ours ||= isOurs;
      if (id === null) bad.push({ kind: 'not a record', place });
      else if (all || known.has(id)) {
        setLastLine(id, lines.add(place, lastLine(id)));
        kept.delete(id);
      }
    };
    const end = await visitJournal(join(directory, name), covered.get(name) ?? 0, visit);
    covered.set(name, end);
    if (ours) {
      for (const problem of bad) problems.push(problem);
      foreign.delete(name);
    } else foreign.set(name, bad);
  };

  const refresh = async (): Promise<void> => {
    reader.forget();
    try {
      const names = await journalsIn(directory);
      if (await hasShrunk(directory, names, covered)) {
        lastLines.fill(noLine);
        for (const state of [lines, covered, foreign, kept]) state.clear();
        problems.length = 0;
        room = keptBytes;
      }
      for (const name of names) await look(name);
    } catch (error) {
      throw error instanceof NewerLine ? newerStore(directory, error.version) : storeError(directory, error);
    }
  };

  const readPlace = ({ journal, offset, length }: Place, checked: boolean) => {
    try {
      return decodeLine(reader.read(journal, offset, length).toString(), checked);
    } catch (error) {
      throw storeError(directory, error);
    }
  };

  /** The lines of an id, in the order in which they were found. */
  const linesOf = (id: string): number[] => {
    const found: number[] = [];
    for (let line = lastLine(id); line !== noLine; line = lines.before(line)) found.push(line);
    return found.reverse();
  };

  /** Reads every line of a trial and leaves the one to use. */
  const choose = (id: string): TrialRecord | undefined => {
    let best: { line: number; place: Place; record: TrialRecord } | undefined;
    for (const line of linesOf(id)) {
      const place = lines.at(line);
      const decoded = readPlace(place, lines.isChecked(line));
      if ('fault' in decoded || decoded.record.id !== id) {
        // It was good before: the journal has another content now.
        if (lines.isChecked(line)) throw changedStore(directory);
        problems.push({ kind: 'not what was written', place });
        continue;
      }
      const { record } = decoded;
      if (best !== undefined && numbersOf(best.record) !== numbersOf(record)) {
        const [used, other] = best.record.at <= record.at ? [best.place, place] : [place, best.place];
        problems.push({ kind: 'conflict', id, used, place: other });
      }
      if (best === undefined || record.at < best.record.at) best = { line, place, record };
    }
    setLastLine(id, best?.line ?? noLine);
    if (best === undefined) return undefined;
    lines.cut(best.line);
    lines.check(best.line);
    return best.record;
  };

  const get = (id: string): TrialRecord | undefined => {
    const read = kept.get(id);
    if (read !== undefined) return read;
    if (lastLine(id) === noLine) return undefined;
    const record = choose(id);
    if (record === undefined) return undefined;
    room -= lines.at(lastLine(id)).length;
    if (room >= 0) kept.set(id, record);
    return record;
  };

  /** Whether the line to use is known: the last one is checked where it was chosen, and not where it came since. */
  const isChosen = (id: string): boolean => lastLine(id) !== noLine && lines.isChecked(lastLine(id));

  await refresh();
  return {
    directory,
    get,
    has: (id) => isChosen(id) || get(id) !== undefined,
    ids: () => idsOfLines(known, (number) => lastLines[number] !== noLine),
    refresh,
    problems,
  };
}

function* idsOfLines(known: IdSet, hasLine: (number: number) => boolean): Generator<string> {
  for (let number = 0; number < known.size; number++) {
    if (hasLine(number)) yield known.at(number);
  }
}

/** What a store holds, and what is wrong with it. */
export interface StoreContents {
  readonly records: ReadonlyMap<string, TrialRecord>;
  /** "journal-….jsonl: line 3 is not a record", one sentence a journal and kind. */
  readonly damaged: readonly string[];
}

/** Every record of the store at once: for stores that fit into memory. Errors: as openStore. */
export async function readStore(directory: string): Promise<StoreContents> {
  const store = await openStore(directory);
  const records = new Map<string, TrialRecord>();
  for (const id of store.ids()) {
    const record = store.get(id);
    if (record !== undefined) records.set(id, record);
  }
  return { records, damaged: await describeProblems(directory, store.problems) };
}

/** Whether a journal that was read is gone or shorter: the store was tidied up meanwhile. */
async function hasShrunk(
  directory: string,
  names: readonly string[],
  covered: ReadonlyMap<string, number>,
): Promise<boolean> {
  const there = new Set(names);
  for (const [name, end] of covered) {
    if (!there.has(name) || (await sizeAndTime(join(directory, name))).size < end) return true;
  }
  return false;
}

function changedStore(directory: string): UserError {
  return new UserError(
    {
      what: `the trial store ${directory} was changed while it was read`,
      expected: 'a store that nobody repairs, tidies up or edits meanwhile',
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
