import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import { sizeAndTime, syncDirectory } from '../files/directories.ts';
import { linesAt, readBytes } from '../files/lines.ts';
import { removeFile, renameFile } from '../files/until-free.ts';
import { writeWhole } from '../files/write-whole.ts';
import { numerics } from '../trial/trial.ts';
import { checkpointFolder, trialOfCheckpoint } from './checkpoints.ts';
import { forgetFailures } from './failures.ts';
import { decodeLine, encodeLine, newJournalName, storeError } from './journal.ts';
import { removeIndex } from './journal-index.ts';
import { leaseFolder } from './lease-file.ts';
import { openLease } from './leases.ts';
import { isOwnPart, kinds, storeFilesIn } from './own-files.ts';
import { newerStore } from './store.ts';
import { type Chosen, type Survey, surveyStore } from './survey.ts';
import { weightsFolder } from './weights.ts';

export interface Repaired {
  /** Lines set aside, and torn ends. */
  readonly setAside: number;
  /** The file they are in; null where nothing was set aside. */
  readonly file: string | null;
  /** Files of weights set aside, as damaged-<id>-….bin. */
  readonly weights: number;
}

/**
 * Sets damaged lines, torn ends and results that differ from an earlier one aside, into damaged-….jsonl in the store,
 * and damaged weights beside it.
 *
 * They are on disk there before a journal is replaced, so that none is lost at whatever moment this is killed; what was
 * set aside twice is there twice. Errors: other processes at work in the store, a newer store.
 */
export function repairStore(directory: string, dryRun = false): Promise<Repaired> {
  return alone(directory, (found) => repair(directory, found, dryRun));
}

async function repair(directory: string, found: Survey, dryRun: boolean): Promise<Repaired> {
  const weights = found.weights.damaged.size;
  if (!dryRun)
    for (const [id, name] of found.weights.damaged)
      await renameFile(
        join(weightsFolder(directory), name),
        join(directory, `damaged-${id}-${randomUUID()}.bin`),
      );
  const bad = new Map<string, Set<number>>();
  for (const { place } of found.problems) {
    if (!bad.has(place.journal)) bad.set(place.journal, new Set());
    bad.get(place.journal)!.add(place.offset);
  }
  const torn = found.journals.filter((journal) => journal.torn > 0);
  const setAside = found.problems.length + torn.length;
  if (setAside === 0 || dryRun) return { setAside, file: null, weights };
  const file = `damaged-${randomUUID()}.jsonl`;
  const concerned = found.journals.filter(({ name, torn }) => torn > 0 || bad.has(name));
  await writeWhole(join(directory, file), damagedParts(directory, concerned, bad));
  for (const { name } of concerned) {
    const path = join(directory, name);
    const good = linesAt(path, (offset) => !(bad.get(name)?.has(offset) ?? false));
    await writeWhole(join(directory, newJournalName()), good);
    await retire(directory, name, found);
  }
  await syncDirectory(directory);
  return { setAside, file, weights };
}

/**
 * Removes a journal whose records are in another one.
 *
 * A process that was stopped for so long that its lease is dead may still be writing into it. So the journal gets another
 * name first, by which such a process sees that it has to write elsewhere, and what had grown until then is kept.
 */
async function retire(directory: string, name: string, { journals }: Survey): Promise<void> {
  const known = journals.find((journal) => journal.name === name)!;
  const aside = join(directory, newJournalName());
  await removeIndex(join(directory, name));
  await renameFile(join(directory, name), aside);
  if ((await sizeAndTime(aside)).size === known.bytes) await removeFile(aside);
}

/** The lines to set aside, and the torn ends. */
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
  /** Records kept; duplicates and records of other numerics versions left out. */
  readonly kept: number;
  readonly duplicates: number;
  readonly otherNumerics: number;
  /** Checkpoints of trials that are done, and half-written files of killed processes. */
  readonly leftovers: number;
}

/**
 * Writes the records of this numerics version into one journal, each once, and removes what nobody needs any more.
 *
 * Damaged lines are set aside first. The new journal is on disk, whole, before an old one is removed.
 */
export function collectGarbage(directory: string, dryRun = false): Promise<Collected> {
  return alone(directory, async (survey) => {
    const repaired = await repair(directory, survey, dryRun);
    const found = dryRun || repaired.setAside === 0 ? survey : await surveyStore(directory);
    const kept = [...found.records.values()].filter((record) => record.numerics === numerics);
    const leftovers = await leftoversIn(directory, found);
    const result: Collected = {
      ...repaired,
      kept: kept.length,
      duplicates: found.duplicates,
      otherNumerics: found.records.size - kept.length,
      leftovers: leftovers.length,
    };
    if (dryRun) return result;
    const compact = found.journals.length === 1 && found.duplicates + result.otherNumerics === 0;
    if (!compact) {
      if (kept.length > 0) await writeWhole(join(directory, newJournalName()), linesToKeep(directory, kept));
      for (const { name } of found.journals) await retire(directory, name, found);
    }
    for (const path of leftovers) await removeFile(path);
    await forgetFailures(directory, found.records);
    await syncDirectory(directory);
    return result;
  });
}

/** The lines of these records, as this version writes them. */
async function* linesToKeep(directory: string, kept: readonly Chosen[]): AsyncGenerator<string> {
  for (const { place } of kept) {
    const bytes = readBytes(join(directory, place.journal), place.offset, place.length);
    const decoded = decodeLine(bytes.toString());
    if ('fault' in decoded) throw new Error(`${place.journal} changed while it was read`);
    yield encodeLine(decoded.record);
  }
}

/** Checkpoints of trials that are done, weights of records that go, and files that a killed process left half written. */
async function leftoversIn(directory: string, { records, weights }: Survey): Promise<string[]> {
  const isOf = (folder: string, kind: keyof typeof kinds) => (name: string) =>
    isOwnPart(kinds[kind], folder, name);
  const choose = async (folder: string, isLeftover: (name: string) => boolean): Promise<string[]> =>
    (await storeFilesIn(folder)).filter(isLeftover).map((name) => join(folder, name));
  const [leases, states, numbers] = [leaseFolder, checkpointFolder, weightsFolder].map((of) => of(directory));
  const journalKinds = (['journal', 'index', 'failures', 'setAside'] as const).map((kind) =>
    isOf(directory, kind),
  );
  // Any process writes a lease there before it asks for the store; those of the dead go when the next one claims.
  const old = await Promise.all(
    (await choose(leases, isOf(leases, 'lease'))).map(async (path) => ((await isOld(path)) ? [path] : [])),
  );
  return [
    ...(await choose(directory, (name) => journalKinds.some((isPart) => isPart(name)))),
    ...old.flat(),
    ...(await choose(
      states,
      (name) => isOf(states, 'checkpoint')(name) || records.has(trialOfCheckpoint(directory, name) ?? ''),
    )),
    ...(await choose(numbers, isOf(numbers, 'weights'))),
    ...[...weights.whole]
      .filter(([id]) => records.get(id)?.numerics !== numerics)
      .map(([, name]) => join(numbers, name)),
  ];
}

async function isOld(path: string): Promise<boolean> {
  const { time } = await sizeAndTime(path).catch(() => ({ time: Number.POSITIVE_INFINITY }));
  return Date.now() - time > 60_000;
}

/** Surveys the store and changes it while no process has a lease on it, and none can take one. */
async function alone<T>(directory: string, change: (found: Survey) => Promise<T>): Promise<T> {
  // Also finds out whether there is a store, before a folder of leases is made in it.
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
      what: `other processes are at work in the trial store ${directory}`,
      expected: 'a store that nobody uses',
      received: others,
      remedy: 'wait until they are done; those that were killed count no more after half a minute',
    },
    exitCodes.failed,
  );
}
