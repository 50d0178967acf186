import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../files/directories.ts';
import { codeOf, mayBeReadLater } from '../files/errno.ts';
import { readRegularBytes } from '../files/regular-file.ts';
import { finalName, writeWhole } from '../files/write-whole.ts';
import type { TrainingState } from '../nn/epochs.ts';
import { canContinue } from '../trial/can-continue.ts';
import { hashOfId } from '../trial/id.ts';
import { createTrial, type Trial, type TrialConfig } from '../trial/trial.ts';
import { isOwn, isOwnTemporary, kinds, storeFilesIn } from './own-files.ts';
import { encodeState, isWholeState, largestState, tryDecoding } from './training-state.ts';

// The states after the last epochs of finished trainings, from which trainings with more epochs continue. Each is in
// finals/HASH/EPOCHS.state, where HASH is that of the config without its epochs, so that one look finds it.

export const finalsFolder = (directory: string): string => join(directory, 'finals');

/** The final checkpoints of trainings that differ from a trial's only in their number of epochs. */
export interface FinalCheckpoints {
  /**
   * The one with the most epochs, of those with fewer than the trial; null if there is none that is whole. `onDamaged` is
   * called for each that is passed over.
   */
  longest(onDamaged: (path: string) => void): Promise<TrainingState | null>;
  keep(state: TrainingState): Promise<void>;
}

/** The folders in a store that hold final checkpoints, each of trainings that differ only in their epochs. */
export const familiesIn = async (directory: string): Promise<ReadonlySet<string>> =>
  new Set(await namesIn(finalsFolder(directory)).catch(() => []));

/**
 * The final checkpoints for a trial; null if its training cannot continue another. `families` are the folders of all, if
 * they have been listed.
 */
export function finalCheckpoints(
  directory: string,
  config: TrialConfig,
  families: ReadonlySet<string> | null = null,
): FinalCheckpoints | null {
  if (!canContinue(config)) return null;
  let known: string | null = null;
  const hash = (): string => (known ??= familyOf(config));
  const folder = (): string => join(finalsFolder(directory), hash());
  return {
    async longest(onDamaged) {
      if (families !== null && (families.size === 0 || !families.has(hash()))) return null;
      for (const epochs of await epochsIn(folder(), config)) {
        const path = join(folder(), `${epochs}.state`);
        const bytes = await readRegularBytes(path, largestState).catch(() => null);
        const state = bytes === null ? null : tryDecoding(bytes, hash(), config.model);
        if (state?.epoch === epochs) return state;
        onDamaged(path);
      }
      return null;
    },
    async keep(state) {
      await makeDirectory(folder());
      await writeWhole(join(folder(), `${state.epoch}.state`), encodeState(hash(), state));
    },
  };
}

/** The epochs from which trials continue finished ones, by id: only files that are whole count. */
export async function continuedEpochs(
  directory: string,
  trials: readonly Trial[],
): Promise<Map<string, number>> {
  const continued = new Map<string, number>();
  const families = await familiesIn(directory);
  if (families.size === 0) return continued;
  for (const { id, config } of trials) {
    const state = (await finalCheckpoints(directory, config, families)?.longest(() => {})) ?? null;
    if (state !== null) continued.set(id, state.epoch);
  }
  return continued;
}

/** The hash of a config without its epochs. */
function familyOf(config: TrialConfig): string {
  const { epochs: _, ...rest } = config.model as Extract<TrialConfig['model'], { readonly solver: 'sgd' }>;
  return hashOfId(createTrial({ ...config, model: rest } as unknown as TrialConfig).id);
}

/** The epochs of the files in a folder that are fewer than a trial's, most first. */
async function epochsIn(folder: string, { model }: TrialConfig): Promise<number[]> {
  const most = 'epochs' in model ? model.epochs : 0;
  const names = (await namesIn(folder).catch(() => [])).filter((name) => kinds.final.name.test(name));
  return names
    .map((name) => Number.parseInt(name, 10))
    .filter((epochs) => epochs < most)
    .sort((a, b) => b - a);
}

const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return [];
    throw error;
  });

/** Whether a folder has the name of those that hold final checkpoints. */
export const isFamily = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);

/** The final checkpoints in a store. */
export interface FoundFinals {
  /** Paths in the store, with the bytes of each file. */
  readonly whole: ReadonlyMap<string, number>;
  readonly damaged: readonly string[];
  /** Temporary files of killed processes. */
  readonly parts: readonly string[];
}

/** Reads every final checkpoint in a store. Errors: a file cannot be read, which may be whole. */
export async function findFinals(directory: string): Promise<FoundFinals> {
  const whole = new Map<string, number>();
  const damaged: string[] = [];
  const parts: string[] = [];
  for (const hash of await namesIn(finalsFolder(directory))) {
    if (!isFamily(hash)) continue;
    const folder = join(finalsFolder(directory), hash);
    for (const name of await storeFilesIn(folder)) {
      const path = join('finals', hash, name);
      if (finalName(name) !== null) {
        if (isOwnTemporary(kinds.final, folder, name)) parts.push(path);
        continue;
      }
      if (!isOwn(kinds.final, folder, name)) continue;
      const bytes = await readRegularBytes(join(folder, name), largestState).catch((error) => {
        if (mayBeReadLater(error)) throw error;
        return null;
      });
      if (bytes !== null && isWholeState(bytes, hash)) whole.set(path, bytes.length);
      else damaged.push(path);
    }
  }
  return { whole, damaged, parts };
}
