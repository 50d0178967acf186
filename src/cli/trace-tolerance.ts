import { UserError } from '../errors.ts';
import { parseNumber } from '../parsing/value-list.ts';

/** A tolerance that was typed. Errors: it is not a number, or negative. */
export function toleranceOf(text: string, option = '--tolerance'): number {
  const value = parseNumber(text, option);
  if (value >= 0) return value;
  throw new UserError({
    what: `${option} is negative`,
    expected: 'a number >= 0',
    received: text,
    remedy: `leave out ${option}`,
  });
}
