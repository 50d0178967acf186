import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of a submission to a cluster that is being written: it gets its name when it is whole. */
const draft = /^\.\d{8}-\d{6}-[0-9a-f]{6}\.tmp$/;

/** The folders, below a store, of submissions that a process is just writing, or was killed while it did. */
export async function findDrafts(directory: string): Promise<string[]> {
  const entries = await readdir(join(directory, 'slurm'), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && draft.test(entry.name))
    .map(({ name }) => join('slurm', name))
    .sort();
}
