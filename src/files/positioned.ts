import type { Document, Node } from 'yaml';
import { UserError } from '../errors.ts';
import { asUtf8, isUtf16 } from './encoding.ts';
import { reasonOf } from './errno.ts';
import { isNestedDeeply } from './nesting.ts';
import { readRegularBytes } from './regular-file.ts';

/** A file's content, and where its parts are. */
export interface Positioned {
  readonly value: unknown;
  /** "file:line:column" of the part that these keys lead to, or of the nearest part around it that is there. */
  place(keys: readonly PropertyKey[]): string;
  /** The same of the last key itself. */
  placeOfKey(keys: readonly PropertyKey[]): string;
}

export interface Limits {
  /** The largest file that is read, in bytes. */
  readonly largest: number;
  /** Up to this size the places of its parts are known; YAML may not be larger. */
  readonly largestPlaced: number;
}

/**
 * Reads a user's JSON file or, if its name ends in .yaml or .yml, YAML file. YAML is 1.2 without merge keys, and its
 * aliases may not expand to more than about a hundred times what is written.
 *
 * Errors: UserError with the place of a mistake, also of a repeated key and of bytes that are not UTF-8.
 */
export async function readPositioned(path: string, limits: Limits): Promise<Positioned> {
  const isYaml = /\.ya?ml$/i.test(path);
  const format = isYaml ? 'YAML' : 'JSON';
  const largest = isYaml ? limits.largestPlaced : limits.largest;
  let bytes: Buffer;
  try {
    bytes = await readRegularBytes(path, largest);
  } catch (error) {
    throw unreadable(
      `${path}: ${reasonOf(error)}`,
      `a ${format} file of at most ${largest} bytes`,
      path === '-' ? 'save it as a file and give its name: nothing is read from standard input' : undefined,
    );
  }
  const text = utf8(path, bytes);
  if (text.trim() === '')
    throw unreadable(`${path} is empty`, `a ${format} file`, 'give a file with something in it');
  if (!isYaml && bytes.length > limits.largestPlaced) {
    const value = parsedJson(text, (reason) => unreadable(`${path}: ${reason}`, 'JSON'));
    return { value, place: () => path, placeOfKey: () => path };
  }
  return isYaml ? readYaml(path, text) : readJson(path, text);
}

const onceRemedy = 'remove or rename one of the two';

/** What users can do about problems that the parser describes for programmers, or for which it has no remedy. */
const ownWords: Readonly<Record<string, { readonly what?: string; readonly remedy: string }>> = {
  DUPLICATE_KEY: { remedy: onceRemedy },
  MULTIPLE_DOCS: {
    what: 'a second document begins',
    remedy: 'put each in a file of its own, without lines of ---',
  },
  TAG_RESOLVE_FAILED: { remedy: 'leave out the tag, the word that begins with !' },
};

async function readYaml(path: string, text: string): Promise<Positioned> {
  const { document, at, ...places } = await parsedYaml(path, text, 'core');
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    if (/call stack/.test(problem.message)) throw tooDeep(at(problem.pos[0]));
    const own = ownWords[problem.code];
    throw unreadable(
      `${at(problem.pos[0])}: ${own?.what ?? firstLine(problem.message)}`,
      'YAML 1.2',
      own?.remedy ?? remedyOf(text, problem.pos[0]),
    );
  }
  try {
    return { value: document.toJS(), ...places };
  } catch (error) {
    // Aliases that would expand to very much, or nesting too deep.
    throw unreadable(
      `${path}: ${firstLine((error as Error).message)}`,
      'YAML with few aliases, not nested deeply',
      'write out what the aliases (*name) stand for',
    );
  }
}

/** The text is read as strictly as JSON is; the YAML reader only knows where things are, and finds repeated keys. */
async function readJson(path: string, text: string): Promise<Positioned> {
  const { document, at, ...places } = await parsedYaml(path, text, 'json');
  const [problem] = document.errors;
  const value = parsedJson(text, (reason, offset) => {
    const where = offset ?? problem?.pos[0];
    return unreadable(
      `${where === undefined ? path : at(where)}: ${reason}`,
      'JSON',
      !/\.json$/i.test(path)
        ? 'a file is read as YAML if its name ends in .yaml or .yml, and otherwise as JSON: write one of them'
        : problem === undefined
          ? 'comments and such are YAML: give the file a name that ends in .yaml'
          : undefined,
    );
  });
  const twice = document.errors.find(({ code }) => code === 'DUPLICATE_KEY');
  if (twice !== undefined)
    throw unreadable(`${at(twice.pos[0])}: a key is there twice`, 'each key once in an object', onceRemedy);
  return { value, ...places };
}

function parsedJson(
  text: string,
  refusal: (reason: string, offset: number | undefined) => UserError,
): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const offset = /at position (\d+)/.exec(message)?.[1];
    const reason = message.replace(/ in JSON.*| \(line .*|, (\.\.\.)?".*/s, '');
    const atEnd = /end of JSON/.test(message);
    throw refusal(
      atEnd ? 'the file ends too early' : reason,
      atEnd ? text.length : offset === undefined ? undefined : Number(offset),
    );
  }
}

async function parsedYaml(path: string, text: string, schema: 'core' | 'json') {
  const { LineCounter, parseDocument } = await import('yaml');
  if (isNestedDeeply(text)) throw tooDeep(path);
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return `${path}:${line}:${col}`;
  };
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      ...{ schema, lineCounter: lines, prettyErrors: false, logLevel: 'error' },
      merge: schema === 'core', // "<<: *anchor" repeats an entry with some of it changed
    });
  } catch {
    throw tooDeep(path);
  }
  const place = (keys: readonly PropertyKey[]) => at(offsetOf(document, [...keys, null]));
  const placeOfKey = (keys: readonly PropertyKey[]) => at(offsetOf(document, keys));
  return { document, at, place, placeOfKey };
}

/** Where a part begins: a key, or with null after it the key's value, or the nearest part around what is not there. */
function offsetOf(document: Document.Parsed, keys: readonly (PropertyKey | null)[]): number {
  let found = 0;
  let node: unknown = document.contents;
  for (const key of keys) {
    if (isAlias(node)) node = node.resolve(document);
    found = startOf(node) ?? found;
    if (key === null) break;
    const items: unknown[] = (node as { items?: unknown[] } | null)?.items ?? [];
    const pair = items.find((item) => isPair(item) && String(item.key.value) === String(key));
    if (isPair(pair)) found = startOf(pair.key) ?? found;
    node = isPair(pair) ? pair.value : typeof key === 'number' ? items[key] : undefined;
  }
  return found;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function isPair(item: unknown): item is { key: { value: unknown }; value: unknown } {
  return typeof (item as { key?: { value?: unknown } } | null)?.key?.value !== 'undefined';
}

function isAlias(node: unknown): node is { resolve(document: Document.Parsed): unknown } {
  return typeof (node as { resolve?: unknown } | null)?.resolve === 'function';
}

/** Decodes text without its byte-order mark. */
function utf8(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    if (isUtf16(bytes)) throw unreadable(`${path} is in the encoding UTF-16`, 'UTF-8', asUtf8);
    const good = bytes.toString('utf8').split('\ufffd', 1)[0];
    const line = good.split('\n').length;
    throw unreadable(
      `${path}:${line}: bytes that are not text in UTF-8`,
      'UTF-8',
      'save the file in the encoding UTF-8',
    );
  }
}

function remedyOf(text: string, offset: number): string | undefined {
  return text[offset] === '\t' || /\n\s*\t/.test(text.slice(Math.max(0, offset - 40), offset + 1))
    ? 'indent with spaces, not with tabs'
    : undefined;
}

function tooDeep(place: string): UserError {
  return unreadable(`${place}: it is nested too deeply`, 'lists and objects in a few levels');
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0].replace(/[.:]$/, '');
}

function unreadable(what: string, expected: string, remedy?: string): UserError {
  return new UserError({ what, expected, ...(remedy === undefined ? {} : { remedy }) });
}
