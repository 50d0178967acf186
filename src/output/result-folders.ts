import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import { manifestName, readManifest } from './earlier-run.ts';
import { runFrom, type StoredRun } from './stored-run.ts';

/** A folder that a run wrote. */
export interface ResultFolder {
  readonly folder: string;
  /** null if its manifest is damaged or unfinished. */
  readonly run: Omit<StoredRun, 'ids'> | null;
  /** The trials of a run with tags; null for others. */
  readonly tagged: IdSet | null;
}

/** Folders in folders of reports are deeper than those of experiments. */
const deepest = 4;

/**
 * The folders in `root` that runs wrote, with what their manifests say, the last run first. Folders that begin with a dot, links and
 * other programs' manifests are passed over. None if `root` does not exist.
 */
export async function findResultFolders(root: string): Promise<ResultFolder[]> {
  const found: ResultFolder[] = [];
  for await (const folder of foldersIn(root, deepest)) {
    const one = await resultFolder(folder);
    if (one !== null) found.push(one);
  }
  const at = ({ run }: ResultFolder) => run?.startedAt ?? '';
  return found.sort((a, b) => (at(a) < at(b) ? 1 : at(a) > at(b) ? -1 : a.folder < b.folder ? -1 : 1));
}

async function* foldersIn(folder: string, depth: number): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.some((entry) => entry.name === manifestName && entry.isFile())) yield folder;
  if (depth === 0) return;
  for (const entry of entries) {
    if (entry.isDirectory() && !entry.name.startsWith('.'))
      yield* foldersIn(join(folder, entry.name), depth - 1);
  }
}

async function resultFolder(folder: string): Promise<ResultFolder | null> {
  const broken = { folder, run: null, tagged: null };
  try {
    const manifest = await readManifest(folder);
    if (manifest === null) return null;
    const { ids, ...run } = await runFrom(manifest, join(folder, manifestName));
    const tags = run.remarks.tags ?? [];
    const known = ids.filter((id) => /^t[0-9a-f]{64}$/.test(id));
    return { folder, run, tagged: tags.length === 0 ? null : createIdSet(known) };
  } catch (error) {
    if (error instanceof UserError) return broken;
    throw error;
  }
}
