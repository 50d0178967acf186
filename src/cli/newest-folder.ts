import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder in results/ whose name starts so and whose file of this name is the newest; null if there is none. */
export async function newestFolder(start: string, file: string): Promise<string | null> {
  const folders = await readdir('results', { withFileTypes: true }).catch(() => []);
  let newest: string | null = null;
  let time = Number.NEGATIVE_INFINITY;
  for (const { name } of folders) {
    if (!name.startsWith(start)) continue;
    const folder = join('results', name);
    const found = await stat(join(folder, file)).catch(() => null);
    if (found?.isFile() !== true || found.mtimeMs <= time) continue;
    newest = folder;
    time = found.mtimeMs;
  }
  return newest;
}
