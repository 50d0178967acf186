import { UserError } from '../errors.ts';
import { isUtf16 } from '../files/encoding.ts';
import { reasonOf } from '../files/errno.ts';
import { readRegularBytes, TooLarge } from '../files/regular-file.ts';

/** The largest trace file accepted, in bytes. */
export const maxBytes = 64 * 2 ** 20;

/**
 * Reads a JSON file that a program of any language wrote. Errors: UserError if there is no such file, if it is too large, cut
 * off or not JSON, or if it has NaN or an infinite number, which Python writes without quotation marks; it names the entry.
 */
export async function readTraceJson(file: string): Promise<unknown> {
  const text = await textOf(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    const broken = firstBroken(text);
    if (broken !== null) throw brokenNumber(file, broken.entry, broken.word);
    throw unreadable(file, isCutOff(text, error as Error) ? 'it ends too early' : 'it is not JSON');
  }
}

async function textOf(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readRegularBytes(file, maxBytes);
  } catch (error) {
    const isLarge = error instanceof TooLarge;
    throw unreadable(file, isLarge ? `it is larger than ${maxBytes / 2 ** 20} MiB` : reasonOf(error));
  }
  if (isUtf16(bytes)) throw unreadable(file, 'its encoding is UTF-16, and JSON is UTF-8');
  return bytes.toString().replace(/^\ufeff/, '');
}

function unreadable(file: string, reason: string): UserError {
  return new UserError({
    what: `${file} cannot be read: ${reason}`,
    expected: 'a JSON file in a format of fys-nn-trace (data/README.md)',
    remedy: 'let your program write the file again, to the end, or give another file',
  });
}

/** A number that is NaN or infinite, named by its entry, such as steps.4.layers.0.z[2][1]. */
export function brokenNumber(file: string, entry: string, word: string): UserError {
  const step = Number(/^steps\.(\d+)\./.exec(entry)?.[1] ?? Number.NaN);
  const isLater = step > 0;
  const meaning = word === 'null' ? ', which many programs write for NaN' : '';
  return new UserError({
    what: `${file}: ${entry} is ${word}${meaning}${isLater ? ': the training diverged' : ''}`,
    expected: 'finite numbers',
    remedy: isLater
      ? `record fewer steps, only those before this one (${step === 1 ? 'step 0' : `steps 0 to ${step - 1}`}), and check again: a mistake in them can make numbers grow, and so can a learning rate that is too large`
      : step === 0
        ? 'nothing was trained before it: look at the line that computes it for a division by 0, the logarithm of 0, or an exp that overflows; leave this quantity out to check the others'
        : 'write the number as it was given out',
  });
}

/** Whether reading failed at the end of the text: it is only unfinished. */
function isCutOff(text: string, { message }: Error): boolean {
  const position = /position (\d+)/.exec(message)?.[1];
  return /end of JSON|Unterminated/.test(message) || Number(position) >= text.trimEnd().length;
}

/** A string of JSON, or a word that only Python and JavaScript write. */
const stringOrWord = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|nan|Infinity|inf)\b/g;

/** Stands for a broken number while the place of the first one is looked for. */
const mark = '\u0000broken ';

/** The first number that JSON does not have, if the text is JSON otherwise. */
function firstBroken(text: string): { readonly entry: string; readonly word: string } | null {
  let content: unknown;
  try {
    content = JSON.parse(
      text.replace(stringOrWord, (found) => (found[0] === '"' ? found : JSON.stringify(mark + found))),
    );
  } catch {
    return null;
  }
  // Without recursion: a hostile text may be nested a million levels deep.
  const open = [frameOf('', '', content)];
  for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
    if (frame.at === frame.parts.length) {
      open.pop();
      continue;
    }
    const part = frame.parts[frame.at];
    const name = frame.names?.[frame.at] ?? String(frame.at);
    frame.at++;
    const isBroken = typeof part === 'string' && part.startsWith(mark);
    if (!isBroken && (typeof part !== 'object' || part === null)) continue;
    const entry = entryOf(frame.entry, name, frame.key, frame.names === null);
    if (isBroken) return { entry, word: part.slice(mark.length) };
    open.push(frameOf(entry, frame.names === null ? '' : name, part));
  }
  return null;
}

/** A list or an object whose parts are being looked at. */
function frameOf(entry: string, key: string, value: unknown) {
  const isList = Array.isArray(value);
  const object = typeof value === 'object' && value !== null ? value : { '': value };
  return {
    ...{ entry, key, at: 0 },
    names: isList ? null : Object.keys(object),
    parts: (isList ? value : Object.values(object)) as readonly unknown[],
  };
}

/** Entries of the lists of steps and of layers are named with a dot, elements of arrays of numbers in brackets. */
function entryOf(entry: string, name: string, key: string, isList: boolean): string {
  if (isList && key !== 'steps' && key !== 'layers') return `${entry}[${name}]`;
  return entry === '' ? name : `${entry}.${name}`;
}
