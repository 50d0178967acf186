import { join } from 'node:path';
import { makeDirectory } from '../files/directories.ts';
import { codeOf } from '../files/errno.ts';
import { readRegularBytes } from '../files/regular-file.ts';
import { removeFile } from '../files/retry-while-busy.ts';
import { finalName, writeWhole } from '../files/write-whole.ts';
import type { Checkpoints, TrainingState } from '../nn/epochs.ts';
import type { Evaluations } from '../nn/evaluated-epochs.ts';
import { hashOfId, idOfHash } from '../trial/id.ts';
import type { Trial } from '../trial/trial.ts';
import { finalCheckpoints } from './final-checkpoints.ts';
import type { FinalPlace, FinalWriter } from './final-packs.ts';
import { isOwn, isOwnTemporary, kinds, storeFilesIn } from './own-files.ts';
import { encodeState, largestState, tryDecoding } from './training-state.ts';

/** Training was asked to end before its last epoch; its state is saved. */
export class Stopped extends Error {}

/** Milliseconds between two checkpoints, at least. Shorter training has none. */
const interval = 1000;
/**
 * The largest share of the time that checkpoints take, where the disk is slow or busy, as one that a thousand processes share
 * may be; and the longest time between two of them in milliseconds.
 */
const largestShare = 0.02;
const longestInterval = 60_000;
/** How many checkpoints of a trial are kept, in case the newest cannot be read. */
const copies = 2;

export const checkpointFolder = (directory: string): string => join(directory, 'checkpoints');

/** The id of the trial to which a checkpoint or its temporary file belongs; null for any other file. */
export function trialOfCheckpoint(directory: string, name: string): string | null {
  const folder = checkpointFolder(directory);
  if (!isOwn(kinds.checkpoint, folder, name) && !isOwnTemporary(kinds.checkpoint, folder, name)) return null;
  const hash = kinds.checkpoint.name.exec(finalName(name) ?? name)?.[1];
  return hash === undefined ? null : idOfHash(hash);
}

/**
 * The epochs after which the trainings of trials are saved, by id, as the names of the checkpoints have them: of all trials, or
 * of those that are wanted. Then no file is opened.
 */
export async function savedEpochs(
  directory: string,
  wanted: Pick<ReadonlySet<string>, 'has'> | null = null,
): Promise<Map<string, number>> {
  const saved = new Map<string, number>();
  const named = (name: string): string | null => {
    const hash = kinds.checkpoint.name.exec(name)?.[1];
    return hash === undefined ? null : idOfHash(hash);
  };
  for (const name of await storeFilesIn(checkpointFolder(directory)).catch(() => [])) {
    const id = named(name);
    if (id === null || !(wanted?.has(id) ?? trialOfCheckpoint(directory, name) === id)) continue;
    saved.set(id, Math.max(saved.get(id) ?? 0, epochOf(name)));
  }
  return saved;
}

/** The checkpoints of a trial. */
export interface TrialCheckpoints extends Checkpoints {
  /** Whether `settle` has nothing to do. */
  isSettled(): boolean;
  /**
   * To be called once the trial's record is in the store: removes the files, then writes the last state. So where the disk is
   * full, the record comes first. A kill before that costs only time.
   */
  settle(): Promise<void>;
}

export interface CheckpointOptions {
  /** Where finished trainings with fewer epochs are, from the best of which training may start, and where its own last state is. */
  readonly continuable?: readonly FinalPlace[];
  /** What keeps the state after the last epoch; absent if nothing. */
  readonly finals?: FinalWriter | undefined;
  /** Whether training should save its state and end. */
  readonly stopRequested: () => boolean;
  /** Called with the path of a final checkpoint that would have served but is damaged. */
  readonly onDamaged?: (path: string) => void;
  /** Milliseconds between two checkpoints, for tests; 0: one after each epoch. */
  readonly every?: number;
  /** The names of the files that may be checkpoints, if they were listed for several trials at once. */
  readonly listed?: readonly string[];
  /** Called with the reason why a checkpoint cannot be written; training continues. */
  readonly onFailure?: (error: unknown) => void;
}

/** The names of the files in a store that may be checkpoints. */
export const listCheckpoints = (directory: string): Promise<string[]> =>
  storeFilesIn(checkpointFolder(directory)).catch(() => []);

/**
 * Opens the checkpoints of a trial: reads the newest complete one, from which to resume, and writes new ones.
 *
 * Each is written to a temporary file, synced and renamed, so that a kill at any moment leaves the previous one.
 */
export async function openCheckpoints(
  directory: string,
  { id, config }: Trial,
  {
    stopRequested,
    continuable = [],
    finals: writer,
    every = interval,
    onFailure = () => {},
    onDamaged = () => {},
    listed,
  }: CheckpointOptions,
): Promise<TrialCheckpoints> {
  const started = performance.now();
  const folder = checkpointFolder(directory);
  const hash = hashOfId(id);
  const states = listed ?? (await listCheckpoints(directory));
  const found = states.filter((name) => name.startsWith(hash) && trialOfCheckpoint(directory, name) === id);
  // A file that cannot be removed does no harm, and `store gc` removes it.
  const remove = (name: string) => removeFile(join(folder, name)).catch(() => {});
  for (const part of found.filter(finalName)) await remove(part);
  let names = newestFirst(found.filter((name) => finalName(name) === null));
  let last = performance.now();
  let pause = every;
  const write = async (state: TrainingState): Promise<void> => {
    const name = `${hash}-${(state.before?.epochs ?? 0) + state.epoch}.state`;
    const bytes = encodeState(hash, state);
    await writeWhole(join(folder, name), bytes).catch(async (error) => {
      if (codeOf(error) !== 'ENOENT') throw error;
      await makeDirectory(folder);
      await writeWhole(join(folder, name), bytes);
    });
    names = [name, ...names.filter((other) => other !== name)];
    for (const old of names.splice(copies)) await remove(old);
  };
  const finals = finalCheckpoints(directory, config);
  const own = await newestState(folder, names, hash, config.model);
  const shorter = (await finals?.first(continuable, onDamaged)) ?? null;
  const resume = (shorter?.epoch ?? 0) > (own?.epoch ?? 0) ? shorter : own;
  let keepLast: (() => Promise<void>) | null = null;
  const final =
    finals === null || writer === undefined
      ? null
      : {
          // What took less than the time between two checkpoints is computed again.
          due: () => resume !== null || performance.now() - started >= every,
          keep: async (state: TrainingState) => {
            keepLast = finals.take(state, writer, continuable);
          },
        };
  return {
    resume,
    ...(final === null ? {} : { final }),
    due: () => stopRequested() || performance.now() - last >= pause,
    keep: async (state) => {
      const begun = performance.now();
      await write(state).catch(onFailure);
      last = performance.now();
      pause = pauseAfter(last - begun, every);
      if (stopRequested()) throw new Stopped('the training was stopped');
    },
    isSettled: () => names.length === 0 && keepLast === null,
    settle: async () => {
      for (const name of names) await remove(name);
      const keep = keepLast;
      [names, keepLast] = [[], null];
      await keep?.().catch(onFailure);
    },
  };
}

/** Milliseconds until the next checkpoint, if one took `taken`. */
export function pauseAfter(taken: number, every: number): number {
  return every === 0 ? 0 : Math.max(every, Math.min(taken / largestShare, longestInterval));
}

function epochOf(name: string): number {
  return Number(/-(\d+)\.state$/.exec(name)?.[1]);
}

function newestFirst(names: readonly string[]): string[] {
  return [...names].sort((a, b) => epochOf(b) - epochOf(a));
}

async function newestState(
  folder: string,
  names: readonly string[],
  hash: string,
  evaluations: Evaluations,
): Promise<TrainingState | null> {
  for (const name of names) {
    const bytes = await readRegularBytes(join(folder, name), largestState).catch(() => null);
    const state = bytes === null ? null : tryDecoding(bytes, hash, evaluations);
    if (state !== null) return state;
  }
  return null;
}
