import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { writeStderr } from './terminal.ts';

/**
 * Writes a JSON Schema next to a user's new file, where editors find it. A path into the program's own folder would end with a
 * cache of npx, and would be another one for everyone who gets the file. A file that does not mention `id` is another one,
 * and is left as it is.
 */
export async function writeSchema(path: string, schema: unknown, id: string): Promise<void> {
  const { writeWhole } = await import('../files/write-whole.ts');
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  const earlier = await readFile(path, 'utf8').catch(() => null);
  if (earlier === text) return;
  if (earlier !== null && !earlier.includes(id)) {
    writeStderr(`note: ${basename(path)} already exists, and is left as it is; editors complete from it`);
    return;
  }
  await writeWhole(path, text);
}
