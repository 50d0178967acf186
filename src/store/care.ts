import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import { lookAt, syncDirectory } from '../files/directories.ts';
import { linesAt, readBytes } from '../files/lines.ts';
import { removeEmptyDirectory, removeFile, renameFile } from '../files/retry-while-busy.ts';
import { longestDelayOf } from '../files/shared-disk.ts';
import { systemTimer, type Timer } from '../files/timer.ts';
import { writeWhole } from '../files/write-whole.ts';
import { type AttachmentKind, attachmentKinds } from '../trial/attachments.ts';
import { hashOfId } from '../trial/id.ts';
import { numerics } from '../trial/trial.ts';
import { attachmentFolder } from './attachments.ts';
import { checkpointFolder, trialOfCheckpoint } from './checkpoints.ts';
import { forgetFailures } from './failures.ts';
import { finalsFolder, isFamily } from './final-checkpoints.ts';
import { decodeLine, encodeLine, newJournalName, storeError } from './journal.ts';
import { removeIndex } from './journal-index.ts';
import { leaseFolder } from './lease-file.ts';
import { openLease } from './leases.ts';
import type { Place } from './line-table.ts';
import { isOwnTemporary, kinds, storeFilesIn } from './own-files.ts';
import { newerStore } from './store.ts';
import { type Chosen, type Survey, surveyStore } from './survey.ts';

/** With how many files of each kind of attachment were set aside, as damaged-<id>-….bin. */
export interface Repaired extends Readonly<Record<AttachmentKind, number>> {
  /** How many lines and torn line ends were set aside. */
  readonly setAside: number;
  /** The file that they were moved to; null if nothing was set aside. */
  readonly file: string | null;
}

/**
 * Moves damaged lines, torn line ends and results that differ from an earlier one to damaged-….jsonl in the store, and
 * damaged attachments to files next to it.
 *
 * They are on disk there before a journal is replaced, so that a kill at any moment loses nothing; it may leave a line in
 * two such files. Errors: other processes use the store; the store is of a newer version.
 */
export function repairStore(directory: string, dryRun = false, waiting: Waiting = {}): Promise<Repaired> {
  return withExclusiveAccess(directory, waiting, (found) => repair(directory, found, dryRun));
}

async function repair(directory: string, found: Survey, dryRun: boolean): Promise<Done<Repaired>> {
  const repaired = await setAside(directory, found, dryRun);
  if (repaired.file === null) return { result: repaired, retired: [] };
  const bad = badPlaces(found);
  const retired: Retired[] = [];
  for (const journal of concernedJournals(found, bad)) {
    const path = join(directory, journal.name);
    const good = linesAt(path, (offset) => !(bad.get(journal.name)?.has(offset) ?? false));
    await writeWhole(join(directory, newJournalName()), good);
    retired.push(await retireJournal(directory, journal, found));
  }
  await syncDirectory(directory);
  return { result: repaired, retired };
}

/** Copies what is damaged in journals, and moves damaged attachments, to files of their own. */
async function setAside(directory: string, found: Survey, dryRun: boolean): Promise<Repaired> {
  const attached = await setAttachmentsAside(directory, found, dryRun);
  const bad = badPlaces(found);
  const count = found.problems.length + found.journals.filter(({ torn }) => torn > 0).length;
  if (count === 0 || dryRun) return { setAside: count, file: null, ...attached };
  const file = `damaged-${randomUUID()}.jsonl`;
  const parts = damagedParts(directory, concernedJournals(found, bad), bad);
  await writeWhole(join(directory, file), parts);
  return { setAside: count, file, ...attached };
}

/** The first bytes of the lines to set aside, by journal. */
function badPlaces({ problems }: Survey): ReadonlyMap<string, ReadonlySet<number>> {
  const bad = new Map<string, Set<number>>();
  for (const { place } of problems) {
    if (!bad.has(place.journal)) bad.set(place.journal, new Set());
    bad.get(place.journal)!.add(place.offset);
  }
  return bad;
}

const concernedJournals = ({ journals }: Survey, bad: ReturnType<typeof badPlaces>): Survey['journals'] =>
  journals.filter(({ name, torn }) => torn > 0 || bad.has(name));

async function setAttachmentsAside(
  directory: string,
  { attachments }: Survey,
  dryRun: boolean,
): Promise<Record<AttachmentKind, number>> {
  const counts = attachmentKinds.map((kind) => [kind, attachments.get(kind)!.damaged.size]);
  if (!dryRun) {
    for (const [kind, { damaged }] of attachments) {
      for (const [id, name] of damaged)
        await renameFile(
          join(attachmentFolder(directory, kind), name),
          join(directory, `damaged-${hashOfId(id)}-${randomUUID()}.bin`),
        );
    }
  }
  return Object.fromEntries(counts);
}

/** A journal whose records have been copied to another one, under a name of its own. */
interface Retired {
  readonly path: string;
  readonly bytes: number;
  /** Its lines that could not be used. */
  readonly bad: readonly Place[];
}

/**
 * Renames a journal whose records have been copied to another one. A process that was suspended until its lease expired may
 * still be writing to it: the rename tells such a process to write elsewhere.
 */
async function retireJournal(
  directory: string,
  { name, bytes }: Survey['journals'][number],
  { problems }: Survey,
): Promise<Retired> {
  const path = join(directory, newJournalName());
  await removeIndex(join(directory, name));
  await renameFile(join(directory, name), path);
  const bad = problems.filter(({ kind, place }) => kind !== 'conflict' && place.journal === name);
  return { path, bytes, bad: bad.map(({ place }) => place) };
}

/**
 * Removes retired journals, once no machine can believe any more that they have their old names: until then, a process on
 * another machine may write to one and hold that to be enough. So one that has grown is kept, with its records, and so is one
 * whose damaged lines are good when they are read again.
 */
async function removeRetired(
  directory: string,
  retired: readonly Retired[],
  { timer = systemTimer, delay, onWait = () => {} }: Waiting,
): Promise<void> {
  if (retired.length === 0) return;
  const wait = delay ?? (await longestDelayOf(directory));
  if (wait > 0) {
    onWait(wait);
    await timer.pause(wait);
  }
  for (const { path, bytes, bad } of retired) {
    if ((await lookAt(path))?.size !== bytes) continue;
    const isGood = ({ offset, length }: Place) =>
      'record' in decodeLine(readBytes(path, offset, length).toString());
    if (!bad.some(isGood)) await removeFile(path);
  }
}

/** How to wait until other machines see what was replaced. */
export interface Waiting {
  /** Milliseconds; by default, what the file system may need. */
  readonly delay?: number;
  readonly timer?: Timer;
  /** Called with the milliseconds before a wait. */
  readonly onWait?: (milliseconds: number) => void;
}

/** What was done under the lock, and what is to be removed after it. */
interface Done<T> {
  readonly result: T;
  readonly retired: readonly Retired[];
}

/** Yields the lines to set aside and the torn line ends. */
async function* damagedParts(
  directory: string,
  journals: Survey['journals'],
  bad: ReadonlyMap<string, ReadonlySet<number>>,
): AsyncGenerator<Buffer> {
  for (const { name, bytes, torn } of journals) {
    const path = join(directory, name);
    yield* linesAt(path, (offset) => bad.get(name)?.has(offset) ?? false);
    if (torn > 0) yield Buffer.concat([readBytes(path, bytes - torn, torn), Buffer.from('\n')]);
  }
}

export interface Collected extends Repaired {
  /** Records that are kept, without duplicates and records of other numerics versions. */
  readonly kept: number;
  readonly duplicates: number;
  readonly otherNumerics: number;
  /** Checkpoints of finished trials, and temporary files of killed processes. */
  readonly leftovers: number;
  /** Final checkpoints, from which more epochs would have continued, and their bytes. */
  readonly finals: number;
  readonly finalBytes: number;
}

export interface Collecting extends Waiting {
  /** Whether only to say what would be done. */
  readonly dryRun?: boolean;
  /** Whether to keep final checkpoints, from which more epochs continue. */
  readonly keepFinals?: boolean;
}

/**
 * Merges the records of this numerics version into one journal without duplicates, and removes files that are no longer
 * needed, and final checkpoints. Damaged lines are set aside first. The new journal is complete on disk before an old one is removed.
 */
export function collectGarbage(
  directory: string,
  { dryRun = false, keepFinals = false, ...waiting }: Collecting = {},
): Promise<Collected> {
  return withExclusiveAccess(directory, waiting, async (found) => {
    const repaired = await setAside(directory, found, dryRun);
    const kept = [...found.records.values()].filter((record) => record.numerics === numerics);
    const leftovers = await leftoversIn(directory, found);
    const finals = keepFinals ? [] : [...found.finals.whole];
    const result: Collected = {
      ...repaired,
      kept: kept.length,
      duplicates: found.duplicates,
      otherNumerics: found.records.size - kept.length,
      leftovers: leftovers.length,
      finals: finals.length,
      finalBytes: finals.reduce((sum, [, bytes]) => sum + bytes, 0),
    };
    const retired: Retired[] = [];
    if (dryRun) return { result, retired };
    const compact =
      found.journals.length === 1 && found.duplicates + result.otherNumerics + repaired.setAside === 0;
    if (!compact) {
      if (kept.length > 0) await writeWhole(join(directory, newJournalName()), linesToKeep(directory, kept));
      for (const journal of found.journals) retired.push(await retireJournal(directory, journal, found));
    }
    for (const path of leftovers) await removeFile(path);
    for (const [path] of finals) await removeFile(join(directory, path));
    await removeEmptyFolders(finalsFolder(directory));
    await forgetFailures(directory, found.records);
    await syncDirectory(directory);
    return { result, retired };
  });
}

/** Yields the lines of these records, as this version writes them. */
async function* linesToKeep(directory: string, kept: readonly Chosen[]): AsyncGenerator<string> {
  for (const { place } of kept) {
    const bytes = readBytes(join(directory, place.journal), place.offset, place.length);
    const decoded = decodeLine(bytes.toString());
    if ('fault' in decoded) throw new Error(`${place.journal} changed while it was read`);
    yield encodeLine(decoded.record);
  }
}

/** Checkpoints of finished trials, attachments of records that are removed, and temporary files of killed processes. */
async function leftoversIn(directory: string, { records, attachments, finals }: Survey): Promise<string[]> {
  const isOf = (folder: string, kind: keyof typeof kinds) => (name: string) =>
    isOwnTemporary(kinds[kind], folder, name);
  const choose = async (folder: string, isLeftover: (name: string) => boolean): Promise<string[]> =>
    (await storeFilesIn(folder)).filter(isLeftover).map((name) => join(folder, name));
  const [leases, states] = [leaseFolder, checkpointFolder].map((of) => of(directory));
  const journalKinds = (['journal', 'index', 'failures', 'setAside'] as const).map((kind) =>
    isOf(directory, kind),
  );
  // A living process may just be writing a lease, so only old ones count. Dead leases are removed at the next claim.
  const old = await Promise.all(
    (await choose(leases, isOf(leases, 'lease'))).map(async (path) => ((await isOld(path)) ? [path] : [])),
  );
  const attached = await Promise.all(
    [...attachments].map(async ([kind, { whole }]) => {
      const folder = attachmentFolder(directory, kind);
      const removed: string[] = [];
      for (const [id, name] of whole) {
        const path = join(folder, name);
        // A process that was taken for dead may be about to write the record.
        const isLeft = records.has(id) ? records.get(id)?.numerics !== numerics : await isOld(path);
        if (isLeft) removed.push(path);
      }
      return [...(await choose(folder, isOf(folder, kind))), ...removed];
    }),
  );
  return [
    ...(await choose(directory, (name) => journalKinds.some((isPart) => isPart(name)))),
    ...old.flat(),
    ...(await choose(
      states,
      (name) => isOf(states, 'checkpoint')(name) || records.has(trialOfCheckpoint(directory, name) ?? ''),
    )),
    ...attached.flat(),
    ...[...finals.damaged, ...finals.parts].map((path) => join(directory, path)),
  ];
}

/** Removes the folders that had final checkpoints and are empty, and then the folder of all if nothing is left in it. */
async function removeEmptyFolders(folder: string): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter(isFamily);
  for (const name of names) await removeEmptyDirectory(join(folder, name)).catch(() => {});
  await removeEmptyDirectory(folder).catch(() => {});
}

/** Milliseconds: longer than any process is suspended between two files that belong together, and than clocks differ. */
const day = 24 * 3_600_000;

/** Whether a file was last changed more than a day ago. */
async function isOld(path: string): Promise<boolean> {
  const file = await lookAt(path);
  return file !== null && Date.now() - file.time > day;
}

/**
 * Surveys the store and changes it while no other process has a lease on it or can take one, and then removes what was
 * replaced. Even if a process was taken for dead that lives, no record is lost: it notices and writes elsewhere.
 */
async function withExclusiveAccess<T>(
  directory: string,
  waiting: Waiting,
  change: (found: Survey) => Promise<Done<T>>,
): Promise<T> {
  // This also checks that there is a store before a lease folder is created in it.
  const before = await surveyStore(directory);
  if (before.newer > 0) throw newerStore(directory, 'newer');
  const lease = await openLease(directory, waiting.timer);
  try {
    let done: Done<T> | undefined;
    await lease.watchOthers();
    await lease.claim(async (_held, others) => {
      if (done !== undefined) return [];
      if (others > 0) throw inUse(directory, others);
      done = await change(await surveyStore(directory));
      return [];
    });
    await removeRetired(directory, done!.retired, waiting);
    return done!.result;
  } catch (error) {
    throw storeError(directory, error);
  } finally {
    await lease.end();
  }
}

function inUse(directory: string, others: number): UserError {
  return new UserError(
    {
      what: `other processes are using the trial store ${directory}`,
      expected: 'a store that no other process uses',
      received: others,
      remedy: 'wait until they are done; a killed process no longer counts after half a minute',
    },
    exitCodes.failed,
  );
}
