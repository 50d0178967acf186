import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { forEachLine, linesAt, readBytes } from '../files/lines.ts';
import { type AttachmentKind, attachmentKinds } from '../trial/attachments.ts';
import { expectedAttachments } from '../trial/expected-attachments.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import type { TrialRecord } from '../trial/trial.ts';
import {
  decodeLine,
  hasItsChecksum,
  idOfLine,
  isOurLine,
  journalsIn,
  resultText,
  storeError,
} from './journal.ts';
import { createLineTable, noLine, type Place } from './line-table.ts';
import { describeProblems, type Problem } from './problems.ts';
import { changedStore, newerStore } from './store.ts';
import { noStore } from './survey.ts';

/** A line of a store that was gathered. */
export interface GatheredLine {
  readonly source: string;
  /** Its journal is a path. */
  readonly place: Place;
}

/** The records of several stores: of each trial the first line, and those with another result. */
export interface Gathered {
  readonly sources: readonly Source[];
  readonly ids: IdSet;
  /** The line to use of the id with this number. */
  line(number: number): GatheredLine;
  /** Whether the line has this record's result. */
  agrees(number: number, record: TrialRecord): boolean;
  /** The lines with other results than the first line of the same trial, by the number of the id. */
  readonly others: ReadonlyMap<number, readonly GatheredLine[]>;
  /** Whether a trial should have an attachment of a kind. */
  expects(number: number, kind: AttachmentKind): boolean;
}

/** A store that was read, and what is wrong with it. */
export interface Source {
  readonly store: string;
  /** The trials that it has a good record of. */
  readonly records: number;
  /** One sentence per journal and kind of damage. */
  readonly damaged: readonly string[];
  /** Files with a journal's name that this program did not write. */
  readonly foreign: readonly string[];
}

const digestBytes = 8;

/**
 * Reads every line of several stores, and writes nothing to them: no indexes either. What is kept of a trial is about 100 bytes,
 * however long its record. Errors: a folder without a store, a store of a newer version.
 */
export async function gather(directories: readonly string[]): Promise<Gathered> {
  const ids = createIdSet();
  const lines = createLineTable();
  const others = new Map<number, GatheredLine[]>();
  const sources: Source[] = [];
  /** The number of the first id of each source. */
  const firsts: number[] = [];
  let digests = Buffer.alloc(1024 * digestBytes);
  /** A bit for each kind of attachment that a trial should have. */
  let expected = new Uint8Array(1024);

  const add = (source: string, place: Place, record: TrialRecord): void => {
    const count = ids.size;
    const number = ids.add(record.id);
    const digest = digestOf(record);
    if (number < count) {
      if (isDigestOf(number, digest)) return;
      others.set(number, [...(others.get(number) ?? []), { source, place }]);
      return;
    }
    if (number === expected.length) {
      digests = Buffer.concat([digests, Buffer.alloc(digests.length)]);
      const longer = new Uint8Array(2 * expected.length);
      longer.set(expected);
      expected = longer;
    }
    digest.copy(digests, number * digestBytes, 0, digestBytes);
    for (const kind of expectedAttachments(record)) expected[number] |= bitOf(kind);
    lines.add(place, noLine);
  };
  const isDigestOf = (number: number, digest: Buffer): boolean =>
    digests
      .subarray(number * digestBytes, (number + 1) * digestBytes)
      .equals(digest.subarray(0, digestBytes));

  for (const directory of directories) {
    firsts.push(ids.size);
    sources.push(
      await readSource(directory, (place, record) => add(directory, place, record)).catch((error) => {
        throw storeError(directory, error);
      }),
    );
  }
  return {
    sources,
    ids,
    line: (number) => ({
      source: directories[firsts.findLastIndex((first) => first <= number)],
      place: lines.at(number),
    }),
    agrees: (number, record) => isDigestOf(number, digestOf(record)),
    others,
    expects: (number, kind) => (expected[number] & bitOf(kind)) !== 0,
  };
}

const bitOf = (kind: AttachmentKind): number => 1 << attachmentKinds.indexOf(kind);

const digestOf = (record: TrialRecord): Buffer => createHash('sha256').update(resultText(record)).digest();

/** Calls `add` for each good line of a store. */
async function readSource(
  directory: string,
  add: (place: Place, record: TrialRecord) => void,
): Promise<Source> {
  const problems: Problem[] = [];
  const foreign: string[] = [];
  const own = createIdSet();
  const names = await journalsIn(directory);
  for (const name of names) {
    const path = join(directory, name);
    const bad: Problem[] = [];
    let isOurs = false;
    await forEachLine(path, 0, (line, offset) => {
      isOurs ||= isOurLine(line);
      const decoded = decodeLine(line.toString());
      if ('record' in decoded && idOfLine(line) !== null) {
        own.add(decoded.record.id);
        add({ journal: path, offset, length: line.length }, decoded.record);
        return;
      }
      const fault = 'fault' in decoded ? decoded.fault : 'not a record';
      if (fault === 'newer') throw newerStore(directory, (decoded as { version: number }).version);
      bad.push({ kind: fault, place: { journal: name, offset, length: line.length } });
    });
    if (isOurs) problems.push(...bad);
    else if (bad.length > 0) foreign.push(name);
    await setImmediate(); // lets Ctrl-C through
  }
  if (foreign.length === names.length) throw noStore(directory);
  return {
    store: directory,
    records: own.size,
    damaged: await describeProblems(directory, problems),
    foreign,
  };
}

/** The record of a line. Errors: the line has changed since it was gathered. */
export function recordAt({ source, place: { journal, offset, length } }: GatheredLine): TrialRecord {
  const decoded = decodeLine(readBytes(journal, offset, length).toString());
  if ('fault' in decoded) throw changedStore(source);
  return decoded.record;
}

/** Yields the wanted lines as they are, several at a time. Errors: a journal has changed since it was gathered. */
export async function* gatheredLines(
  { ids, line }: Pick<Gathered, 'ids' | 'line'>,
  isWanted: (number: number) => boolean,
): AsyncGenerator<Buffer> {
  for (let first = 0; first < ids.size; ) {
    const { source, place } = line(first);
    let next = first;
    let [wanted, found] = [0, 0];
    // Lines are numbered in the order in which they are read.
    const isNext = (offset: number): boolean => {
      if (next === ids.size) return false;
      const { place: expected } = line(next);
      if (expected.journal !== place.journal || expected.offset !== offset) return false;
      const chosen = isWanted(next++);
      if (chosen) wanted++;
      return chosen;
    };
    for await (const lines of linesAt(place.journal, isNext)) {
      for (let begin = 0; begin < lines.length; found++) {
        const end = lines.indexOf('\n', begin);
        if (!hasItsChecksum(lines.subarray(begin, end))) throw changedStore(source);
        begin = end + 1;
      }
      yield lines;
    }
    if (next === first || found !== wanted) throw changedStore(source);
    first = next;
  }
}
