import { asTyped } from '../math/as-typed.ts';
import { significant } from '../stats/significant.ts';

/** A notation of other programs, and the same here. */
interface Habit {
  /** What is said about a text that has it. */
  readonly problem: string;
  /** The text in the notation of this program; unchanged if it does not have this habit, null if nothing here is the same. */
  readonly rewrite: (text: string) => string | null;
}

const number = '[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?';
/** A number, also one with a decimal comma. */
const oneNumber = new RegExp(`^${number}(?:,\\d+)?$`);

/** A number that begins with a zero that it does not need. Not the exponent of 1e-05, which other programs write, nor the decimals of 1.05. */
export const leadingZero = /(?<![\w.]|[\d.][eE][+-])0\d+(?:\.\d*)?/;

/** The order matters: what the first ones rewrite, the later ones can read. */
const habits: readonly Habit[] = [
  { problem: 'has characters of a word processor or a PDF in place of plain ones', rewrite: asTyped },
  { problem: 'is a list in brackets', rewrite: withoutBrackets },
  { problem: 'has something other than commas between its values', rewrite: withCommas },
  {
    problem: 'names a module',
    rewrite: (text) => text.replace(/\b(?:np|jnp|numpy|torch)\.(?=[a-z]+\s*\()/g, ''),
  },
  {
    problem: 'has a function that is written differently here',
    rewrite: (text) => eachItem(text, knownFunction),
  },
  { problem: 'has a range that is written differently here', rewrite: (text) => eachItem(text, wholeRange) },
];

/**
 * What is wrong with a list in another program's notation, such as "[1 2 3]", "0,1;0,01", "np.logspace(-3,0,4)", "1:5"
 * or "1–5", and how to write the same here, if that is possible. Undefined for any other text.
 */
export function otherNotation(text: string): { problem: string; same: string | null } | undefined {
  let problem: string | undefined;
  let same: string | null = text;
  for (const habit of habits) {
    const rewritten: string | null = same === null ? null : habit.rewrite(same);
    if (rewritten !== same) problem ??= habit.problem;
    same = rewritten;
  }
  return problem === undefined
    ? undefined
    : { problem, same: same === null ? null : withoutLeadingZeros(same) };
}

/** What is written in place of another notation must not be refused for its leading zeros: 0;01 is 0.01, and [01,02] is 1,2. */
function withoutLeadingZeros(text: string): string {
  const decimal = /^\s*([+-]?\d+),(0\d+)\s*$/.exec(text);
  if (decimal !== null) return withoutLeadingZeros(`${decimal[1]}.${decimal[2]}`);
  return text.replace(new RegExp(leadingZero, 'g'), (numeral) => numeral.replace(/^0+(?=\d)/, ''));
}

function withoutBrackets(text: string): string {
  const inside =
    /^\s*(?:\[(.*)\]|\{(.*)\})\s*$/s.exec(text) ??
    /^\s*\(([\d\s.,;eE+-]*[,;][\d\s.,;eE+-]*)\)\s*$/.exec(text);
  return inside === null ? text : (inside[1] ?? inside[2]).trim();
}

/** Semicolons, lines or vertical lines between any values; tabs and spaces between numbers. */
function withCommas(text: string): string {
  const words = text.trim().split(/\s+/);
  const isThousands = /^\d{1,3}(?:\s\d{3})+$/.test(text.trim());
  // 1 000 is one number; 100 200 are more likely two.
  if (isThousands && words.slice(1).some((word) => word.startsWith('0'))) return words.join('');
  const items = words.every((word) => oneNumber.test(word))
    ? words
    : text
        .split(/[;\r\n|]/)
        .map((item) => item.trim())
        .filter((item) => item !== '');
  if (items.length < 2) return text;
  // With another separator, the comma of 0,1;0,01 is a decimal one.
  return items.map((item) => (oneNumber.test(item) ? item.replace(',', '.') : item)).join(',');
}

/** The list with some of its items rewritten. Commas inside parentheses do not separate items. */
function eachItem(text: string, rewrite: (item: string) => string | null): string | null {
  let depth = 0;
  const items = [''];
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ',' && depth === 0) items.push('');
    else items[items.length - 1] += character;
  }
  const rewritten = items.map((item) => rewrite(item.trim()));
  if (rewritten.some((item) => item === null)) return null;
  return rewritten.every((item, index) => item === items[index].trim()) ? text : rewritten.join(',');
}

/** logspace, arange and range, with the arguments that NumPy, MATLAB and Python give them. */
function knownFunction(item: string): string | null {
  const call = /^(logspace|arange|range)\s*\(([^()]*)\)$/.exec(item);
  if (call === null) return item;
  const [, name, list] = call;
  const named = new Map<string, number>();
  const ordered: number[] = [];
  for (const part of list.split(',')) {
    const [, key, value] = /^\s*(?:([a-z]+)\s*=\s*)?(.*?)\s*$/.exec(part)!;
    if (!new RegExp(`^${number}$`).test(value)) return null;
    if (key === undefined) ordered.push(Number(value));
    else named.set(key, Number(value));
  }
  const order =
    name === 'logspace'
      ? ['start', 'stop', 'num', 'base']
      : ordered.length === 1
        ? ['stop']
        : ['start', 'stop', 'step'];
  if (
    ordered.length > order.length ||
    [...named.keys()].some((key) => !['start', 'stop', 'num', 'base', 'step'].includes(key))
  )
    return null;
  const argument = (key: string, usual: number) => ordered[order.indexOf(key)] ?? named.get(key) ?? usual;
  const [start, stop] = [argument('start', 0), argument('stop', Number.NaN)];
  if (name !== 'logspace') return steps(start, stop, argument('step', 1), false);
  const base = argument('base', 10);
  const ends = [start, stop].map((exponent) => powerText(base, exponent));
  const count = argument('num', 50);
  return base > 0 && Number.isInteger(count) && count > 0 && Number.isFinite(stop)
    ? `geomspace(${ends.join(',')},${count})`
    : null;
}

/** -3 to the base 10 as 1e-3. */
function powerText(base: number, exponent: number): string {
  if (base === 10 && Number.isInteger(exponent) && exponent < 0) return `1e${exponent}`;
  return String(significant(base ** exponent, 12));
}

/** 1:5 and 0:0.1:1 as in MATLAB, 1..9..2, and 1-5. */
function wholeRange(item: string): string | null {
  const colons = new RegExp(`^(${number})\\s*:\\s*(?:(${number})\\s*:\\s*)?(${number})$`).exec(item);
  if (colons !== null) return steps(Number(colons[1]), Number(colons[3]), Number(colons[2] ?? 1), true);
  const dots = /^(-?\d+)\s*\.\.\s*(-?\d+)\s*(?:\.\.|:)\s*(\d+)$/.exec(item);
  if (dots !== null) return steps(Number(dots[1]), Number(dots[2]), Number(dots[3]), true);
  const three = /^(-?\d+)\s*\.{3,}\s*(-?\d+)$/.exec(item);
  return three === null ? item : `${three[1]}..${three[2]}`;
}

/** start, start + step, … up to stop: as a..b, as a list, or as linspace if there are many. */
function steps(start: number, stop: number, step: number, withStop: boolean): string | null {
  const exact = (stop - start) / step;
  const whole = Math.abs(exact - Math.round(exact)) < 1e-9 ? Math.round(exact) : exact;
  const count = (withStop ? Math.floor(whole) : Math.ceil(whole) - 1) + 1;
  if (!(count >= 1 && count <= 100_000) || step === 0) return null;
  const at = (index: number) => significant(start + index * step, 12);
  if (step === 1 && Number.isInteger(start)) return `${start}..${at(count - 1)}`;
  if (count > 12) return `linspace(${at(0)},${at(count - 1)},${count})`;
  return Array.from({ length: count }, (_, index) => at(index)).join(',');
}
