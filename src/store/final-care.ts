import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { removeEmptyDirectory, removeFile } from '../files/retry-while-busy.ts';
import { finalName, writeWhole } from '../files/write-whole.ts';
import { isFamily, namesIn, visitFile, visitFinals } from './final-checkpoints.ts';
import {
  createFinalReader,
  type FinalPlace,
  finalsFolder,
  type ListedFinal,
  lineOfFinal,
  newPack,
  openFinalWriter,
  statesOf,
  visitPack,
} from './final-packs.ts';
import { isOwn, isOwnTemporary, kinds, storeFilesIn } from './own-files.ts';
import { isWholeState } from './training-state.ts';

/** The final checkpoints in a store. */
export interface FoundFinals {
  /** How many are whole, and their bytes; each counts once. */
  readonly whole: number;
  readonly bytes: number;
  /** How many are there again. */
  readonly copies: number;
  /** What is damaged, by its path in the store. */
  readonly damaged: readonly string[];
  /** The paths of all files, in the order in which they can be removed: a kill in between leaves nothing that looks damaged. */
  readonly files: readonly string[];
  /** Temporary files of killed processes, and states without an index. */
  readonly parts: readonly string[];
}

/** Reads every final checkpoint in a store. Errors: a file cannot be read, which may be whole. */
export async function findFinals(directory: string): Promise<FoundFinals> {
  const counts = { whole: 0, bytes: 0, copies: 0 };
  const known = new Set<string>();
  const damaged: string[] = [];
  const files: string[] = [];
  const parts: string[] = [];
  const folder = finalsFolder(directory);
  const reader = createFinalReader(directory);
  const check = async (listed: readonly ListedFinal[]): Promise<void> => {
    for (const final of listed) {
      const bytes = await reader.read(final);
      if (bytes === null || !isWholeState(bytes, final.family)) damaged.push(pathOf(final));
      else if (known.has(keyOf(final))) counts.copies++;
      else {
        known.add(keyOf(final));
        counts.whole++;
        counts.bytes += bytes.length;
      }
    }
  };
  try {
    for (const name of (await namesIn(folder)).sort()) {
      const listed: ListedFinal[] = [];
      const add = (final: ListedFinal) => listed.push(final);
      if (isFamily(name)) {
        for (const file of await storeFilesIn(join(folder, name))) {
          const path = join('finals', name, file);
          if (isOwnTemporary(kinds.final, join(folder, name), file)) parts.push(path);
          if (finalName(file) !== null || !isOwn(kinds.final, join(folder, name), file)) continue;
          files.push(path);
          visitFile(name, file, add);
        }
      } else if (kinds.finalIndex.name.test(name)) {
        const bad: string[] = [];
        const addBad = (line: number) => bad.push(`line ${line} of ${join('finals', name)}`);
        await visitPack(folder, name, () => true, add, addBad);
        // A run uses every line that is whole, whatever is before it.
        const isOurs =
          listed.length > 0 ||
          isOwn(kinds.finalIndex, folder, name) ||
          isOwn(kinds.finalStates, folder, statesOf(name));
        if (!isOurs) continue;
        for (const line of bad) damaged.push(line);
        files.push(join('finals', name));
        if (existsSync(join(folder, statesOf(name)))) files.push(join('finals', statesOf(name)));
      } else if (isLeft(folder, name)) parts.push(join('finals', name));
      await check(listed);
    }
  } finally {
    await reader.close();
  }
  return { ...counts, damaged, files, parts };
}

/** Whether a kill has left the file: a temporary one, or states whose index was not written. */
const isLeft = (folder: string, name: string): boolean =>
  isOwnTemporary(kinds.finalStates, folder, name) ||
  isOwnTemporary(kinds.finalIndex, folder, name) ||
  (isOwn(kinds.finalStates, folder, name) && !existsSync(join(folder, name.replace(/states$/, 'jsonl'))));

function pathOf({ file, at, bytes }: FinalPlace): string {
  const path = join('finals', file);
  return bytes === null ? path : `the state at byte ${at} of ${path}`;
}

/** Whether the final checkpoints are one pack, all of them whole and none there twice. */
const arePacked = ({ files, damaged, copies }: FoundFinals): boolean =>
  damaged.length + copies === 0 &&
  files.length <= 2 &&
  files.every((path) => !kinds.final.name.test(basename(path)));

/** Puts all that are whole into one pack, each once, and removes the files that they were in. */
export async function joinFinals(directory: string, found: FoundFinals): Promise<void> {
  if (arePacked(found)) return;
  const pack = newPack();
  const lines: string[] = [];
  if (found.whole > 0) {
    await writeWhole(join(finalsFolder(directory), pack.states), wholeStates(directory, pack.states, lines));
    await writeWhole(join(finalsFolder(directory), pack.index), lines.join(''));
  }
  await removeFinals(directory, found);
}

/** Yields the states that are whole, and adds their lines in a pack. */
async function* wholeStates(directory: string, file: string, lines: string[]): AsyncGenerator<Buffer> {
  const listed: ListedFinal[] = [];
  await visitFinals(directory, (final) => listed.push(final));
  const reader = createFinalReader(directory);
  const written = new Set<string>();
  try {
    let at = 0;
    for (const final of listed) {
      const state = written.has(keyOf(final)) ? null : await reader.read(final);
      if (state === null || !isWholeState(state, final.family)) continue;
      written.add(keyOf(final));
      lines.push(lineOfFinal({ ...final, file, at, bytes: state.length }));
      at += state.length;
      yield state;
    }
  } finally {
    await reader.close();
  }
}

/** Removes all files with final checkpoints, and their folders if nothing else is in them. */
export async function removeFinals(directory: string, { files }: FoundFinals): Promise<void> {
  for (const path of files) await removeFile(join(directory, path));
  const folder = finalsFolder(directory);
  for (const name of (await namesIn(folder).catch(() => [])).filter(isFamily))
    await removeEmptyDirectory(join(folder, name)).catch(() => {});
  await removeEmptyDirectory(folder).catch(() => {});
}

const keyOf = ({ family, epochs }: ListedFinal): string => `${family} ${epochs}`;

/**
 * Adds to a store the final checkpoints of another that it lacks, unless they are damaged. Returns how many. `there` is what it
 * has. Errors: those of the system.
 */
export async function addFinals(
  directory: string,
  source: string,
  there: Set<string>,
  dryRun: boolean,
): Promise<number> {
  const listed: ListedFinal[] = [];
  await visitFinals(source, (final) => {
    if (!there.has(keyOf(final))) listed.push(final);
  });
  let added = 0;
  const reader = createFinalReader(source);
  const writer = openFinalWriter(directory);
  try {
    for (const final of listed) {
      const state = there.has(keyOf(final)) ? null : await reader.read(final);
      if (state === null || !isWholeState(state, final.family)) continue;
      there.add(keyOf(final));
      added++;
      if (!dryRun) await writer.append(final.family, final.epochs, state);
    }
  } finally {
    await reader.close();
    await writer.close();
  }
  return added;
}

/** What a store has, for `addFinals`. */
export async function finalKeys(directory: string): Promise<Set<string>> {
  const keys = new Set<string>();
  await visitFinals(directory, (final) => keys.add(keyOf(final)));
  return keys;
}
