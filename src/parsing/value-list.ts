import { UserError } from '../errors.ts';
import { asTyped } from '../math/as-typed.ts';
import { didYouMean, nearest } from '../math/nearest.ts';
import { significant } from '../stats/significant.ts';
import { leadingZero, otherNotation } from './habits.ts';

/** The most values that one option may have, and that one range, linspace or geomspace may expand to. */
const maxValues = 100_000;

/**
 * Splits an option's text into the texts of its values, in the order given and without duplicates: "0.1,0.01", "1..5",
 * "geomspace(1e-4,0.1,4)", "relu, sigmoid" or any mixture. Commas inside parentheses do not separate values. `a..b` is
 * every whole number from a to b. `linspace` and `geomspace` (start, stop, count) are those of NumPy, rounded to 12
 * significant digits. choice(a,b,c) is the same as a,b,c. Anything else, such as an expression or a name, is left unchanged. Errors: UserError that names
 * the option, for an empty list or item, unbalanced parentheses, a range that is reversed or malformed, wrong
 * arguments, more than 100000 values (duplicates included), another program's notation, or a number with a leading
 * zero, which is a sign of a decimal comma: 0,01 would be two values.
 */
export function parseList(list: string, option: string): string[] {
  // No-break spaces and their like, which come with copied text.
  const text = list.replace(/\p{Zs}/gu, ' ');
  if (text.trim() === '') {
    throw new UserError({
      what: `${option} has no value`,
      expected: 'one value, or several with commas between them',
      received: text,
      remedy: `leave ${option} out to use its default`,
    });
  }
  refuseOtherNotations(text, option);
  refuseLeadingZeros(text, option);
  const values = new Set<string>();
  let count = 0;
  for (const item of splitOutsideParentheses(text, option)) {
    if (item === '') {
      throw new UserError({
        what: `${option} has an empty value in its list`,
        expected: 'values with single commas between them',
        received: text,
        remedy: 'remove the extra comma, or fill in the missing value',
      });
    }
    const expanded = expand(item, option);
    for (const value of expanded) values.add(value);
    // Not values.size: repeating the same range takes time too.
    count += expanded.length;
    if (count > maxValues) {
      throw new UserError({
        what: `${option} has too many values`,
        expected: `at most ${maxValues}`,
        received: text,
        remedy: 'give a shorter list, or split the run',
      });
    }
  }
  return [...values];
}

const listNotation =
  'values with commas between them, first..last, linspace(start,stop,count) or geomspace(start,stop,count)';

/** Two ends that are not whole, with a colon or dots between them, may be meant as a range from which numbers are drawn. */
function refuseEnds(text: string, option: string): void {
  const ends = text.split(/\s*(?::|\.{2,})\s*/).map((end) => finiteNumber(end.trim()));
  const [low, high] = ends;
  if (ends.length !== 2 || low === undefined || high === undefined || !(low < high)) return;
  if (Number.isInteger(low) && Number.isInteger(high)) return;
  const kind = low > 0 ? 'loguniform' : 'uniform';
  const also = low > 0 ? ` or "uniform(${low},${high})"` : '';
  const list = `${low > 0 ? 'geomspace' : 'linspace'}(${low},${high},5)`;
  throw new UserError({
    what: `${option}: the ends of a range are not whole numbers`,
    expected: `${listNotation}; with {search} also ${low > 0 ? 'loguniform(a,b) and ' : ''}uniform(a,b)`,
    received: text,
    remedy: `write ${option} "${list}"; to search the whole range, ${option} "${kind}(${low},${high})"${also}`,
  });
}

function refuseOtherNotations(text: string, option: string): void {
  refuseEnds(text, option);
  const other = otherNotation(text);
  if (other === undefined) return;
  const { problem, same } = other;
  const words = same === null || same === '' ? 'for example 1,2,3 or linspace(0,1,5)' : inShell(option, same);
  throw new UserError({
    what: `${option} ${problem}`,
    expected: listNotation,
    received: text,
    remedy: `write ${words}`,
  });
}

/** An option with its value, as a shell has to be given it. */
function inShell(option: string, value: string): string {
  return `${option} ${/^[\w.,+/:=-]+$/.test(value) ? value : `"${value}"`}`;
}

function refuseLeadingZeros(text: string, option: string): void {
  const numeral = leadingZero.exec(text)?.[0];
  if (numeral === undefined) return;
  const thousands = /^\s*[1-9]\d{0,2}(?:,\d{3})+\s*$/.test(text);
  const decimal = /^\s*[+-]?\d+,\d+\s*$/.test(text);
  const written = thousands
    ? `${text.trim().replaceAll(',', '')}, without commas between the thousands`
    : decimal
      ? `${text.trim().replace(',', '.')}, with a decimal point; a comma separates values`
      : `${numeral.replace(/^0+(?=\d)/, '')}, or a point where a comma is meant as the decimal sign`;
  throw new UserError({
    what: `${option}: ${numeral} has a leading zero`,
    expected: 'numbers such as 0.01, 5 or 1e-2, with commas between them',
    received: text,
    remedy: `write ${written}`,
  });
}

/**
 * A note on a list such as 0,1 that may be a number with a decimal comma: two whole numbers without a space, the second
 * of which could be decimals. Undefined for any other text.
 */
export function decimalCommaNote(text: string, option: string): string | undefined {
  const parts = /^([+-]?(?:0|[1-9]\d*)),([1-9]|[1-9]\d*[1-9])$/.exec(text.trim());
  if (parts === null || parts[1] === parts[2]) return undefined;
  const [, first, second] = parts;
  return `${option} ${first},${second} is two values, ${first} and ${second}; for one number write ${first}.${second}`;
}

function splitOutsideParentheses(text: string, option: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length && depth >= 0; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === ',' && depth === 0) {
      items.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  if (depth !== 0) {
    throw new UserError({
      what: `${option}: a parenthesis is ${depth > 0 ? 'never closed' : 'closed but never opened'}`,
      received: text,
      remedy: depth > 0 ? 'add the missing ")"' : 'remove the ")", or add the missing "("',
    });
  }
  items.push(text.slice(start).trim());
  return items;
}

function expand(item: string, option: string): string[] {
  const [first = '', last, ...more] = item.split('..');
  // '..' also occurs in paths. Only with digits on both sides is it a range.
  if (last !== undefined && /\d/.test(item) && /^[\d.eE+\s-]*$/.test(item)) {
    return range(more.length === 0 ? [first, last] : [], item, option);
  }
  const choice = /^choice\s*\(([^()]*)\)$/.exec(item);
  if (choice !== null) return parseList(choice[1], option);
  const space = /^(geomspace|linspace)\s*\(([^()]*)\)$/.exec(item);
  if (space === null) return [item];
  const [, kind = '', list = ''] = space;
  return spaced(kind as 'geomspace' | 'linspace', list.split(','), item, option);
}

function range(ends: string[], item: string, option: string): string[] {
  const [first, last] = ends.map((end) => wholeNumber(end.trim()));
  const refuse = (what: string, remedy: string) =>
    new UserError({
      what: `${option}: ${what}`,
      expected: `first..last, whole numbers up to ${Number.MAX_SAFE_INTEGER}, first <= last, at most ${maxValues} values`,
      received: item,
      remedy,
    });
  if (first === undefined || last === undefined) {
    throw refuse(
      'the ends of a range are not whole numbers',
      'write for example 1..5, or use linspace(start,stop,count)',
    );
  }
  if (last < first) throw refuse('a range runs backwards', `write ${last}..${first}`);
  if (last - first >= maxValues) throw refuse('a range has too many values', 'give a shorter range');
  return Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
}

function spaced(kind: 'geomspace' | 'linspace', parts: string[], item: string, option: string): string[] {
  const [start, stop, count] = parts.map((part) => finiteNumber(part.trim()));
  const positive = kind === 'geomspace' ? ' > 0' : '';
  const valid =
    parts.length === 3 &&
    start !== undefined &&
    stop !== undefined &&
    count !== undefined &&
    Number.isInteger(count) &&
    count >= 1 &&
    count <= maxValues &&
    (kind === 'linspace' || (start > 0 && stop > 0));
  if (!valid) {
    throw new UserError({
      what: `${option}: ${kind} has wrong arguments`,
      expected: `${kind}(start,stop,count): numbers${positive}, and a whole count from 1 to ${maxValues}`,
      received: item,
      remedy:
        parts.length === 2
          ? `write how many values there are, such as ${kind}(${parts.map((part) => part.trim()).join(',')},5)`
          : kind === 'linspace'
            ? 'write for example linspace(0,1,5), which is 0, 0.25, 0.5, 0.75, 1'
            : 'write for example geomspace(1e-4,0.1,4), which is 0.0001, 0.001, 0.01, 0.1',
    });
  }
  return Array.from({ length: count }, (_, i) => String(pointAt(kind, start, stop, i, count)));
}

/**
 * Point i of n: start(1 − t) + stop·t with t = i / (n − 1); for geomspace the same on the logarithms. The ends are
 * exact. Rounding to 12 digits turns 0.0010000000000000002 into 0.001 and hides differences between implementations of
 * pow and log10.
 */
function pointAt(kind: string, start: number, stop: number, i: number, count: number): number {
  if (i === 0) return start;
  if (i === count - 1) return stop;
  const t = i / (count - 1);
  if (kind === 'geomspace') {
    return significant(10 ** (Math.log10(start) * (1 - t) + Math.log10(stop) * t), 12);
  }
  const x = start * (1 - t) + stop * t;
  // Where the ends cancel, only a rounding error is left: linspace(-0.3,0.3,7) passes through 0.
  const negligible = 1e-12 * Math.max(Math.abs(start), Math.abs(stop));
  return Math.abs(x) < negligible ? 0 : significant(x, 12);
}

/**
 * Parses a finite number in decimal or e-notation. Errors: UserError for anything else ('0x10', '1_000', '1,5', 'NaN',
 * '').
 */
export function parseNumber(text: string, option: string): number {
  const value = decimal(text);
  if (value !== undefined && Number.isFinite(value)) return value;
  const [what, remedy] =
    value !== undefined
      ? ['is out of range', `give a number whose absolute value is at most ${Number.MAX_VALUE}`]
      : ['is not a number', digitsRemedy(text, option)];
  throw new UserError({
    what: `${option} ${what}`,
    expected: 'a finite number such as 0.01 or 1e-2',
    received: text,
    remedy,
  });
}

/**
 * Parses a whole number from min to max. The default limits are ±(2^53 − 1): beyond them float64 skips integers.
 * Errors: UserError.
 */
export function parseInteger(
  text: string,
  option: string,
  min = -Number.MAX_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const value = wholeNumber(text);
  if (value !== undefined && value >= min && value <= max) return value;
  const range = `from ${min} to ${max}`;
  const whole = isWhole(decimal(text));
  throw new UserError({
    what: whole ? `${option} is out of range` : `${option} is not a whole number`,
    expected: `a whole number ${range}`,
    received: text,
    remedy: whole ? 'give a number in this range' : wholeRemedy(text, option),
  });
}

function wholeRemedy(text: string, option: string): string {
  const span = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(text);
  if (span !== null) return `write ${option} ${span[1]}..${span[2]} for a range`;
  const joined = text.replaceAll(/(?<=\d)[_' ](?=\d)/g, '');
  if (joined !== text && wholeNumber(joined) !== undefined) return `write ${option} ${joined}`;
  return 'write digits only, without a decimal part';
}

/** A finite number in decimal or e-notation; undefined for any other text. */
export function finiteNumber(text: string): number | undefined {
  const value = decimal(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The value of a decimal numeral, infinite if it is too large for float64; undefined for any other text. */
function decimal(text: string): number | undefined {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Numbers beyond 2^53 count as whole: they are out of range, but have no decimal part to remove. */
function isWhole(value: number | undefined): boolean {
  return value !== undefined && (Number.isInteger(value) || !Number.isFinite(value));
}

/** How to write a percentage, a fraction, a power or a number with separators. */
function digitsRemedy(text: string, option: string): string {
  const same = (value: number) => `write ${option} ${significant(value, 12)}`;
  const plain = asTyped(text).trim();
  if (plain !== text && decimal(plain) !== undefined) return `write ${option} ${plain}`;
  const operation = /^([^/%^*]+)(?:(%)|(\/|\^|\*\*)([^/%^*]+))$/.exec(plain);
  const a = finiteNumber(operation?.[1].trim() ?? '');
  if (operation !== null && a !== undefined) {
    // 100 % is not 1 where a number above 1 counts rows.
    if (operation[2] === '%' && a > 0 && a < 100) return same(a / 100);
    if (operation[2] === '%') return 'write a number without %';
    const b = finiteNumber(operation[4].trim());
    const value = b === undefined ? Number.NaN : operation[3] === '/' ? a / b : a ** b;
    if (Number.isFinite(value)) return same(value);
  }
  const joined = plain.replaceAll(/(?<=\d)[_' ](?=\d)/g, '');
  if (joined !== plain && decimal(joined) !== undefined) return `write ${option} ${joined}`;
  return text.includes(',')
    ? 'use a point as the decimal separator'
    : 'write digits, with a point and an exponent if needed';
}

function wholeNumber(text: string): number | undefined {
  const value = finiteNumber(text);
  // + 0 turns -0 into 0, so that the seed -0 is the seed 0.
  return Number.isSafeInteger(value) ? (value as number) + 0 : undefined;
}

/**
 * Returns the text if it is one of the choices. Errors: UserError that lists the choices and suggests the nearest one.
 */
export function parseChoice<T extends string>(text: string, choices: readonly T[], option: string): T {
  const choice = choices.find((name) => name === text);
  if (choice !== undefined) return choice;
  const word = asTyped(text).trim();
  const parts = text.split(/\s+/);
  const several = parts.length > 1 && parts.every((part) => choices.some((name) => name === part));
  throw new UserError({
    what: `${option} has an unknown value`,
    expected: choices.length === 1 ? choices[0] : `one of ${someOf(choices, nearest(word, choices))}`,
    received: text,
    remedy: several
      ? `write ${option} ${parts.join(',')}`
      : (didYouMean(word, choices) ??
        (choices.length === 1
          ? `leave out ${option}`
          : `choose one of them, such as ${option} ${choices[0]}`)),
  });
}

/** A long list is shortened to its first names and the one that was meant. */
function someOf(choices: readonly string[], meant: string | undefined): string {
  const most = 12;
  if (choices.length <= most) return choices.join(', ');
  const first = choices.slice(0, most);
  const shown = meant === undefined || first.includes(meant) ? first : [...first, meant];
  return `${choices.length}: ${shown.join(', ')}, …`;
}
