import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeDirectory, syncDirectory } from '../files/directories.ts';
import { writeTemporary } from '../files/write-whole.ts';
import { attachmentKinds, forEachKind } from '../trial/attachments.ts';
import { expectedAttachments } from '../trial/expected-attachments.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import { attachmentsIn, readAttachment, writeAttachmentPieces } from './attachments.ts';
import { type BundlePart, type BundleRecord, bundleEntries } from './bundle-reader.ts';
import { type Conflict, firstDifference } from './conflicts.ts';
import { newJournalName, storeError } from './journal.ts';
import { areNumbers, attachmentConflict, type Joined } from './merge.ts';
import { describeProblems, openStore } from './store.ts';

/** Reads a file of records to its end, and returns their ids. Errors: it is not as it was written. */
export async function verifyBundle(file: string): Promise<IdSet> {
  const ids = createIdSet();
  for await (const entry of bundleEntries(file)) {
    if ('record' in entry) ids.add(entry.record.id);
  }
  return ids;
}

/**
 * Adds to a store what it lacks of a file that was verified: first the attachments, then all records as one journal, whole or not at
 * all. What the store has stays. Errors: the store cannot be written; the file was changed meanwhile.
 */
export async function importInto(
  directory: string,
  file: string,
  ids: IdSet,
  dryRun = false,
): Promise<Joined> {
  const store = await openStore(directory, ids);
  const conflicts: Conflict[] = [];
  const counts = { added: 0, present: 0 };
  const attached = forEachKind(() => 0);
  const [expected, there] = [forEachKind<string[]>(() => []), forEachKind(() => createIdSet())];
  /** The trials that stay as they are, because their records differ. */
  const left = createIdSet();
  const entries = bundleEntries(file);

  /** Counts a record, and returns whether the store lacks it. */
  const isLacked = ({ record }: BundleRecord): boolean => {
    const known = store.get(record.id);
    const found = known === undefined ? null : firstDifference(known, record);
    if (found !== null) {
      left.add(record.id);
      const [kept, other] = found.values;
      const values = [
        { store: directory, value: kept },
        { store: file, value: other },
      ] as const;
      conflicts.push({ id: record.id, column: found.column, values, keepsFirst: true });
    } else for (const kind of expectedAttachments(record)) expected[kind].push(record.id);
    counts[known === undefined ? 'added' : 'present']++;
    return known === undefined;
  };
  const take = async (first: BundlePart): Promise<void> => {
    const { id, kind, sha256 } = first;
    const parts = allParts(first, entries);
    if (!left.has(id)) {
      const known = await readAttachment(directory, { id }, kind);
      there[kind].add(id);
      if (known === null) {
        attached[kind]++;
        if (!dryRun) await writeAttachmentPieces(directory, { id }, kind, parts);
      } else if (areNumbers(kind) && createHash('sha256').update(known).digest('hex') !== sha256)
        conflicts.push(attachmentConflict(id, kind, directory, file));
    }
    for await (const _ of parts);
  };
  async function* lackedLines(): AsyncGenerator<string> {
    for (let next = await entries.next(); next.done !== true; next = await entries.next()) {
      if ('content' in next.value) await take(next.value);
      else if (isLacked(next.value)) yield `${next.value.line}\n`;
    }
  }

  if (dryRun) for await (const _ of lackedLines());
  else {
    await writeJournal(directory, lackedLines(), () => counts.added > 0).catch((error) => {
      throw storeError(directory, error);
    });
  }
  const missing = forEachKind<string[]>(() => []);
  for (const kind of attachmentKinds) {
    const present = await attachmentsIn(directory, kind);
    missing[kind] = expected[kind].filter((id) => !there[kind].has(id) && !present.has(id));
  }
  const damaged = (await describeProblems(directory, store.problems)).map((text) => `${directory}: ${text}`);
  return { store: directory, ...counts, attachments: attached, conflicts, missing, damaged };
}

/** The bytes of all parts of an attachment, the first of which has been read. */
async function* allParts(
  first: BundlePart,
  entries: AsyncIterator<BundleRecord | BundlePart>,
): AsyncGenerator<Buffer> {
  for (let part = first; ; ) {
    yield part.content;
    if (part.isLast) return;
    const { value } = await entries.next();
    part = value as BundlePart;
  }
}

/** Writes a journal, unless it turns out that it has no lines. */
async function writeJournal(
  directory: string,
  lines: AsyncIterable<string>,
  hasLines: () => boolean,
): Promise<void> {
  await makeDirectory(directory);
  const temporary = await writeTemporary(join(directory, newJournalName()), lines);
  try {
    if (hasLines()) await temporary.replace();
  } finally {
    await temporary.remove();
  }
  if (hasLines()) await syncDirectory(directory);
}
