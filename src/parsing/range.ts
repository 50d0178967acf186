import { UserError } from '../errors.ts';
import { exp, log } from '../math/elementary.ts';
import { significant } from '../stats/significant.ts';
import { finiteNumber } from './value-list.ts';

/** The ranges that an option may have in place of a list of values. */
const kinds = {
  uniform: { isWhole: false, isLog: false, example: 'uniform(0,0.5)' },
  loguniform: { isWhole: false, isLog: true, example: 'loguniform(1e-4,1)' },
  int: { isWhole: true, isLog: false, example: 'int(8,128)' },
  logint: { isWhole: true, isLog: true, example: 'logint(8,1024)' },
} as const;
type RangeKind = keyof typeof kinds;

const names = Object.keys(kinds) as RangeKind[];
const anyName = names.join('|');

/** "uniform(a,b), loguniform(a,b), int(a,b) or logint(a,b)" */
export const rangeNotation = names
  .map((name) => `${name}(a,b)`)
  .join(', ')
  .replace(/, (?=[^ ]*$)/, ' or ');

/** Numbers from low to high, both included. */
export interface Range {
  readonly kind: RangeKind;
  readonly low: number;
  readonly high: number;
}

const call = new RegExp(`^(${anyName})\\s*\\(([^()]*)\\)$`);
const anywhere = new RegExp(`(?<![\\w.])(?:${anyName})\\s*\\(`);

/** Whether a text has a range somewhere. */
export function hasRange(text: string): boolean {
  return anywhere.test(text);
}

/** A range as it is written; null for any other text. Errors: UserError for one with wrong ends. */
export function parseRange(text: string, option: string): Range | null {
  const [, name, list] = call.exec(text.trim()) ?? [];
  if (name === undefined) return null;
  const kind = name as RangeKind;
  const { isWhole, isLog, example } = kinds[kind];
  const parts = list.split(',').map((part) => part.trim());
  const ends = parts.map((part) => finiteNumber(part));
  const [low, high] = ends;
  const refuse = (expected: string, remedy: string) =>
    new UserError({ what: `${option}: ${kind} has wrong ends`, expected, received: text, remedy });
  const form = `${kind}(a,b): two ${isWhole ? 'whole ' : ''}numbers${isLog ? ' > 0' : ''}, a < b`;
  if (ends.length !== 2 || low === undefined || high === undefined)
    throw refuse(form, `write for example ${example}`);
  if (isWhole && !(Number.isSafeInteger(low) && Number.isSafeInteger(high)))
    throw refuse(
      form,
      `write for example ${example}, or ${isLog ? 'loguniform' : 'uniform'} for any numbers`,
    );
  if (isLog && Math.min(low, high) <= 0)
    throw refuse(form, `begin above 0, or write ${isWhole ? 'int' : 'uniform'}(${low},${high})`);
  if (low === high) throw refuse(form, `write ${option} ${low}`);
  if (low > high) throw refuse(form, `write ${kind}(${parts[1]},${parts[0]})`);
  if (!Number.isFinite(high - low)) throw refuse(form, 'give ends that are nearer to each other');
  // + 0 turns -0 into 0.
  return { kind, low: low + 0, high: high + 0 };
}

/** The range as everyone would write it: loguniform(0.0001,1). */
export function rangeText({ kind, low, high }: Range): string {
  return `${kind}(${low},${high})`;
}

/** Whether values are even on a logarithmic axis. */
export function isLogRange({ kind }: Range): boolean {
  return kinds[kind].isLog;
}

export function isWholeRange({ kind }: Range): boolean {
  return kinds[kind].isWhole;
}

/**
 * The value at a share u of a range, 0 <= u < 1: low + u (high - low), or exp(ln low + u (ln high - ln low)). Whole numbers are
 * equally likely, of logint each with the share ln((n + 1)/n).
 *
 * Other numbers are rounded to at least 3 and at most 4 digits of the width of the range, or, of a logarithmic range over a factor of
 * 10 or more, to 4 significant digits.
 */
export function valueAt({ kind, low, high }: Range, u: number): number {
  const { isWhole, isLog } = kinds[kind];
  const end = isWhole ? high + 1 : high;
  const x = isLog ? exp(log(low) + u * (log(end) - log(low))) : low + u * (end - low);
  const rounded = isWhole
    ? Math.floor(x)
    : isLog && high >= 10 * low
      ? significant(x, 4)
      : rounding(x, high - low);
  return Math.min(high, Math.max(low, rounded));
}

/** A number to a ten thousandth of the power of 10 at or above the width. */
function rounding(x: number, width: number): number {
  const [mantissa, exponent] = width.toExponential().split('e');
  const decimals = 4 - Number(exponent) - (Number(mantissa) > 1 ? 1 : 0);
  if (decimals > 100 || Math.abs(x) >= 1e21) return significant(x, 4);
  if (decimals >= 0) return Number(x.toFixed(decimals)) + 0;
  const step = Number(`1e${-decimals}`);
  return Math.round(x / step) * step + 0;
}
