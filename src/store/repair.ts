import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { syncDirectory } from '../files/directories.ts';
import { linesAt, readBytes } from '../files/lines.ts';
import { renameToNew } from '../files/retry-while-busy.ts';
import { writeWhole } from '../files/write-whole.ts';
import { type AttachmentKind, attachmentKinds } from '../trial/attachments.ts';
import { hashOfId } from '../trial/id.ts';
import { attachmentFolder } from './attachments.ts';
import {
  type Done,
  type Retired,
  retireJournal,
  type Waiting,
  withExclusiveAccess,
} from './exclusive-access.ts';
import { newJournalName } from './journal.ts';
import type { Survey } from './survey.ts';

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
export async function setAside(directory: string, found: Survey, dryRun: boolean): Promise<Repaired> {
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
        await renameToNew(
          join(attachmentFolder(directory, kind), name),
          join(directory, `damaged-${hashOfId(id)}-${randomUUID()}.bin`),
        );
    }
  }
  return Object.fromEntries(counts);
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
