import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import { sizeAndTime, syncDirectory } from '../files/directories.ts';
import { linesAt, readBytes } from '../files/lines.ts';
import { removeEmptyDirectory, removeFile, renameFile } from '../files/retry-while-busy.ts';
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
export function repairStore(directory: string, dryRun = false): Promise<Repaired> {
  return withExclusiveAccess(directory, (found) => repair(directory, found, dryRun));
}

async function repair(directory: string, found: Survey, dryRun: boolean): Promise<Repaired> {
  const attached = await setAttachmentsAside(directory, found, dryRun);
  const bad = new Map<string, Set<number>>();
  for (const { place } of found.problems) {
    if (!bad.has(place.journal)) bad.set(place.journal, new Set());
    bad.get(place.journal)!.add(place.offset);
  }
  const torn = found.journals.filter((journal) => journal.torn > 0);
  const setAside = found.problems.length + torn.length;
  if (setAside === 0 || dryRun) return { setAside, file: null, ...attached };
  const file = `damaged-${randomUUID()}.jsonl`;
  const concerned = found.journals.filter(({ name, torn }) => torn > 0 || bad.has(name));
  await writeWhole(join(directory, file), damagedParts(directory, concerned, bad));
  for (const { name } of concerned) {
    const path = join(directory, name);
    const good = linesAt(path, (offset) => !(bad.get(name)?.has(offset) ?? false));
    await writeWhole(join(directory, newJournalName()), good);
    await removeJournal(directory, name, found);
  }
  await syncDirectory(directory);
  return { setAside, file, ...attached };
}

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

/**
 * Removes a journal whose records have been copied to another one.
 *
 * A process that was suspended until its lease expired may still be writing to the journal. The journal is therefore renamed
 * first, which tells such a process to write elsewhere. If the journal has grown in the meantime, it is kept.
 */
async function removeJournal(directory: string, name: string, { journals }: Survey): Promise<void> {
  const known = journals.find((journal) => journal.name === name)!;
  const renamed = join(directory, newJournalName());
  await removeIndex(join(directory, name));
  await renameFile(join(directory, name), renamed);
  if ((await sizeAndTime(renamed)).size === known.bytes) await removeFile(renamed);
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

export interface Collecting {
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
  { dryRun = false, keepFinals = false }: Collecting = {},
): Promise<Collected> {
  return withExclusiveAccess(directory, async (survey) => {
    const repaired = await repair(directory, survey, dryRun);
    const found = dryRun || repaired.setAside === 0 ? survey : await surveyStore(directory);
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
    if (dryRun) return result;
    const compact = found.journals.length === 1 && found.duplicates + result.otherNumerics === 0;
    if (!compact) {
      if (kept.length > 0) await writeWhole(join(directory, newJournalName()), linesToKeep(directory, kept));
      for (const { name } of found.journals) await removeJournal(directory, name, found);
    }
    for (const path of leftovers) await removeFile(path);
    for (const [path] of finals) await removeFile(join(directory, path));
    await removeEmptyFolders(finalsFolder(directory));
    await forgetFailures(directory, found.records);
    await syncDirectory(directory);
    return result;
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
      const removed = [...whole].filter(([id]) => records.get(id)?.numerics !== numerics);
      return [
        ...(await choose(folder, isOf(folder, kind))),
        ...removed.map(([, name]) => join(folder, name)),
      ];
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

async function isOld(path: string): Promise<boolean> {
  const { time } = await sizeAndTime(path).catch(() => ({ time: Number.POSITIVE_INFINITY }));
  return Date.now() - time > 60_000;
}

/** Surveys the store and changes it while no other process has a lease on it or can take one. */
async function withExclusiveAccess<T>(directory: string, change: (found: Survey) => Promise<T>): Promise<T> {
  // This also checks that there is a store before a lease folder is created in it.
  const before = await surveyStore(directory);
  if (before.newer > 0) throw newerStore(directory, 'newer');
  const lease = await openLease(directory);
  try {
    let result: { value: T } | undefined;
    await lease.claim(async (_held, others) => {
      if (others > 0) throw inUse(directory, others);
      result = { value: await change(await surveyStore(directory)) };
      return [];
    });
    return result!.value;
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
