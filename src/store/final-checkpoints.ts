import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../files/errno.ts';
import type { TrainingState } from '../nn/epochs.ts';
import { canContinue } from '../trial/can-continue.ts';
import { hashOfId } from '../trial/id.ts';
import { createTrial, type Trial, type TrialConfig } from '../trial/trial.ts';
import {
  createFinalReader,
  type FinalPlace,
  type FinalWriter,
  finalsFolder,
  type ListedFinal,
  visitPack,
} from './final-packs.ts';
import { kinds } from './own-files.ts';
import { encodeState, tryDecoding } from './training-state.ts';

// The states after the last epochs of finished trainings, from which trainings with more epochs continue. Trainings that differ in
// their epochs alone are a family, named by the hash of the config without them. They are in packs (final-packs.ts). Earlier
// versions had a file for each: finals/FAMILY/EPOCHS.state.

/** The hash of a config without its epochs. */
function familyOf(config: TrialConfig): string {
  const { epochs: _, ...rest } = config.model as Extract<TrialConfig['model'], { readonly solver: 'sgd' }>;
  return hashOfId(createTrial({ ...config, model: rest } as unknown as TrialConfig).id);
}

/** The final checkpoints for a trial. */
export interface FinalCheckpoints {
  /** The longest shorter one that is whole, of those at these places; null if there is none. `onDamaged` is called for each that is passed over. */
  first(places: readonly FinalPlace[], onDamaged: (path: string) => void): Promise<TrainingState | null>;
  /** Takes a state as it is now, and returns what keeps it, unless it is at one of these places. */
  take(state: TrainingState, writer: FinalWriter, places: readonly FinalPlace[]): () => Promise<void>;
}

/** The final checkpoints for a trial; null if its training cannot continue another. */
export function finalCheckpoints(directory: string, config: TrialConfig): FinalCheckpoints | null {
  if (!canContinue(config)) return null;
  let known: string | null = null;
  const family = (): string => (known ??= familyOf(config));
  const firstOf = async (
    places: readonly FinalPlace[],
    onDamaged: (path: string) => void,
  ): Promise<TrainingState | null> => {
    if (places.length === 0) return null;
    const reader = createFinalReader(directory);
    try {
      for (const place of places) {
        const bytes = await reader.read(place).catch(() => null);
        const state = bytes === null ? null : tryDecoding(bytes, family(), config.model);
        if (state?.epoch === place.epochs) return state;
        onDamaged(nameOf(directory, place));
      }
      return null;
    } finally {
      await reader.close();
    }
  };
  return {
    first: (places, onDamaged) =>
      firstOf(
        places.filter((place) => place.epochs < epochsOf(config)),
        onDamaged,
      ),
    take(state, writer, places) {
      const { epoch } = state;
      const bytes = encodeState(family(), state);
      const same = places.filter((place) => place.epochs === epoch);
      return async () => {
        if ((await firstOf(same, () => {})) === null) await writer.append(family(), epoch, bytes);
      };
    },
  };
}

/** What a message calls a final checkpoint. */
function nameOf(directory: string, { file, at, bytes }: FinalPlace): string {
  const path = join(finalsFolder(directory), file);
  return bytes === null ? path : `the state at byte ${at} of ${path}`;
}

/** Where final checkpoints for trials are, by id; undefined if there are none. */
export type PlacesById = Pick<ReadonlyMap<string, readonly FinalPlace[]>, 'get'>;

/**
 * The places of the final checkpoints that trials could continue, most epochs first, and before them those of the trials
 * themselves, which need not be kept again; with `ownOnly` only the latter. What is there has not been read.
 */
export async function findContinuable(
  directory: string,
  trials: readonly Trial[],
  ownOnly = false,
): Promise<PlacesById> {
  const none = new Map<string, never>();
  const names = await namesIn(finalsFolder(directory)).catch(() => []);
  if (names.length === 0) return none;
  /** The trials of a family share its places: there may be thousands of both. */
  const families = new Map<string, FinalPlace[]>();
  const wanted = new Map<string, { readonly places: readonly FinalPlace[]; readonly epochs: number }>();
  for (const { id, config } of trials) {
    if (!canContinue(config)) continue;
    const family = familyOf(config);
    const places = families.get(family) ?? [];
    families.set(family, places);
    wanted.set(id, { places, epochs: epochsOf(config) });
  }
  if (families.size === 0) return none;
  await visitNames(
    directory,
    names,
    (family) => families.has(family),
    ({ family, ...place }) => families.get(family)?.push(place),
    () => {},
  );
  for (const places of families.values()) places.sort((a, b) => b.epochs - a.epochs);
  return {
    get(id) {
      const { places = [], epochs = 0 } = wanted.get(id) ?? {};
      const own = places.filter((place) => place.epochs === epochs || (!ownOnly && place.epochs < epochs));
      return own.length === 0 ? undefined : own;
    },
  };
}

/** The epochs from which trials continue, of what `findContinuable` has found. */
export function epochsIn(found: PlacesById, trials: readonly Trial[]): Map<string, number> {
  const epochs = new Map<string, number>();
  for (const { id, config } of trials) {
    const longest = found.get(id)?.find((place) => place.epochs < epochsOf(config));
    if (longest !== undefined) epochs.set(id, longest.epochs);
  }
  return epochs;
}

const epochsOf = ({ model }: TrialConfig): number => ('epochs' in model ? model.epochs : 0);

/** Calls `visit` for the final checkpoints of wanted families in the folders and packs of these names. */
async function visitNames(
  directory: string,
  names: readonly string[],
  isWanted: (family: string) => boolean,
  visit: (final: ListedFinal) => void,
  onError: (error: unknown) => void,
): Promise<void> {
  const folder = finalsFolder(directory);
  for (const name of names) {
    if (kinds.finalIndex.name.test(name)) await visitPack(folder, name, isWanted, visit).catch(onError);
    else if (isFamily(name) && isWanted(name)) {
      for (const file of await namesIn(join(folder, name)).catch(() => [])) visitFile(name, file, visit);
    }
  }
}

/** A file of a store from before there were packs. */
export function visitFile(family: string, name: string, visit: (final: ListedFinal) => void): void {
  if (!kinds.final.name.test(name)) return;
  visit({ family, file: join(family, name), at: 0, bytes: null, epochs: Number.parseInt(name, 10) });
}

export const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return [];
    throw error;
  });

/** Whether a folder has the name of those that held final checkpoints before there were packs. */
export const isFamily = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);

/** Calls `visit` for all final checkpoints of a store, as their names and indexes say. Errors: one cannot be read. */
export async function visitFinals(directory: string, visit: (final: ListedFinal) => void): Promise<void> {
  const rethrow = (error: unknown) => {
    throw error;
  };
  const names = (await namesIn(finalsFolder(directory))).sort();
  await visitNames(directory, names, () => true, visit, rethrow);
}
