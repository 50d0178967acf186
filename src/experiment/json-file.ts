import { readFile, stat } from 'node:fs/promises';

/**
 * The content of a JSON file that comes from outside, of at most `largest` bytes.
 *
 * Errors: an Error whose message says what is wrong with the file: it cannot be read, it is no regular file (a pipe
 * may never end), it is too large, it is not JSON.
 */
export async function readJsonFile(path: string, largest: number): Promise<unknown> {
  const found = await stat(path);
  if (found.isDirectory()) throw new Error('it is a folder');
  if (!found.isFile()) throw new Error('it is no regular file');
  if (found.size > largest) throw new Error(`it has ${found.size} bytes, more than ${largest}`);
  return JSON.parse(await readFile(path, 'utf8'));
}
