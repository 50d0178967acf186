import { printableText, quote, UserError } from '../errors.ts';
import { codeOf, reasonOf } from '../files/errno.ts';
import { readRegularAtOnce } from '../files/regular-file.ts';

/** Names of classes: in the order of their labels, or by label. */
export type LabelNames = readonly string[] | ReadonlyMap<number, string>;

const longestName = 60;
const largestFile = 2 ** 20;

/**
 * Parses names of classes in the order of their labels: "cat,dog,fox", or the path of a file that has them, one a line, also
 * written @path. A name with a comma is in double quotes. A mapping of EMNIST, whose lines have a label and its code points, has
 * a name for each label from 0 upwards. Errors: a file that cannot be read; a name that is empty, longer than 60 characters, not
 * printable, or repeated.
 */
export function parseLabelNames(text: string): readonly string[] {
  if (!text.startsWith('@') && text.includes(','))
    return checkNames(splitNames(text), '{labelNames}', 'name');
  const path = text.replace(/^@/, '');
  const names = namesInFile(readNames(path, text), path);
  if (isList(names)) return names;
  const last = Math.max(...names.keys());
  return Array.from({ length: last + 1 }, (_, label) => names.get(label) ?? String(label));
}

/** The same names, checked. Errors: UserError for a name that cannot be used. */
export function checkLabelNames(names: readonly string[]): readonly string[] {
  return checkNames(names, '{labelNames}', 'name');
}

/** The same names as text that parses to them. */
export function labelNamesText(names: readonly string[]): string {
  return names.map((name) => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(',');
}

function splitNames(text: string): string[] {
  const parts = text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*?))\s*(?:,|$)/gy);
  const names = Array.from(parts, ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
  return text.endsWith(',') ? names : names.slice(0, -1);
}

function readNames(path: string, text: string): string {
  try {
    return readRegularAtOnce(path, largestFile)
      .toString()
      .replace(/^\ufeff/, '');
  } catch (error) {
    throw new UserError({
      what: `the file of {labelNames} cannot be read: ${codeOf(error) === undefined && error instanceof Error ? error.message : reasonOf(error)}`,
      expected: 'names separated by commas, or the path of a text file with one name a line',
      received: text,
      remedy: 'check the path',
    });
  }
}

/** The names in the text of a file. */
export function namesInFile(content: string, file: string): LabelNames {
  const lines = content
    .trimEnd()
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim());
  if (/^\d+[ \t]+\d+(?:[ \t]+\d+)*$/.test(lines[0])) return mappingOf(lines, file);
  return checkNames(lines, file, 'line');
}

/** "1 65 97" is the label 1 for A and a. */
function mappingOf(lines: readonly string[], file: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const [index, line] of lines.entries()) {
    const numbers = line.split(/[ \t]+/).map(Number);
    const [label, ...codePoints] = numbers;
    const isRight =
      /^[\d \t]+$/.test(line) &&
      codePoints.length > 0 &&
      codePoints.every((code) => code > 32 && code <= 0x10ffff) &&
      label <= 0xffff;
    const name = isRight ? String.fromCodePoint(...new Set(codePoints)) : '';
    if (!isRight || !printableText.test(name) || names.has(label)) {
      throw new UserError({
        what: `line ${index + 1} of ${file} ${names.has(label) ? `has the label ${label} again` : 'is not a label and its code points'}`,
        expected:
          'a label and one or more code points of its characters, such as 10 65 for A; each label once',
        received: line,
        remedy: 'download the mapping again, or write the names in a text file, one a line',
      });
    }
    names.set(label, name);
  }
  return names;
}

function checkNames(names: readonly string[], where: string, unit: 'name' | 'line'): readonly string[] {
  const seen = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const place = `${unit} ${index + 1} of ${where}`;
    const wrong = (what: string, remedy: string) =>
      new UserError({
        what: `${place} ${what}`,
        expected: `1 to ${longestName} printable characters, another name for each class`,
        received: name,
        remedy,
      });
    if (name === '') throw wrong('is empty', 'give each class a name');
    if ([...name].length > longestName) throw wrong(`has ${[...name].length} characters`, 'shorten it');
    if (!printableText.test(name)) throw wrong('cannot be printed', 'choose another name');
    const before = seen.get(name);
    if (before !== undefined)
      throw wrong(`is the same as ${unit} ${before + 1}`, 'give each class a name of its own');
    seen.set(name, index);
  }
  return names;
}

/**
 * The names of classes whose labels are `labels`, of which `occurring` (places in `labels`) have rows. A list has one name for each
 * label that occurs, or one for each label from 0 upwards; labels without a name are called by their number. Errors: another
 * number of names, a name that is another label's number.
 */
export function namesOfClasses(
  labels: readonly number[],
  occurring: readonly number[],
  given: LabelNames,
): readonly string[] {
  const byLabel = isList(given) ? listByLabel(labels, occurring, given) : given;
  const names = labels.map((label) => byLabel.get(label) ?? String(label));
  const twice = names.find((name, c) => names.indexOf(name) !== c);
  if (twice !== undefined) {
    throw new UserError({
      what: `two classes would be called ${quote(twice)}`,
      expected: 'another name for each class; those without one are called by their label',
      remedy: 'choose another name in {labelNames}',
    });
  }
  return names;
}

/** Other names for classes that have some: in their order, or of classes that are numbers one for each number from 0 upwards. */
export function renamed(classes: readonly string[], names: readonly string[]): readonly string[] {
  const labels = classes.map(Number);
  const areLabels = labels.every((label, c) => Number.isInteger(label) && label > (labels[c - 1] ?? -1));
  const places = classes.map((_, c) => c);
  if (areLabels) return namesOfClasses(labels, places, names);
  if (names.length === classes.length) return names;
  throw new UserError({
    what: `{labelNames} has too ${names.length < classes.length ? 'few' : 'many'} names`,
    expected: `${classes.length} names, one for each class: ${classes.slice(0, 5).join(', ')}${classes.length > 5 ? ', ...' : ''}`,
    received: names.length,
    remedy: 'give one name for each class, in their order',
  });
}

function isList(names: LabelNames): names is readonly string[] {
  return Array.isArray(names);
}

function listByLabel(
  labels: readonly number[],
  occurring: readonly number[],
  names: readonly string[],
): ReadonlyMap<number, string> {
  const present = occurring.map((c) => labels[c]);
  if (names.length === present.length) return new Map(present.map((label, index) => [label, names[index]]));
  const [first, last] = [present[0], present[present.length - 1]];
  if (names.length === last + 1 || names.length === labels[labels.length - 1] + 1)
    return new Map(names.map((name, label) => [label, name]));
  const fromZero = last + 1 === present.length ? '' : `; or ${last + 1}, one for each label from 0 upwards`;
  throw new UserError({
    what: `{labelNames} has too ${names.length < present.length ? 'few' : 'many'} names`,
    expected: `${present.length} names, one for each label that occurs, from ${first} to ${last}${fromZero}`,
    received: names.length,
    remedy: 'give one name for each label, in their order',
  });
}
