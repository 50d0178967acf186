import { readdir } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { type Experiment, optionsOf } from '../experiment/define.ts';
import { parseSetting } from '../experiment/options.ts';
import { drawMethodNames } from '../experiment/search-methods.ts';
import { codeOf, reasonOf } from '../files/errno.ts';
import { damagedResults } from './folder-errors.ts';
import { readText } from './folder-table.ts';
import type { Results } from './results.ts';

/** The experiment of a manifest: the program's of this name, or the user's, whose definition it keeps; null if neither. */
export async function experimentOf(
  { experiment: name, command, definition }: Manifest,
  experiments: readonly Experiment[],
): Promise<Experiment | null> {
  if (definition === undefined) return experiments.find((one) => one.name === name) ?? null;
  const { experimentFrom } = await import('../experiment/definition.ts');
  return experimentFrom(definition, typeof command === 'string' ? command : String(name));
}

/** From what a manifest says that the settings were drawn; undefined if they were not. */
export function searchOf(
  { search, settings }: Manifest,
  experiment: Experiment,
  folder: string,
): Results['search'] {
  const { method, options: names } = (search ?? {}) as {
    readonly method?: unknown;
    readonly options?: unknown;
  };
  const drawn = drawMethodNames.find((name) => name === method);
  if (drawn === undefined || !Array.isArray(names)) return undefined;
  const known = optionsOf(experiment).filter((name) => names.includes(name));
  const lists = (settings ?? {}) as Readonly<Record<string, unknown>>;
  const space = known.map((name) => {
    const list = lists[name];
    if (!Array.isArray(list) || list.length === 0)
      throw damagedResults(folder, `manifest.json has no values of ${name}, which was searched`);
    return [name, list.map((value) => parseSetting(name, String(value), `manifest.json: ${name}`))];
  });
  return { method: drawn, space: Object.fromEntries(space) };
}

export interface Manifest {
  readonly experiment?: unknown;
  readonly command?: unknown;
  readonly definition?: unknown;
  readonly variant?: unknown;
  readonly quick?: unknown;
  readonly settings?: unknown;
  readonly search?: unknown;
  readonly stopping?: unknown;
  readonly data?: unknown;
  readonly trials?: { readonly total?: unknown; readonly ids?: unknown };
  readonly files?: unknown;
  readonly unfinished?: unknown;
}

const folderReasons: Record<string, string> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'this is a file, not a folder',
};

export async function readManifest(folder: string): Promise<Manifest> {
  const reason = await readdir(folder).then(
    ({ length }) => (length === 0 ? 'the folder is empty' : null),
    (error) => folderReasons[codeOf(error) ?? ''] ?? reasonOf(error),
  );
  if (reason !== null) {
    throw new UserError({
      what: `${reason}: nothing can be drawn`,
      expected: 'a folder that a run wrote, such as results/grid-search-ols',
      received: folder,
      remedy: 'run the experiment first, or name its folder',
    });
  }
  const text = await readText(folder, 'manifest.json');
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest === 'object' && manifest !== null) return checkedManifest(manifest, folder);
  } catch (error) {
    if (error instanceof UserError) throw error;
    // Reported below.
  }
  throw damagedResults(folder, 'manifest.json is not a JSON object');
}

/** Refuses a folder that a run was writing when it ended, and one without CSV files. */
function checkedManifest(manifest: Manifest, folder: string): Manifest {
  const { unfinished, files } = manifest;
  if (unfinished !== undefined) throw damagedResults(folder, 'a run was interrupted while it wrote them');
  if (typeof files === 'object' && files !== null && !('trials.csv' in files)) {
    throw new UserError({
      what: 'the run wrote no CSV files, from which figures are drawn',
      expected: 'trials.csv and curves.csv',
      received: folder,
      remedy: 'run the experiment again with {format} csv: trials in the store are not computed twice',
    });
  }
  return manifest;
}
