import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files below a folder but those that name the machine and the time; commands in them name no folders. */
export async function filesBelow(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || /manifest|certificate|datapackage/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, 'latin1');
    files.set(path.slice(folder.length), text.replaceAll(/ --(store|out) [\w/-]+/g, ''));
  }
  return files;
}
