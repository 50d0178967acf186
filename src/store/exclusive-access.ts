import { join } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import { lookAt } from '../files/directories.ts';
import { readBytes } from '../files/lines.ts';
import { removeFile, renameToNew } from '../files/retry-while-busy.ts';
import { longestDelayOf } from '../files/shared-disk.ts';
import { systemTimer, type Timer } from '../files/timer.ts';
import { decodeLine, newJournalName, storeError } from './journal.ts';
import { removeIndex } from './journal-index.ts';
import { openLease } from './leases.ts';
import type { Place } from './line-table.ts';
import { newerStore } from './store.ts';
import { type Survey, surveyStore } from './survey.ts';

/** A journal whose records have been copied to another one, under a name of its own. */
export interface Retired {
  readonly path: string;
  readonly bytes: number;
  /** Its lines that could not be used. */
  readonly bad: readonly Place[];
}

/**
 * Renames a journal whose records have been copied to another one. A process that was suspended until its lease expired may
 * still be writing to it: the rename tells such a process to write elsewhere.
 */
export async function retireJournal(
  directory: string,
  { name, bytes }: Survey['journals'][number],
  { problems }: Survey,
): Promise<Retired> {
  const path = join(directory, newJournalName());
  await removeIndex(join(directory, name));
  await renameToNew(join(directory, name), path);
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
export interface Done<T> {
  readonly result: T;
  readonly retired: readonly Retired[];
}

/**
 * Surveys the store and changes it while no other process has a lease on it or can take one, and then removes what was
 * replaced. Even if a process was taken for dead that lives, no record is lost: it notices and writes elsewhere.
 */
export async function withExclusiveAccess<T>(
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
