import { UserError } from '../errors.ts';
import { parseChoice } from '../parsing/value-list.ts';

/** The largest difference from the baseline at which a number still counts as equal. */
export interface Tolerance {
  readonly kind: 'abs' | 'rel';
  readonly size: number;
}

/** The tolerance for all columns of type number, and the tolerances of single columns. */
export interface Tolerances {
  readonly all: Tolerance;
  readonly columns: ReadonlyMap<string, Tolerance>;
}

/**
 * Parses a list such as ["1e-9", "test_mse=rel:0.01,epoch=abs:1"]; later tolerances override earlier ones.
 *
 * `x` and `rel:x` allow |now - baseline| <= x |baseline|; `abs:x` allows |now - baseline| <= x. Without a tolerance, numbers
 * must be equal. Throws UserError on anything else.
 */
export function parseTolerances(texts: readonly string[]): Tolerances {
  let all: Tolerance = { kind: 'rel', size: 0 };
  const columns = new Map<string, Tolerance>();
  for (const item of texts.flatMap((text) => text.split(','))) {
    const match = /^\s*(?:([^=:\s]+)\s*=\s*)?(?:(abs|rel):)?\s*(\S+)\s*$/.exec(item);
    const size = Number(match?.[3] ?? Number.NaN);
    if (match === null || !Number.isFinite(size) || size < 0) throw badTolerance(item);
    const tolerance: Tolerance = { kind: match[2] === 'abs' ? 'abs' : 'rel', size };
    if (match[1] === undefined) all = tolerance;
    else columns.set(match[1], tolerance);
  }
  return { all, columns };
}

/** Whether the number counts as equal to the baseline's. */
export function isWithin({ kind, size }: Tolerance, baseline: number, now: number): boolean {
  if (Object.is(baseline, now)) return true;
  if (size === 0) return false;
  return Math.abs(now - baseline) <= (kind === 'abs' ? size : size * Math.abs(baseline));
}

/** Whether two texts are the same decimal number, such as "0.5" and "5e-1" but not 9007199254740992 and 9007199254740993. */
export function isSameDecimal(a: string, b: string): boolean {
  return a === b || canonicalDecimal(a) === canonicalDecimal(b);
}

/** Sign, digits without zeros at either end, and exponent; text that is not a decimal number is returned unchanged. */
function canonicalDecimal(text: string): string {
  const match = /^\s*([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?\s*$/i.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const short = digits.replace(/(?<!0)0+$/, '');
  const power = Number(exponent) - fraction.length + digits.length - short.length;
  return `${sign === '-' ? '-' : ''}${short}e${short === '' ? 0 : power}`;
}

/** Throws UserError if a tolerance names a column that no table has. */
export function checkToleranceColumns({ columns }: Tolerances, known: ReadonlySet<string>): void {
  for (const name of columns.keys()) parseChoice(name, [...known], '--tolerance');
}

function badTolerance(item: string): UserError {
  return new UserError({
    what: '--tolerance is not valid',
    expected: 'x, rel:x or abs:x with a number x >= 0, and column= in front for a single column',
    received: item,
    remedy: 'write --tolerance 1e-9, or --tolerance test_mse=rel:0.01,epoch=abs:1',
  });
}
