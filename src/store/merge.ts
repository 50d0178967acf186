import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { makeDirectory } from '../files/directories.ts';
import { writeWhole } from '../files/write-whole.ts';
import { type AttachmentKind, attachmentKinds, forEachKind } from '../trial/attachments.ts';
import { attachmentsIn, readAttachment, writeAttachment } from './attachments.ts';
import { type Conflict, firstDifference } from './conflicts.ts';
import { addFinals, finalKeys } from './final-care.ts';
import { type Gathered, gather, gatheredLines, recordAt, type Source } from './gather.ts';
import { newJournalName, storeError } from './journal.ts';
import { describeProblems, openStore } from './store.ts';

/** What came into a store, and what is wrong with what should have. */
export interface Joined {
  readonly store: string;
  /** The records that it lacked, and those that it had already. */
  readonly added: number;
  readonly present: number;
  /** The attachments that were added. */
  readonly attachments: Readonly<Record<AttachmentKind, number>>;
  readonly conflicts: readonly Conflict[];
  /** The trials whose attachments of a kind should be there and are nowhere. */
  readonly missing: Readonly<Record<AttachmentKind, readonly string[]>>;
  /** One sentence per damaged journal or file, which was left out. */
  readonly damaged: readonly string[];
}

export interface Merged extends Joined {
  readonly sources: readonly Source[];
  /** The final checkpoints that were added. */
  readonly finals: number;
}

/**
 * Reads the stores that are to be merged into another, each once. Errors: a folder without a store, a newer version, the store
 * itself, or one that the store lies in and that would be changed with it.
 */
export async function gatherFor(directory: string, sources: readonly string[]): Promise<Gathered> {
  const target = await realPathOf(directory);
  const distinct = new Map<string, string>();
  for (const source of sources) {
    const real = await realPathOf(source);
    if (real === target) throw ofItself(source);
    if (isInside(target, real)) throw inSource(directory, source);
    if (!distinct.has(real)) distinct.set(real, source);
  }
  return gather([...distinct.values()]);
}

/**
 * Adds to a store what it lacks of gathered ones: first attachments and final checkpoints, then all records as one journal, whole or
 * not at all. A trial that has two different results in them is left out, so the order of the stores does not decide; what the store
 * has stays. Errors: the store cannot be written; a gathered one was changed meanwhile.
 */
export async function mergeInto(directory: string, gathered: Gathered, dryRun = false): Promise<Merged> {
  const { sources, ids } = gathered;
  const store = await openStore(directory, ids);
  /** What becomes of the trial with each number. */
  const fates = new Uint8Array(ids.size);
  const conflicts: Conflict[] = [];
  const counts = { added: 0, present: 0 };
  for (let number = 0; number < ids.size; number++) {
    const found = conflictsOf(number, gathered, store.get(ids.at(number)), directory);
    conflicts.push(...found);
    if (store.has(ids.at(number))) {
      counts.present++;
      fates[number] = found.length > 0 ? fate.leave : fate.keep;
    } else if (found.length === 0) {
      counts.added++;
      fates[number] = fate.add;
    }
    if (number % 1000 === 999) await setImmediate(); // lets Ctrl-C through
  }
  const isKept = (number: number): boolean => number >= 0 && fates[number] !== fate.leave;
  const attached = await mergeAttachments(directory, gathered, isKept, dryRun);
  const finals = await mergeFinals(directory, sources, dryRun);
  if (counts.added > 0 && !dryRun) {
    const lines = gatheredLines(gathered, (number) => fates[number] === fate.add);
    const written = makeDirectory(directory).then(() => writeWhole(join(directory, newJournalName()), lines));
    await written.catch((error) => {
      throw storeError(directory, error);
    });
  }
  const ofSources = sources.flatMap((source) => source.damaged.map((text) => `${source.store}: ${text}`));
  const own = (await describeProblems(directory, store.problems)).map((text) => `${directory}: ${text}`);
  return {
    ...{ store: directory, sources, ...counts, finals },
    ...{ attachments: attached.counts, missing: attached.missing },
    conflicts: [...conflicts, ...attached.conflicts],
    damaged: [...ofSources, ...own, ...attached.damaged],
  };
}

const fate = { leave: 0, keep: 1, add: 2 } as const;

/** The conflicts of a trial: of each line with what the store has, or of the others with the first line. */
function conflictsOf(
  number: number,
  { ids, line, agrees, others }: Gathered,
  known: ReturnType<typeof recordAt> | undefined,
  directory: string,
): Conflict[] {
  const lines = [line(number), ...(others.get(number) ?? [])];
  if (known === undefined && lines.length === 1) return [];
  if (known !== undefined && lines.length === 1 && agrees(number, known)) return [];
  const [base, ...rest] =
    known === undefined
      ? lines.map((one) => ({ store: one.source, record: recordAt(one) }))
      : [
          { store: directory, record: known },
          ...lines.map((one) => ({ store: one.source, record: recordAt(one) })),
        ];
  return rest.flatMap(({ store, record }) => {
    const found = firstDifference(base.record, record);
    if (found === null) return [];
    const [first, second] = found.values;
    const values = [
      { store: base.store, value: first },
      { store, value: second },
    ] as const;
    return [{ id: ids.at(number), column: found.column, values, keepsFirst: known !== undefined }];
  });
}

/** Copies the attachments of trials that the store has or gets, one at a time. */
async function mergeAttachments(
  directory: string,
  { sources, ids, expects }: Gathered,
  isKept: (number: number) => boolean,
  dryRun: boolean,
) {
  const damaged: string[] = [];
  const conflicts: Conflict[] = [];
  const counts = forEachKind(() => 0);
  const missing = forEachKind<string[]>(() => []);
  for (const kind of attachmentKinds) {
    /** The trials whose attachment the store has in the end. */
    const there = new Uint8Array(ids.size);
    for (const { store } of sources) {
      for (const [id, name] of await attachmentsIn(store, kind)) {
        const number = ids.indexOf(id);
        if (!isKept(number)) continue;
        const bytes = await readAttachment(store, { id }, kind);
        if (bytes === null) {
          damaged.push(`${store}: ${kind}/${name} was changed after it was written`);
          continue;
        }
        const known = await readAttachment(directory, { id }, kind);
        if (known === null && there[number] === 0) {
          counts[kind]++;
          if (!dryRun) await writeAttachment(directory, { id }, kind, bytes);
        } else if (known !== null && areNumbers(kind) && !Buffer.from(known).equals(bytes))
          conflicts.push(attachmentConflict(id, kind, directory, store));
        there[number] = 1;
      }
    }
    const present = new Set((await attachmentsIn(directory, kind)).keys());
    for (let number = 0; number < ids.size; number++) {
      if (!isKept(number) || !expects(number, kind) || there[number] === 1) continue;
      if (!present.has(ids.at(number))) missing[kind].push(ids.at(number));
    }
  }
  return { counts, missing, damaged, conflicts };
}

/** Whether the attachment depends on the config alone. A file of a model also has what the user calls its data. */
export const areNumbers = (kind: AttachmentKind): boolean => kind !== 'model';

export function attachmentConflict(id: string, kind: AttachmentKind, kept: string, other: string): Conflict {
  const values = [
    { store: kept, value: null },
    { store: other, value: null },
  ] as const;
  return { id, column: kind, values, keepsFirst: true };
}

/** Copies the final checkpoints that the store lacks. Returns how many. */
async function mergeFinals(directory: string, sources: readonly Source[], dryRun: boolean): Promise<number> {
  let added = 0;
  try {
    const there = await finalKeys(directory);
    for (const { store } of sources) added += await addFinals(directory, store, there, dryRun);
  } catch (error) {
    throw storeError(directory, error);
  }
  return added;
}

/** Whether a folder is anywhere in another one. */
function isInside(folder: string, other: string): boolean {
  const path = relative(other, folder);
  return !isAbsolute(path) && path.split(sep)[0] !== '..';
}

/** The path of a folder without links, also if it or its last parts do not exist yet. */
async function realPathOf(directory: string): Promise<string> {
  const path = resolve(directory);
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPathOf(parent), basename(path));
  }
}

function ofItself(directory: string): UserError {
  return new UserError({
    what: 'a store cannot be merged into itself',
    expected: 'folders of other stores, and {store} for the one that gets their records',
    received: directory,
    remedy: 'leave out this folder, or give another {store}',
  });
}

function inSource(directory: string, source: string): UserError {
  return new UserError({
    what: `the store ${directory} is in ${source}, which is to be merged into it and must not change`,
    expected: 'a store outside of those that are merged',
    received: directory,
    remedy: 'give another {store}',
  });
}
