import { resolve } from 'node:path';
import { printable, printableText, UserError } from '../errors.ts';
import type { Sources } from './dataset.ts';
import { nameOfPath } from './image-names.ts';

/** The longest label, in characters. */
const longest = 60;

/**
 * What the user calls the data of a folder: the given name, or the folder's own; null for the bundled copy. A folder's
 * name is made printable and cut to 60 characters.
 */
export function labelOf({ dataDir, dataName = null }: Sources): string | null {
  if (dataDir === null || dataName !== null) return dataName;
  const path = resolve(dataDir);
  const characters = [...printable(nameOfPath(path) || path)];
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('');
}

/** Checks a name that the user gives to data. Errors: not printable, blank, or longer than 60 characters. */
export function checkLabel(text: string): string {
  if (text.trim() !== '' && [...text].length <= longest && printableText.test(text)) return text;
  throw new UserError({
    what: '{dataName} cannot be used as a name',
    expected: `1 to ${longest} printable characters`,
    received: text,
    remedy: 'choose another name, or leave {dataName} out to use that of the folder',
  });
}
