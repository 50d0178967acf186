import { UserError } from '../errors.ts';
import { nearest } from '../math/nearest.ts';
import { significant } from '../stats/significant.ts';

/** How many values one option may have: as many as one range or space may stand for. */
const maxCount = 100_000;

/**
 * The texts of the values of an option, in the order given and each once: "0.1,0.01", "1..5",
 * "geomspace(1e-4,0.1,4)", "relu, sigmoid" or any mixture. Commas inside parentheses do not separate.
 * `a..b` is every whole number from a to b; `linspace` and `geomspace` (start, stop, count) are NumPy's, rounded
 * to 12 significant digits; anything else, an expression or a name, stays as it is.
 * Throws UserError, naming the option, on an empty list or item, unbalanced parentheses, a range or space that is
 * backwards or malformed, and more than 100000 values, those that come again included.
 */
export function parseList(text: string, option: string): string[] {
  if (text.trim() === '') {
    throw new UserError({
      what: `${option} has no value`,
      expected: 'one value, or several with commas between them',
      received: text,
      remedy: `leave ${option} out to take its default`,
    });
  }
  const values = new Set<string>();
  let count = 0;
  for (const item of splitOutsideParentheses(text, option)) {
    if (item === '') {
      throw new UserError({
        what: `${option} has an empty value in its list`,
        expected: 'values with single commas between them',
        received: text,
        remedy: 'remove the comma too many, or fill in the value',
      });
    }
    const expanded = expand(item, option);
    for (const value of expanded) values.add(value);
    // Not values.size: the same range over and over takes its time, too.
    count += expanded.length;
    if (count > maxCount) {
      throw new UserError({
        what: `${option} has too many values`,
        expected: `at most ${maxCount}`,
        received: text,
        remedy: 'give a shorter list, or split the run',
      });
    }
  }
  return [...values];
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
  // '..' is also a word of paths: only what is made of figures on both sides is a range.
  if (last !== undefined && /\d/.test(item) && /^[\d.eE+\s-]*$/.test(item)) {
    return range(more.length === 0 ? [first, last] : [], item, option);
  }
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
      expected: `first..last, whole numbers up to ${Number.MAX_SAFE_INTEGER}, first <= last, at most ${maxCount} values`,
      received: item,
      remedy,
    });
  if (first === undefined || last === undefined) {
    throw refuse(
      'a range is not of whole numbers',
      'write for example 1..5, or use linspace(start,stop,count)',
    );
  }
  if (last < first) throw refuse('a range runs backwards', `write ${last}..${first}`);
  if (last - first >= maxCount) throw refuse('a range has too many values', 'give a shorter range');
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
    count <= maxCount &&
    (kind === 'linspace' || (start > 0 && stop > 0));
  if (!valid) {
    throw new UserError({
      what: `${option}: ${kind} has wrong arguments`,
      expected: `${kind}(start,stop,count): numbers${positive}, and a whole count from 1 to ${maxCount}`,
      received: item,
      remedy: 'write for example geomspace(1e-4,0.1,4), which is 0.0001, 0.001, 0.01, 0.1',
    });
  }
  return Array.from({ length: count }, (_, i) => String(pointBetween(kind, start, stop, i, count)));
}

/**
 * Point i of n: start(1 − t) + stop·t with t = i / (n − 1), for geomspace of the logarithms; the ends are exact.
 * Rounding to 12 digits makes 0.001 of 0.0010000000000000002, and is the same with every pow and log10.
 */
function pointBetween(kind: string, start: number, stop: number, i: number, count: number): number {
  if (i === 0) return start;
  if (i === count - 1) return stop;
  const t = i / (count - 1);
  if (kind === 'geomspace') {
    return significant(10 ** (Math.log10(start) * (1 - t) + Math.log10(stop) * t), 12);
  }
  const x = start * (1 - t) + stop * t;
  // What is left where the ends cancel is rounding, not a value: linspace(-0.3,0.3,7) passes through 0.
  const negligible = 1e-12 * Math.max(Math.abs(start), Math.abs(stop));
  return Math.abs(x) < negligible ? 0 : significant(x, 12);
}

/** A finite number in decimal or e-notation, and nothing else ('0x10', '1_000', '1,5', 'NaN', ''): UserError. */
export function parseNumber(text: string, option: string): number {
  const value = decimal(text);
  if (value !== undefined && Number.isFinite(value)) return value;
  const [what, remedy] =
    value !== undefined
      ? ['is out of range', `give a number of at most ${Number.MAX_VALUE} in size`]
      : ['is not a number', figuresOnly(text)];
  throw new UserError({
    what: `${option} ${what}`,
    expected: 'a finite number such as 0.01 or 1e-2',
    received: text,
    remedy,
  });
}

/** A whole number from min to max, at most 2^53 − 1 in size, where float64 begins to leave some out: else UserError. */
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
    remedy: whole ? `give a number ${range}` : 'write figures only, without a decimal part',
  });
}

function finiteNumber(text: string): number | undefined {
  const value = decimal(text);
  return Number.isFinite(value) ? value : undefined;
}

/** What is written in figures: infinite where that is more than a number can hold. */
function decimal(text: string): number | undefined {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

/** From 2^53 on all are: these are too large, and have no decimal part to be left out. */
function isWhole(value: number | undefined): boolean {
  return value !== undefined && (Number.isInteger(value) || !Number.isFinite(value));
}

function figuresOnly(text: string): string {
  return text.includes(',')
    ? 'write the decimal sign as a point'
    : 'write figures only, with a point for the decimal sign';
}

function wholeNumber(text: string): number | undefined {
  const value = finiteNumber(text);
  // + 0 makes 0 of -0, so that a seed of -0 is the seed 0.
  return Number.isSafeInteger(value) ? (value as number) + 0 : undefined;
}

/** The text, if it is one of the choices; else UserError with the choices and the nearest of them. */
export function parseChoice<T extends string>(text: string, choices: readonly T[], option: string): T {
  const choice = choices.find((name) => name === text);
  if (choice !== undefined) return choice;
  const meant = nearest(text, choices);
  throw new UserError({
    what: `${option} has an unknown value`,
    expected: `one of ${choices.join(', ')}`,
    received: text,
    remedy: meant === undefined ? `choose one of: ${choices.join(', ')}` : `did you mean ${meant}?`,
  });
}
