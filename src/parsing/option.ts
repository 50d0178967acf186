import { UserError } from '../errors.ts';
import { checkFormulaText, type FormulaKind } from '../math/expression.ts';
import { nearest } from '../math/nearest.ts';
import { decimalCommaNote, parseChoice, parseInteger, parseNumber } from './value-list.ts';

/** One value of one option. */
export type Setting = string | number;

export interface Option {
  /** The placeholder for the value in --help. */
  readonly placeholder: string;
  readonly description: string;
  /** The names to choose from, for --help. */
  readonly choices?: readonly string[];
  /** Which values there are, where they are not the choices: "a whole number from 1 to 100". */
  readonly range?: string;
  /** When another value than the experiment's is the default, for --help. */
  readonly defaultNote?: string;
  /** The type of the value in CSVs. */
  readonly type: 'integer' | 'number' | 'string';
  /** Which numbers its values are, or are made of, so that a range can stand for them; absent if they are not numbers. */
  readonly numbers?: 'whole' | 'any';
  /** Whether a value is several numbers joined by -. */
  readonly isJoined?: boolean;
  /** Parses one value. `name` identifies it in errors, for example as a flag. Errors: UserError. */
  readonly parse: (text: string, name: string) => Setting;
  /** What is said about a list that may not be meant as one; undefined if nothing is. */
  readonly doubt?: (list: string, name: string) => string | undefined;
  /** Splits the text of a list into values, where they may have commas. Absent: as `parseList` does. Errors: UserError. */
  readonly split?: (list: string, name: string) => string[];
  /** Refuses the text of a list, before it is split. Errors: UserError. */
  readonly refuse?: (list: string, name: string) => void;
}

/** One value for each option, by name; null if the option is not read. */
export type Settings = Readonly<Partial<Record<string, Setting | null>>>;

/** "64-32" as [64, 32]; "none" as []. */
export function hiddenUnits(hidden: string): number[] {
  return hidden === 'none' ? [] : hidden.split('-').map(Number);
}

/** Widths of hidden layers, joined by "-", or "none". */
export function widths(description: string) {
  return {
    placeholder: 'nodes',
    description,
    range: 'whole numbers from 1 to 99999 joined by -, such as 64-32; or none',
    type: 'string' as const,
    numbers: 'whole' as const,
    isJoined: true,
    parse: parseWidths,
    doubt: layersDoubt,
    refuse: refuseOtherLayers,
  };
}

/** Widths that do not rise are more likely the layers of one network than a sweep: 64,32. */
function layersDoubt(list: string, name: string): string | undefined {
  const parts = list.trim().split(',');
  const falls = parts.every(
    (part, i) => /^\d+$/.test(part) && (i === 0 || Number(part) <= Number(parts[i - 1])),
  );
  if (!falls || parts.length < 2) return undefined;
  return `${name} ${parts.join(',')} is ${parts.length} networks of one hidden layer; for one network write ${parts.join('-')}`;
}

/** Lists of other programs, such as [64, 32], are layers here and not values. */
function refuseOtherLayers(list: string, name: string): void {
  const inside = /^\s*[[({](.*)[\])}]\s*$/s.exec(list)?.[1];
  const parts = (inside ?? list).trim().split(inside === undefined ? /\s*[x×*/;]\s*|\s+/i : /[\s,;]+/);
  if (parts.length < 2 || !parts.every((part) => /^\d{1,5}$/.test(part))) return;
  throw new UserError({
    what: `${name} has its layers in another notation`,
    expected: 'the widths of the hidden layers joined by -; commas separate networks',
    received: list,
    remedy: `write ${name} ${parts.join('-')}`,
  });
}

function parseWidths(value: string, flag: string): string {
  if (value === 'none') return value;
  const units = value.split('-').map((part) => part.trim());
  if (units.length > 100 || units.some((part) => !/^[1-9]\d{0,4}$/.test(part))) {
    throw new UserError({
      what: `${flag} is not a list of layer widths`,
      expected: 'whole numbers from 1 to 99999 joined by -, such as 128 or 64-32; or none',
      received: value,
      remedy: `write ${flag} 128 for one hidden layer of 128 nodes`,
    });
  }
  return units.join('-');
}

export function integer(description: string, min: number, max: number) {
  const parse = (value: string, name: string): number => parseInteger(value, name, min, max);
  const range =
    max === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${min}`
      : `a whole number from ${min} to ${max}`;
  return { placeholder: 'n', description, range, type: 'integer' as const, numbers: 'whole' as const, parse };
}

export function number(description: string, expected: string, holds: (x: number) => boolean) {
  const parse = (value: string, name: string): number => {
    const parsed = parseNumber(value, name);
    if (!holds(parsed)) throw outOfRange(name, expected, value);
    return parsed;
  };
  const type = 'number' as const;
  const numbers = 'any' as const;
  return { placeholder: 'x', description, range: expected, type, numbers, parse, doubt: decimalCommaNote };
}

/** A number, or one of the words. Without words it is a number, otherwise text in CSVs. */
export function numberOrWord(
  description: string,
  expected: string,
  words: readonly string[],
  holds: (x: number) => boolean,
) {
  const plain = number(description, expected, holds);
  if (words.length === 0) return plain;
  return {
    ...plain,
    range: expected,
    type: 'string' as const,
    placeholder: `x|${words.join('|')}`,
    parse: (value: string, name: string): Setting =>
      words.includes(value) ? value : plain.parse(value, name),
  };
}

/** An integer, or "none", and therefore text in CSVs. */
export function integerOrNone(description: string, min: number, max: number) {
  const count = integer(description, min, max);
  return {
    ...count,
    range: `${count.range}, or none`,
    type: 'string' as const,
    placeholder: 'n|none',
    parse: (value: string, name: string): Setting => (value === 'none' ? value : count.parse(value, name)),
  };
}

/** A number of rows, or "all", and therefore text in CSVs. */
export function rows(description: string, min: number) {
  const count = integer(description, min, 1e7);
  return {
    ...count,
    range: `${count.range}, or all`,
    type: 'string' as const,
    placeholder: 'n|all',
    parse: (value: string, name: string): Setting => {
      if (value === 'all') return 'all';
      if (/^[a-z]+$/i.test(value)) throw notRows(value, name);
      return count.parse(value, name);
    },
  };
}

export function choice(description: string, choices: readonly string[]) {
  return {
    placeholder: 'name',
    description,
    choices,
    type: 'string' as const,
    parse: (value: string, name: string): string => parseChoice(value, choices, name),
  };
}

/** A name or a formula. Only its characters and length are checked here; it is compiled where it is used. */
export function formula(placeholder: string, description: string, kind: FormulaKind) {
  const parse = (value: string, name: string): string => {
    checkFormulaText(value, name, kind);
    return value;
  };
  return { placeholder, description, type: 'string' as const, parse };
}

function notRows(value: string, name: string): UserError {
  return new UserError({
    what: `${name} is neither a number nor all`,
    expected: 'a whole number of rows, or all',
    received: value,
    remedy: nearest(value, ['all']) === undefined ? `write ${name} all for every row` : 'did you mean all?',
  });
}

function outOfRange(flag: string, expected: string, received: string): UserError {
  return new UserError({
    what: `${flag} is out of range`,
    expected,
    received,
    remedy: `give another ${flag}, or leave it out for its default`,
  });
}
